//! Is it Zipkin's second version? Its first has the same ids, but describes
//! them by binary annotations, or by annotations that have endpoints.

use crate::json::{head_text, look, objects, Broken, Cursor, Walks};

/// True where the text that begins with `head` holds spans of version 2, and
/// none of version 1.
pub(super) fn recognises(head: &[u8]) -> bool {
    let Some(text) = head_text(head) else {
        return false;
    };
    let make = |cursor| Evidence {
        cursor,
        first: false,
        second: false,
        endpoint: false,
    };
    let evidence = look(&text, make, |it| objects(it, Evidence::object));
    evidence.second && !evidence.first
}

struct Evidence<'a> {
    cursor: Cursor<'a>,
    first: bool,
    second: bool,
    /// True where an annotation has an endpoint.
    endpoint: bool,
}

impl<'a> Walks<'a> for Evidence<'a> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl Evidence<'_> {
    fn object(&mut self) -> Result<(), Broken> {
        let (mut trace, mut id, mut span, mut new) = (false, false, false, false);
        self.endpoint = false;
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "traceId" => trace = true,
                "id" => id = true,
                "name" | "parentId" | "kind" | "timestamp" | "duration" | "debug"
                | "annotations" => span = true,
                "localEndpoint" | "remoteEndpoint" | "tags" | "shared" => {
                    (span, new) = (true, true);
                }
                "binaryAnnotations" => self.first = true,
                _ => {}
            }
            self.second |= trace && id && span;
            match key {
                "annotations" => objects(self, Self::annotation)?,
                _ => self.cursor.skip()?,
            }
        }
        self.first |= self.endpoint && !new;
        Ok(())
    }

    fn annotation(&mut self) -> Result<(), Broken> {
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            self.endpoint |= key == "endpoint";
            self.cursor.skip()?;
        }
        Ok(())
    }
}
