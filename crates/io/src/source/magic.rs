//! What the first bytes say of packing: which compression, which archive.
//!
//! Only bytes count, as with formats: a name would be wrong just when it
//! matters.

/// A compression of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Without magic bytes: archives say it.
    Deflate,
    Gzip,
    Zstd,
    /// Messages, each behind its length and compressed by itself.
    ZstdFrames,
    Bzip2,
    Xz,
    Lz4,
    Snappy,
}

impl Packing {
    /// How many bytes tell.
    pub(super) const BYTES: usize = 10;

    /// The compression that these bytes begin with.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0..=0x0f, _, _, _, 0x28, 0xb5, 0x2f, 0xfd, ..] => Self::ZstdFrames,
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if is_bzip2(rest) => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Lz4,
            [0xff, 6, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y', ..] => Self::Snappy,
            _ => return None,
        })
    }
}

/// A block, or the end of a stream without one.
fn is_bzip2(rest: &[u8]) -> bool {
    rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// A file of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archive {
    Zip,
    Tar,
}

impl Archive {
    /// The archive that these bytes begin with.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [b'P', b'K', 7, 8, b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            _ => is_tar(head).then_some(Self::Tar),
        }
    }

    /// The name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }
}

/// True for a header of tar: a name, and the sum of its own bytes, which all
/// dialects have.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<512>() else {
        return false;
    };
    let digits = header[148..156].trim_ascii_start();
    let end = digits
        .iter()
        .position(|digit| !(b'0'..=b'7').contains(digit));
    let digits = &digits[..end.unwrap_or(digits.len())];
    let stated = digits
        .iter()
        .fold(0u32, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    let blanks = 8 * u32::from(b' ');
    header[0] != 0 && stated == sum(&header[..148]) + blanks + sum(&header[156..])
}

/// True where these bytes are the beginning of something packed.
pub(super) fn is_packed(head: &[u8]) -> bool {
    Packing::of(head).is_some() || Archive::of(head).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_messages_are_not_packed() {
        let heads: [&[u8]; 6] = [
            b"",
            b"BZh9 is how bzip2 begins",
            b"PK",
            b"\0\0\0\x20\x0a\x1e{",
            &[b'0'; 600],
            &[0; 600],
        ];
        for head in heads {
            assert!(!is_packed(head), "{head:?}");
        }
    }

    #[test]
    fn a_tar_is_told_by_its_sum() {
        let mut header = tar::Header::new_old();
        header.set_path("a").expect("a short path");
        header.set_size(0);
        header.set_cksum();
        assert_eq!(Archive::of(header.as_bytes()), Some(Archive::Tar));
        let mut other = header.as_bytes().to_vec();
        other[0] = b'b';
        assert_eq!(Archive::of(&other), None);
    }
}
