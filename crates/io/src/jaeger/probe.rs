//! Is it Jaeger's? Judged by structure, not by words, since Tempo's search
//! answers, Jaeger's stored documents and others use the same words.

use crate::json::{head_text, look, objects, Broken, Cursor, Entered, Walks};

/// True where the text that begins with `head` holds traces of Jaeger, or an
/// answer of its server that holds none.
pub(super) fn recognises(head: &[u8]) -> bool {
    let Some(text) = head_text(head) else {
        return false;
    };
    let document = |evidence: &mut Evidence<'_>| objects(evidence, |it| it.object(true));
    let evidence = look(&text, Evidence::new, document);
    evidence.trace || (evidence.data && evidence.total && evidence.errors)
}

/// The keys that every span of Jaeger has.
const SPAN: &[&str] = &["spanID", "operationName"];

/// The key that every process of Jaeger has.
const PROCESS: &[&str] = &["serviceName"];

struct Evidence<'a> {
    cursor: Cursor<'a>,
    /// A trace whose spans or processes are Jaeger's.
    trace: bool,
    data: bool,
    total: bool,
    errors: bool,
}

impl<'a> Walks<'a> for Evidence<'a> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl<'a> Evidence<'a> {
    fn new(cursor: Cursor<'a>) -> Self {
        Self {
            cursor,
            trace: false,
            data: false,
            total: false,
            errors: false,
        }
    }

    /// Looks at an answer of the server or a trace.
    fn object(&mut self, may_hold_others: bool) -> Result<(), Broken> {
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            self.data |= key == "data";
            self.total |= key == "total";
            self.errors |= key == "errors";
            match key {
                "data" if may_hold_others => objects(self, |it| it.object(false))?,
                "spans" => objects(self, |it| it.signs(SPAN))?,
                "processes" => self.processes()?,
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }

    /// Notes whether an object has all of some keys; where it has, nothing that
    /// follows matters.
    fn signs(&mut self, wanted: &[&str]) -> Result<(), Broken> {
        let mut missing = (1u32 << wanted.len()) - 1;
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            if let Some(at) = wanted.iter().position(|&it| it == key) {
                missing &= !(1 << at);
            }
            if missing == 0 {
                self.trace = true;
                return self.cursor.break_off();
            }
            self.cursor.skip()?;
        }
        Ok(())
    }

    /// Looks at the processes of a trace by their keys.
    fn processes(&mut self) -> Result<(), Broken> {
        if self.cursor.enter(b'{')? != Entered::Inside {
            return Ok(());
        }
        let mut first = true;
        while self.cursor.key(&mut first)?.is_some() {
            objects(self, |it| it.signs(PROCESS))?;
        }
        Ok(())
    }
}
