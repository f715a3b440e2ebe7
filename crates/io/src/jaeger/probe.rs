//! Is it Jaeger's? Judged by structure, not by words, since Tempo's search
//! answers, Jaeger's stored documents and others use the same words.

use crate::visitor::{probe, Document, Documents, Seed, Shape, Spot, Text};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::Deserialize;
use spanwise_model::{Example, IssueKind, Result};

/// True where the text that begins with `head` holds traces of Jaeger, or an
/// answer of its server that holds none.
pub(super) fn recognises(head: &[u8]) -> bool {
    let mut evidence = Evidence::default();
    probe(head, &mut evidence);
    evidence.trace || (evidence.data && evidence.total && evidence.errors)
}

#[derive(Default)]
struct Evidence {
    /// A trace whose spans or processes are Jaeger's.
    trace: bool,
    data: bool,
    total: bool,
    errors: bool,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    Data,
    Spans,
    Processes,
    Total,
    Errors,
    #[serde(other)]
    Other,
}

impl Documents for Evidence {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key()? {
            match key {
                Key::Data => {
                    self.data = true;
                    let mut begun = true;
                    map.next_value_seed(Seed(Document::within(self, &mut begun)))?;
                }
                Key::Spans => map.next_value_seed(Seed(Signs(SPAN, &mut self.trace)))?,
                Key::Processes => map.next_value_seed(Seed(Processes(&mut self.trace)))?,
                Key::Total => {
                    self.total = true;
                    map.next_value::<IgnoredAny>()?;
                }
                Key::Errors => {
                    self.errors = true;
                    map.next_value::<IgnoredAny>()?;
                }
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn enter(&mut self, _: Spot) {}

    fn issue(&mut self, _: IssueKind, _: Example) {}

    fn broken(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The keys that every span of Jaeger has.
const SPAN: &[&str] = &["spanID", "operationName"];

/// The key that every process of Jaeger has.
const PROCESS: &[&str] = &["serviceName"];

/// Notes whether an object, or one in a list, has all of some keys.
struct Signs<'e>(&'static [&'static str], &'e mut bool);

impl<'de> Shape<'de> for Signs<'_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list
            .next_element_seed(Seed(Signs(self.0, self.1)))?
            .is_some()
        {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut missing: Vec<&str> = self.0.to_vec();
        while let Some(Text(key)) = map.next_key()? {
            missing.retain(|&wanted| wanted != key);
            *self.1 |= missing.is_empty();
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// The processes of a trace by their keys.
struct Processes<'e>(&'e mut bool);

impl<'de> Shape<'de> for Processes<'_> {
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Seed(Signs(PROCESS, self.0)))?;
        }
        Ok(())
    }
}
