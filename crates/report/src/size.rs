//! Sizes in bytes, as people write them.

use spanwise_model::{Error, ErrorKind, Result};

const UNITS: [(&str, u32); 9] = [
    ("kib", 10),
    ("mib", 20),
    ("gib", 30),
    ("tib", 40),
    ("k", 10),
    ("m", 20),
    ("g", 30),
    ("t", 40),
    ("", 0),
];

/// A number of bytes such as `512MiB`, `8G` or `1000`; units are powers of
/// 1,024.
///
/// ```
/// use spanwise_report::size::bytes;
/// assert_eq!((bytes("512M")?, bytes("1 KiB")?, bytes("7")?), (512 << 20, 1_024, 7));
/// assert!(bytes("much").is_err());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where the text is no size.
pub fn bytes(text: &str) -> Result<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let lower = lower
        .strip_suffix('b')
        .filter(|rest| !rest.ends_with('i'))
        .unwrap_or(&lower);
    let digits = lower.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = lower[digits.len()..].trim();
    let shift = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, shift)| *shift);
    let number = digits.parse::<u64>().ok().zip(shift);
    number
        .and_then(|(number, shift)| number.checked_mul(1 << shift))
        .ok_or_else(|| Error::new(ErrorKind::Usage, "it is no size such as 512MiB or 8G"))
}
