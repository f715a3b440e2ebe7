//! Nested values as compact JSON text, keys in the order of the source.

use crate::json::write::{push_double, push_string};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Appends the value that is visited to a text.
pub(crate) struct Transcode<'a>(pub(crate) &'a mut String);

impl Transcode<'_> {
    fn push<E>(self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Transcode<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcode<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push("null")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        self.push(if flag { "true" } else { "false" })
    }

    fn visit_i64<E>(self, n: i64) -> Result<(), E> {
        self.push(&n.to_string())
    }

    fn visit_u64<E>(self, n: u64) -> Result<(), E> {
        self.push(&n.to_string())
    }

    fn visit_f64<E>(self, n: f64) -> Result<(), E> {
        push_double(self.0, n);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        push_string(self.0, text);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut mark = '{';
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            self.0.push(std::mem::replace(&mut mark, ','));
            push_string(self.0, &key);
            self.0.push(':');
            map.next_value_seed(Transcode(self.0))?;
        }
        self.0.push_str(if mark == '{' { "{}" } else { "}" });
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut mark = '[';
        loop {
            let length = self.0.len();
            self.0.push(mark);
            if list.next_element_seed(Transcode(self.0))?.is_none() {
                self.0.truncate(length);
                break;
            }
            mark = ',';
        }
        self.0.push_str(if mark == '[' { "[]" } else { "]" });
        Ok(())
    }
}
