//! What a file claims of itself, looked at before a library believes it.
//!
//! The library makes room for what a file says it holds, and descends into
//! its schema. A few bytes that lie can so take all memory, or the stack; but
//! what they say stands in structures that are easy to walk.

use super::page::Page;
use super::shape;
use super::thrift::Thrift;

/// Types lie in each other at most this deep.
const DEPTH: usize = 64;

/// How many values of a column there may be for each byte of the file, and
/// how many there may be in any case. A span has an id of its own of eight
/// bytes, and seldom hundreds of attributes that take no room at all.
const VALUES: u64 = 64;
const FREE_VALUES: u64 = 1 << 16;

/// How many bytes a byte of a page may become, and how many it may in any case.
const RATIO: u64 = 1_000;
const FREE_BYTES: u64 = 16 << 20;

/// The most bytes that every value of a type may have.
const LENGTH: i64 = 1 << 12;

/// The length of the footer and the magic word behind it.
pub(super) const END_BYTES: usize = 8;
const MAGIC: [u8; 4] = *b"PAR1";

/// The metadata at the end of a file; `None` where it is no whole file.
pub(super) fn footer(file: &[u8]) -> Option<&[u8]> {
    let (rest, end) = file.split_last_chunk::<END_BYTES>()?;
    let start = footer_start(end, rest.len() as u64)?;
    let start = usize::try_from(start).ok()?;
    file.starts_with(&MAGIC).then(|| &rest[start..])
}

/// Where the metadata begin that go up to `behind`, the end of a file being
/// these bytes.
pub(super) fn footer_start(end: &[u8], behind: u64) -> Option<u64> {
    let (length, magic) = end.split_first_chunk::<4>()?;
    let length = u64::from(u32::from_le_bytes(*length));
    let start = behind.checked_sub(length)?;
    (magic == MAGIC).then_some(start)
}

/// True where a footer is made of what it ought to be, and its schema is not
/// nested deeper, nor its types longer, than may be.
pub(super) fn is_footer_sound(footer: &[u8]) -> bool {
    let is_shaped = shape::pass(&mut Thrift::new(footer), shape::FILE_METADATA).is_some();
    is_shaped && is_flat_enough(footer)
}

fn is_flat_enough(footer: &[u8]) -> bool {
    deepest(footer).is_some_and(|depth| depth <= DEPTH)
}

/// How deep the schema is nested: a list of elements, each with the number of
/// those that it holds, which follow; `None` where they are not as many.
fn deepest(footer: &[u8]) -> Option<usize> {
    let mut thrift = Thrift::new(footer);
    let mut last = 0;
    loop {
        let field = thrift.field(last)??;
        last = field.id;
        if field.id == 2 && field.is_list() {
            break;
        }
        thrift.skip(field)?;
    }
    let (count, _) = thrift.list()?;
    let (mut deepest, mut open) = (0, Vec::new());
    for behind in (0..count).rev() {
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(rest) = open.last_mut() {
            *rest -= 1;
        }
        deepest = deepest.max(open.len() + 1);
        if deepest > DEPTH {
            break;
        }
        let children = children(&mut thrift)?;
        if children > 0 {
            (children as u64 <= behind).then_some(())?;
            open.push(children);
        }
    }
    Some(deepest)
}

/// Passes an element of a schema; answers how many it holds. The library makes
/// room for a few thousand values as long as a type says that all of them are.
fn children(thrift: &mut Thrift<'_>) -> Option<i64> {
    let (mut last, mut children) = (0, 0);
    while let Some(field) = thrift.field(last)? {
        last = field.id;
        match field.id {
            2 if field.is_number() => (thrift.number()? <= LENGTH).then_some(())?,
            5 if field.is_number() => children = thrift.number()?,
            _ => thrift.skip(field)?,
        }
    }
    Some(children)
}

/// How many values there may be in a file of so many bytes.
pub(super) fn most_values(file: usize) -> u64 {
    (file as u64).saturating_mul(VALUES).max(FREE_VALUES)
}

/// How many bytes values may have that a file of so many bytes repeats.
pub(super) fn most_bytes(file: usize) -> u64 {
    (file as u64).saturating_mul(RATIO).max(FREE_BYTES)
}

/// True where the headers of the pages of a column in a file of so many bytes are
/// what they ought to be, and claim no more than may be.
pub(super) fn are_sound(chunk: &[u8], file: usize) -> bool {
    let most = most_values(file);
    let (mut rest, mut values) = (chunk, 0u64);
    while !rest.is_empty() {
        let mut header = Thrift::new(rest);
        if shape::pass(&mut header, shape::PAGE_HEADER).is_none() {
            // The library tells of a header that is cut off.
            return header.has_ended();
        }
        let mut thrift = Thrift::new(rest);
        let Some(page) = Page::read(&mut thrift) else {
            return false;
        };
        values = values.saturating_add(page.values);
        let room = page.compressed.saturating_mul(RATIO).max(FREE_BYTES);
        if page.uncompressed > room || values > most {
            return false;
        }
        let length = usize::try_from(page.compressed).unwrap_or(usize::MAX);
        let next = thrift.position().saturating_add(length);
        rest = rest.get(next..).unwrap_or_default();
    }
    true
}
