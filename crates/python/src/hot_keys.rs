//! The arguments of `hot_keys`.

use pyo3::prelude::*;
use spanwise::analyses::HotKeys;

/// What a key is, and from where on it is hot.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct HotKeysArguments {
    by: Option<Vec<String>>,
    gini: f64,
    times: f64,
    calls: u64,
}

impl HotKeysArguments {
    pub(crate) fn options(self) -> HotKeys {
        let options = HotKeys::default();
        let options = options.gini(self.gini).times(self.times).calls(self.calls);
        match self.by {
            None => options,
            Some(attributes) => options.by(attributes),
        }
    }
}
