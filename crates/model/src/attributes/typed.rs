//! A key with the type of its value, as one number.

use crate::strings::Symbol;
use serde::{Deserialize, Serialize};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Str,
    Int,
    Double,
    Bool,
    Bytes,
    Json,
    Empty,
}

const TAGS: [Tag; 8] = [
    Tag::Str,
    Tag::Int,
    Tag::Double,
    Tag::Bool,
    Tag::Bytes,
    Tag::Json,
    Tag::Empty,
    Tag::Empty,
];

/// A key with the type of its value: the symbol above, the tag below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Typed(u32);

impl Typed {
    /// How many bits the tag takes; [`crate::Strings`] numbers its texts so
    /// that they fit above.
    const TAG_BITS: u32 = 3;

    #[inline]
    pub(super) fn new(key: Symbol, tag: Tag) -> Self {
        Self(key.0 << Self::TAG_BITS | tag as u32)
    }

    #[inline]
    pub(super) fn key(self) -> Symbol {
        Symbol(self.0 >> Self::TAG_BITS)
    }

    #[inline]
    pub(super) fn tag(self) -> Tag {
        TAGS[(self.0 & 7) as usize]
    }
}
