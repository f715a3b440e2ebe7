//! The types of values as they stand in a file.

use parquet::basic::Type;

/// A type of values.
pub(super) trait Physical {
    /// What a value is read as.
    type Value<'f>: Copy;

    /// What Parquet calls it, with the length in bytes where that is told.
    const TYPE: (Type, i32);

    /// True where a value is one bit.
    const IS_BIT: bool = false;

    /// Takes the next value.
    fn take<'f>(bytes: &mut &'f [u8]) -> Option<Self::Value<'f>>;

    /// Appends so many of the next values, or as many as there are.
    fn take_all<'f>(bytes: &mut &'f [u8], count: usize, to: &mut Vec<Self::Value<'f>>);

    /// How many bytes a value has, where they are not of one length.
    #[inline(always)]
    fn length(_: Self::Value<'_>) -> usize {
        0
    }

    /// The value of a bit.
    fn of_bit<'f>(_: bool) -> Option<Self::Value<'f>> {
        None
    }
}

/// Bytes that should be UTF-8.
pub(super) enum Text {}

/// A time or a whole number.
pub(super) enum Long {}

/// A whole number without a sign.
pub(super) enum Count {}

/// A floating-point number.
pub(super) enum Double {}

/// True or false.
pub(super) enum Flag {}

/// A number in so many big-endian bytes.
pub(super) enum Id<const BYTES: usize> {}

impl Physical for Text {
    type Value<'f> = &'f [u8];
    const TYPE: (Type, i32) = (Type::BYTE_ARRAY, -1);

    #[inline(always)]
    fn take<'f>(bytes: &mut &'f [u8]) -> Option<&'f [u8]> {
        let length = u32::from_le_bytes(array(bytes)?);
        let (text, rest) = bytes.split_at_checked(length as usize)?;
        *bytes = rest;
        Some(text)
    }

    fn take_all<'f>(bytes: &mut &'f [u8], count: usize, to: &mut Vec<&'f [u8]>) {
        to.extend((0..count).map_while(|_| Self::take(bytes)));
    }

    #[inline(always)]
    fn length(text: &[u8]) -> usize {
        text.len()
    }
}

impl Physical for Long {
    type Value<'f> = i64;
    const TYPE: (Type, i32) = (Type::INT64, -1);

    #[inline(always)]
    fn take(bytes: &mut &[u8]) -> Option<i64> {
        array(bytes).map(i64::from_le_bytes)
    }

    fn take_all(bytes: &mut &[u8], count: usize, to: &mut Vec<i64>) {
        to.extend(arrays(bytes, count).map(i64::from_le_bytes));
    }
}

impl Physical for Count {
    type Value<'f> = u32;
    const TYPE: (Type, i32) = (Type::INT32, -1);

    #[inline(always)]
    fn take(bytes: &mut &[u8]) -> Option<u32> {
        array(bytes).map(u32::from_le_bytes)
    }

    fn take_all(bytes: &mut &[u8], count: usize, to: &mut Vec<u32>) {
        to.extend(arrays(bytes, count).map(u32::from_le_bytes));
    }
}

impl Physical for Double {
    type Value<'f> = f64;
    const TYPE: (Type, i32) = (Type::DOUBLE, -1);

    #[inline(always)]
    fn take(bytes: &mut &[u8]) -> Option<f64> {
        array(bytes).map(f64::from_le_bytes)
    }

    fn take_all(bytes: &mut &[u8], count: usize, to: &mut Vec<f64>) {
        to.extend(arrays(bytes, count).map(f64::from_le_bytes));
    }
}

impl Physical for Flag {
    type Value<'f> = bool;
    const TYPE: (Type, i32) = (Type::BOOLEAN, -1);
    const IS_BIT: bool = true;

    fn take(_: &mut &[u8]) -> Option<bool> {
        None
    }

    #[inline(always)]
    fn of_bit<'f>(bit: bool) -> Option<Self::Value<'f>> {
        Some(bit)
    }

    fn take_all(_: &mut &[u8], _: usize, _: &mut Vec<bool>) {}
}

impl<const BYTES: usize> Physical for Id<BYTES> {
    type Value<'f> = [u8; BYTES];
    const TYPE: (Type, i32) = (Type::FIXED_LEN_BYTE_ARRAY, BYTES as i32);

    #[inline(always)]
    fn take(bytes: &mut &[u8]) -> Option<[u8; BYTES]> {
        array(bytes)
    }

    fn take_all(bytes: &mut &[u8], count: usize, to: &mut Vec<[u8; BYTES]>) {
        to.extend(arrays(bytes, count));
    }
}

/// Takes so many bytes.
#[inline(always)]
fn array<const BYTES: usize>(bytes: &mut &[u8]) -> Option<[u8; BYTES]> {
    let (array, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*array)
}

/// Takes as many bytes again and again, so often or as often as there are.
fn arrays<'f, const BYTES: usize>(
    bytes: &mut &'f [u8],
    count: usize,
) -> impl Iterator<Item = [u8; BYTES]> + 'f {
    let (arrays, _) = bytes.as_chunks::<BYTES>();
    let arrays = &arrays[..count.min(arrays.len())];
    *bytes = &bytes[arrays.len() * BYTES..];
    arrays.iter().copied()
}
