//! What becomes of attributes, key by key.

use crate::attributes::AttributeKeep;
use crate::semconv::{self, Families};
use crate::strings::{Strings, Symbol};
use serde::{Deserialize, Serialize};

/// What becomes of the attributes of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUse(u8);

impl KeyUse {
    const KNOWN: u8 = 1;
    const KEPT: u8 = 1 << 1;
    const EVIDENCE: u8 = 1 << 2;
    const FAMILIES_BITS: u32 = 4;

    /// True where values are stored, as rows or as evidence.
    #[inline]
    #[must_use]
    pub fn is_read(self) -> bool {
        self.0 & (Self::KEPT | Self::EVIDENCE) != 0
    }

    /// True where values are stored as rows of their record.
    #[inline]
    #[must_use]
    pub fn is_kept(self) -> bool {
        self.0 & Self::KEPT != 0
    }

    /// True where analyses read values of the key.
    #[inline]
    #[must_use]
    pub fn is_evidence(self) -> bool {
        self.0 & Self::EVIDENCE != 0
    }

    /// The families of the key.
    #[inline]
    pub(crate) fn families(self) -> Families {
        Families(self.0 >> Self::FAMILIES_BITS)
    }

    fn of(key: &str, choice: &AttributeKeep) -> Self {
        let evidence = semconv::field(key).is_some();
        let kept = match choice {
            AttributeKeep::All => true,
            AttributeKeep::Keys(keys) => evidence || keys.iter().any(|kept| kept == key),
            AttributeKeep::None => false,
        };
        let bit = |holds: bool, bit: u8| if holds { bit } else { 0 };
        let families = Families::of(key).0 << Self::FAMILIES_BITS;
        Self(Self::KNOWN | bit(kept, Self::KEPT) | bit(evidence, Self::EVIDENCE) | families)
    }
}

/// The choice of attributes, and what it means for each key seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Keep {
    pub(crate) choice: AttributeKeep,
    /// By symbol.
    #[serde(skip)]
    known: Vec<KeyUse>,
}

impl Keep {
    pub(crate) fn new(choice: AttributeKeep) -> Self {
        Self {
            choice,
            known: Vec::new(),
        }
    }

    /// True where records have rows of their own.
    #[inline]
    pub(crate) fn has_rows(&self) -> bool {
        self.choice != AttributeKeep::None
    }

    #[inline]
    pub(crate) fn of(&mut self, key: Symbol, strings: &Strings) -> KeyUse {
        match self.known.get(key.index()) {
            Some(&known) if known.0 & KeyUse::KNOWN != 0 => known,
            _ => self.look(key, strings),
        }
    }

    #[cold]
    fn look(&mut self, key: Symbol, strings: &Strings) -> KeyUse {
        if self.known.len() <= key.index() {
            self.known.resize(key.index() + 1, KeyUse::default());
        }
        let found = KeyUse::of(strings.get(key), &self.choice);
        self.known[key.index()] = found;
        found
    }
}
