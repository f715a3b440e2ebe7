//! The texts of a plan: each stands once and is named by a number.

use rustc_hash::FxHashMap;

/// The number of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NameId(pub(crate) u32);

/// Texts by number.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Vec<String>,
    index: FxHashMap<String, NameId>,
}

impl Names {
    /// The number of a text.
    pub(crate) fn add(&mut self, text: &str) -> NameId {
        if let Some(&found) = self.index.get(text) {
            return found;
        }
        let id = NameId(self.texts.len() as u32);
        self.texts.push(text.to_owned());
        self.index.insert(text.to_owned(), id);
        id
    }

    /// The text of a number.
    pub(crate) fn get(&self, id: NameId) -> &str {
        &self.texts[id.0 as usize]
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}
