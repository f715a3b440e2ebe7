//! Is it Zipkin's second version? Its first has the same ids, but describes
//! them by binary annotations, or by annotations that have endpoints.

use crate::visitor::{probe, Documents, Seed, Shape, Spot};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::Deserialize;
use spanwise_model::{Example, IssueKind, Result};

/// True where the text that begins with `head` holds spans of version 2, and
/// none of version 1.
pub(super) fn recognises(head: &[u8]) -> bool {
    let mut evidence = Evidence::default();
    probe(head, &mut evidence);
    evidence.second && !evidence.first
}

#[derive(Default)]
struct Evidence {
    first: bool,
    second: bool,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    TraceId,
    Id,
    #[serde(
        alias = "parentId",
        alias = "kind",
        alias = "timestamp",
        alias = "duration",
        alias = "debug"
    )]
    Name,
    #[serde(alias = "remoteEndpoint", alias = "tags", alias = "shared")]
    LocalEndpoint,
    Annotations,
    BinaryAnnotations,
    #[serde(other)]
    Other,
}

impl Documents for Evidence {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let (mut trace, mut id, mut span, mut new, mut old) = (false, false, false, false, false);
        while let Some(key) = map.next_key()? {
            match key {
                Key::TraceId => trace = true,
                Key::Id => id = true,
                Key::Name => span = true,
                Key::LocalEndpoint => (span, new) = (true, true),
                Key::Annotations => span = true,
                Key::BinaryAnnotations => self.first = true,
                Key::Other => {}
            }
            self.second |= trace && id && span;
            match key {
                Key::Annotations => map.next_value_seed(Seed(Endpoints(&mut old)))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        self.first |= old && !new;
        Ok(())
    }

    fn enter(&mut self, _: Spot) {}

    fn issue(&mut self, _: IssueKind, _: Example) {}

    fn broken(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Notes whether an annotation has an endpoint.
struct Endpoints<'e>(&'e mut bool);

impl<'de> Shape<'de> for Endpoints<'_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Seed(Endpoints(self.0)))?.is_some() {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            *self.0 |= key == "endpoint";
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
