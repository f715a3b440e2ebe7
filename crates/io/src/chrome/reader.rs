//! Events into memory, and what they tell into the batch.

use super::draft::Draft;
use super::event::{Event, Phase};
use super::spans::Spans;
use super::tracks::Tracks;
use crate::json::{self, Cursor, Fault, Parts, Records, Stop, Walked, Walks};
use spanwise_model::{IssueKind, Result, SpanBatch, Symbol};

/// Reads documents.
pub(super) struct Reader<'a, 'b> {
    records: Records<'a, 'b>,
    tracks: Tracks,
    events: Vec<Event>,
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
        match self.records.cursor.peek() {
            b'[' => self.bare_list(),
            b'{' => self.object(),
            _ => Ok(self.records.cursor.skip()?),
        }
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            records: Records::new(text, batch),
            tracks: Tracks::default(),
            events: Vec::new(),
        }
    }

    /// Reads a list that is the document, and may lack its end.
    fn bare_list(&mut self) -> Walked {
        match self.list() {
            Err(Stop::Broken(broken)) if broken.fault == Fault::End && self.is_between() => Ok(()),
            walked => walked,
        }
    }

    /// True where nothing but a comma stands behind the last event.
    fn is_between(&mut self) -> bool {
        let cursor = &mut self.records.cursor;
        let end = std::mem::replace(&mut cursor.at, self.records.documents.committed);
        let rest = cursor.rest().trim_start();
        let rest = rest.strip_prefix(',').unwrap_or(rest);
        cursor.at = end;
        rest.trim_start().is_empty()
    }

    /// Reads a list of events. A comma may stand behind the last one.
    fn list(&mut self) -> Walked {
        self.records.cursor.enter(b'[')?;
        self.records.documents.committed = self.records.cursor.at;
        let mut first = true;
        while self.records.cursor.element(&mut first)? {
            match self.records.cursor.peek() {
                b'{' => self.event()?,
                b']' => {
                    self.records.cursor.at += 1;
                    break;
                }
                _ => self.records.cursor.skip()?,
            }
            self.records.documents.committed = self.records.cursor.at;
        }
        Ok(())
    }

    /// Reads an object around a list of events, or an event on its own.
    fn object(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            let is_list = self.records.cursor.peek() == b'[';
            match key {
                "traceEvents" if is_list => self.list()?,
                "ph" => {
                    self.records.cursor.at = start;
                    return self.event();
                }
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(())
    }

    fn event(&mut self) -> Walked {
        let start = self.records.cursor.at;
        let mut draft = Draft::default();
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            draft.member(&mut self.records, key)?;
        }
        match draft.phase {
            Phase::Metadata => self.metadata(&draft)?,
            Phase::Other => self.skipped(start, "an event of no span"),
            _ => match draft.event(start, &mut self.tracks) {
                Ok(event) => self.events.push(event),
                Err(lack) => self.records.refuse(start, lack),
            },
        }
        Ok(())
    }

    /// Reads the names of processes and threads.
    fn metadata(&mut self, draft: &Draft) -> Walked {
        let Some(at) = draft.args else {
            return Ok(());
        };
        let end = std::mem::replace(&mut self.records.cursor.at, at);
        let mut name = Symbol::EMPTY;
        self.records.flat("", 1, |open, key, value| {
            if let ("name", Some(text)) = (key, value.as_str()) {
                name = open.intern(text)?;
            }
            Ok(())
        })?;
        self.records.cursor.at = end;
        match self.records.open.batch.strings.get(draft.name) {
            "process_name" => self.tracks.name_process(draft.process, name),
            "thread_name" => self.tracks.name_thread(draft.process, draft.thread, name),
            _ => {}
        }
        Ok(())
    }

    fn skipped(&mut self, at: usize, detail: &str) {
        let example = self.records.documents.example(at, at, detail);
        let issues = &mut self.records.open.batch.issues;
        issues.add(IssueKind::SkippedSignal, "", example);
    }

    /// Makes spans of all events that were read.
    pub(super) fn finish(mut self) -> Result<()> {
        self.events
            .sort_unstable_by_key(|event| (event.track, event.time, event.at));
        let spans = Spans::of(&self.events);
        for odd in &spans.odd {
            let detail = match odd.closes {
                true => "an end of another name than what it ends",
                false => "an end of nothing that began",
            };
            self.records.issue(odd.at, odd.at, detail);
        }
        for &at in &spans.outside {
            self.skipped(self.events[at].at, "an event outside spans");
        }
        match spans.put(&mut self.records, &self.tracks, &self.events) {
            Err(Stop::Over(error)) => Err(*error),
            // What is read again was read before.
            Err(Stop::Broken(_)) | Ok(()) => Ok(()),
        }
    }
}
