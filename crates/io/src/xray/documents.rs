//! Documents, and the answers that they stand in.

use super::put;
use crate::json::{self, objects, Broken, Cursor, Fault, Parts, Records, Stop, Walked, Walks};
use spanwise_model::{SpanBatch, TraceId};

/// Reads documents into a batch.
pub(super) struct Reader<'a, 'b> {
    records: Records<'a, 'b>,
    /// The trace around, where there is one.
    trace: TraceId,
    /// A document that stood in a text.
    inner: String,
}

impl<'a> Walks<'a> for Reader<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.records.cursor
    }
}

impl<'a> json::Reader<'a> for Reader<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.records.parts()
    }

    fn document(&mut self) -> Walked {
        self.trace = TraceId::default();
        objects(self, Self::object)
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            records: Records::new(text, batch),
            trace: TraceId::default(),
            inner: String::new(),
        }
    }

    /// Reads an answer, a part of one, or a document. A header of the daemon is
    /// none of them.
    fn object(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.records.enter_object()?;
        let (mut first, mut segments) = (true, None);
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "id" | "trace_id" | "start_time" => {
                    self.records.cursor.at = start;
                    put::document(&mut self.records, TraceId::default())?;
                    return Ok(());
                }
                "Traces" => objects(self, Self::trace)?,
                "UnprocessedTraceIds" => self.unprocessed()?,
                _ => self.member_of_trace(key, &mut segments)?,
            }
        }
        self.segments(segments)
    }

    /// Reads a trace of an answer; of one that breaks off in its segments those
    /// before.
    fn trace(&mut self) -> Walked {
        self.trace = TraceId::default();
        let mut segments = None;
        let walked = self.members_of_trace(&mut segments);
        match (walked, self.segments(segments)) {
            (Ok(()), read) | (Err(_), read @ Err(Stop::Over(_))) => read,
            (broken, _) => broken,
        }
    }

    fn members_of_trace(&mut self, segments: &mut Option<usize>) -> Walked {
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            self.member_of_trace(key, segments)?;
        }
        Ok(())
    }

    fn member_of_trace(&mut self, key: &str, segments: &mut Option<usize>) -> Walked {
        let records = &mut self.records;
        records.cursor.peek();
        let at = records.cursor.at;
        match key {
            "Id" => self.trace = records.trace_id()?,
            "LimitExceeded" => {
                let scalar = records.scalar()?;
                if records.value(scalar).0.as_bool() == Some(true) {
                    records.partial(at, "X-Ray left out segments of a trace");
                }
            }
            "Segments" => {
                *segments = Some(at);
                records.cursor.skip()?;
            }
            "Document" => self.inner_document()?,
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    /// Reads the segments of a trace, now that its id is known.
    fn segments(&mut self, at: Option<usize>) -> Walked {
        if let Some(at) = at {
            let end = std::mem::replace(&mut self.records.cursor.at, at);
            objects(self, Self::segment)?;
            self.records.cursor.at = end;
        }
        Ok(())
    }

    fn segment(&mut self) -> Walked {
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "Document" => self.inner_document()?,
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(())
    }

    /// Reads a document that stands here: as a text, or as it is.
    fn inner_document(&mut self) -> Walked {
        if self.records.cursor.peek() == b'{' {
            return put::document(&mut self.records, self.trace);
        }
        let start = self.records.cursor.at;
        let Some(raw) = self.records.word()? else {
            return Ok(());
        };
        let mut room = std::mem::take(&mut self.inner);
        let (text, _) = raw.decode(&mut room);
        let mut inner = self.records.within(text, (start, start));
        let read = if inner.parts().next() {
            put::document(&mut inner, self.trace)
        } else {
            Ok(())
        };
        if read.is_err() {
            inner.open.batch.abandon();
            inner.broken();
        }
        self.inner = room;
        self.records.documents.committed = self.records.cursor.at;
        match read {
            Err(Stop::Broken(Broken { fault, .. })) if fault != Fault::Deep => {
                self.records
                    .issue(start, start, "a document that is not JSON");
                Ok(())
            }
            Err(Stop::Broken(Broken { fault, .. })) => {
                Err(Stop::Broken(Broken { fault, at: start }))
            }
            read => read,
        }
    }

    /// Tells of traces that were asked for and did not come.
    fn unprocessed(&mut self) -> Walked {
        self.records.cursor.peek();
        let at = self.records.cursor.at;
        if self.records.cursor.peek() != b'[' {
            return Ok(self.records.cursor.skip()?);
        }
        self.records.cursor.skip()?;
        let list = self.records.cursor.since(at);
        if list.contains('"') {
            self.records
                .partial(at, "traces that X-Ray did not process");
        }
        Ok(())
    }
}
