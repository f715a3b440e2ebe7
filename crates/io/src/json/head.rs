//! Which keys stand together in the objects at the beginning of a file: how a
//! format is recognised.
//!
//! A beginning may break off anywhere, and lines of it may be broken, so
//! brackets and keys are looked at and nothing else.

use memchr::memmem::find;

/// True where an object that lies within fewer than `depth` others has keys of
/// which `is` says yes. It is shown the keys that an object had so far: bit `n`
/// stands for `keys[n]`. A line that is cut off or no JSON does not hide the
/// next one.
pub(crate) fn has_object(
    head: &[u8],
    depth: usize,
    keys: &[&str],
    is: impl Fn(u64) -> bool,
) -> bool {
    let head = head.trim_ascii_start();
    let has_key = || keys.iter().any(|key| find(head, key.as_bytes()).is_some());
    if !matches!(head.first(), Some(b'{' | b'[')) || !has_key() {
        return false;
    }
    let (mut at, mut open, mut seen) = (0, 0usize, vec![0; depth + 1]);
    while let Some(&byte) = head.get(at) {
        match byte {
            b'{' | b'[' => {
                open += 1;
                seen.get_mut(open).into_iter().for_each(|keys| *keys = 0);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            b'\n' if head.get(at + 1) == Some(&b'{') => open = 0,
            b'"' => {
                let end = string_end(head, at + 1);
                let key = key(&head[at + 1..end], &head[end..], keys);
                if let (Some(key), Some(seen)) = (key, seen.get_mut(open)) {
                    *seen |= 1 << key;
                    if is(*seen) {
                        return true;
                    }
                }
                at = end;
                if head.get(end) == Some(&b'\n') {
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// The offset of the quote that ends a string, or of the line's end.
fn string_end(head: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = head.get(at) {
        match byte {
            b'"' | b'\n' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    head.len()
}

/// Which of the keys this text is, if what stands behind makes it one.
fn key(text: &[u8], behind: &[u8], keys: &[&str]) -> Option<usize> {
    let colon = behind.strip_prefix(b"\"")?.trim_ascii_start().first() == Some(&b':');
    let found = keys.iter().position(|key| key.as_bytes() == text);
    found.filter(|_| colon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(head: &str) -> bool {
        has_object(head.as_bytes(), 3, &["a", "b"], |seen| seen == 3)
    }

    #[test]
    fn keys_count_where_they_stand_in_one_object() {
        for head in [
            r#"{"a":1,"b":2}"#,
            r#"[[{"b":1,"x":{"y":[1]},"a" : {"#,
            "{\"x\": \"broken\n{\"a\":1,\"b\":",
        ] {
            assert!(both(head), "{head}");
        }
        for head in [
            r#"{"a":1,"x":{"b":2}}"#,
            r#"[{"a":1},{"b":2}]"#,
            r#"[[[{"a":1,"b":2}]]]"#,
            r#"{"a":"b"}"#,
            r#"{"a\"b":1,"b":1}"#,
            r#"{"a":1,"x":"\"b\":"}"#,
            r#""a":1,"b":2"#,
            "",
        ] {
            assert!(!both(head), "{head}");
        }
    }
}
