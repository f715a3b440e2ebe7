//! Objects of keys and scalars, such as attributes within texts.

use crate::visitor::{Scalar, Seed, Shape, Text};
use serde::de::{DeserializeSeed, MapAccess};

/// Shows each key and value of an object to a function.
pub(super) struct Pairs<F>(pub(super) F);

impl<'de, F: FnMut(&str, Scalar<'de>)> Shape<'de> for Pairs<F> {
    fn object<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            (self.0)(&key, map.next_value()?);
        }
        Ok(())
    }
}

/// Shows the pairs of a text that is an object, and nothing else, to a
/// function. False where it is not; some pairs may have been shown even so.
pub(super) fn each_pair<'t>(text: &'t str, show: impl FnMut(&str, Scalar<'t>)) -> bool {
    if !text.starts_with('{') {
        return false;
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Seed(Pairs(show)).deserialize(&mut json);
    read.and_then(|()| json.end()).is_ok()
}
