//! The names of entries, as they can be shown.
//!
//! A name may hold anything, and a path out of the archive among it. It is
//! never opened, so all that counts is that it can be told apart, and that it
//! does not move the cursor of a terminal.

/// The most characters of a name that are shown.
const MOST: usize = 512;

/// A name as it can be shown.
pub(super) fn shown(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len().min(MOST));
    for (at, letter) in String::from_utf8_lossy(name).chars().enumerate() {
        if at == MOST {
            text.push('…');
            break;
        }
        match letter.is_control() {
            true => text.extend(letter.escape_default()),
            false => text.push(letter),
        }
    }
    text
}

/// True for names that a folder would hide, such as the files that a Mac puts
/// beside others.
pub(super) fn is_hidden(name: &[u8]) -> bool {
    name.split(|&byte| byte == b'/')
        .any(|part| part.starts_with(b".") && part != b"." && part != b"..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_only_names() {
        assert_eq!(shown(b"a/b.json"), "a/b.json");
        assert_eq!(shown(b"../../etc/passwd"), "../../etc/passwd");
        assert_eq!(shown(b"a\x1b[2J\n\xff"), "a\\u{1b}[2J\\n\u{fffd}");
        assert_eq!(shown(&[b'a'; 9000]).chars().count(), MOST + 1);
    }

    #[test]
    fn hidden_files_are_those_of_folders() {
        assert!(is_hidden(b"__MACOSX/a/._b.json") && is_hidden(b".git/x"));
        assert!(!is_hidden(b"./a/../b.json") && !is_hidden(b"a.b/c."));
    }
}
