//! Lines, straight into the batch.

use super::errors::Lines;
use super::names;
use super::record::{self, put, Record, Sort};
use super::resource::{Resource, Resources};
use crate::json::{self, objects, Cursor, Parts, Records, Walked, Walks};
use spanwise_model::{IssueKind, ResourceId, SpanBatch, Value};

/// Reads lines into a batch.
pub(super) struct Reader<'a, 'b> {
    text: &'a str,
    records: Records<'a, 'b>,
    resources: Resources<'a>,
    lines: Lines<'a>,
    record: Record,
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
        objects(self, Self::line)
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            text,
            records: Records::new(text, batch),
            resources: Resources::default(),
            lines: Lines::of(text),
            record: Record::default(),
        }
    }

    fn line(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            self.records.cursor.peek();
            let at = self.records.cursor.at;
            match key {
                "metadata" => {
                    let metadata = Resource::read(&mut self.records, "")?;
                    self.resources.begin(metadata);
                }
                "transaction" => self.record(Sort::Transaction)?,
                "span" => self.record(Sort::Span)?,
                "error" if self.lines.has_error(at) => self.records.cursor.skip()?,
                "error" | "metricset" | "log" => {
                    self.records.cursor.skip()?;
                    self.skipped(start, at, key);
                }
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(())
    }

    /// Tells of errors that are of no span of the file.
    pub(super) fn tell_errors(&mut self) {
        for at in self.lines.left() {
            self.skipped(at, at, "an error of no span in the file");
        }
    }

    fn skipped(&mut self, start: usize, at: usize, detail: &str) {
        let example = self.records.documents.example(start, at, detail);
        let issues = &mut self.records.open.batch.issues;
        issues.add(IssueKind::SkippedSignal, "", example);
    }

    fn record(&mut self, sort: Sort) -> Walked {
        let start = self.records.cursor.at;
        self.record = Record {
            sort,
            ..Record::default()
        };
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            self.member(key)?;
        }
        match (self.record.trace.is_empty(), self.record.id.is_empty()) {
            (false, false) => self.close()?,
            (true, _) => self.records.refuse(start, "a record without a trace_id"),
            (_, true) => self.records.refuse(start, "a record without an id"),
        }
        Ok(())
    }

    fn member(&mut self, key: &str) -> Walked {
        let (records, record) = (&mut self.records, &mut self.record);
        match key {
            "trace_id" => record.trace = records.owned()?,
            "id" => record.id = records.owned()?,
            "parent_id" => record.parent = records.owned()?,
            "transaction_id" => record.transaction = records.owned()?,
            "name" => record.name = records.name()?,
            "timestamp" => record.timestamp = records.owned()?,
            "start" => record.offset = records.nanos(6)?,
            "duration" => record.duration = records.nanos(6)?,
            "outcome" => record.has_failed = records.owned()? == "failure",
            "otel" => record.kind = record::otel(records)?,
            "context" => {
                records.cursor.peek();
                record.context = Some(records.cursor.at);
                records.cursor.skip()?;
            }
            "links" => objects(self, |reader| record::link(&mut reader.records))?,
            "type" | "action" => {
                let word = records.owned()?;
                let name = format!("{}{key}", record.sort.prefix());
                put(&mut records.open, &name, Value::Str(&word))?;
                match key {
                    "type" => record.family = word,
                    _ => record.action = word,
                }
            }
            _ => self.other(key)?,
        }
        Ok(())
    }

    /// Makes attributes of a member that is nothing else.
    fn other(&mut self, key: &str) -> Walked {
        let records = &mut self.records;
        let name = format!("{}{key}", self.record.sort.prefix());
        if records.cursor.peek() == b'{' {
            return records.flat(&name, 2, put);
        }
        let scalar = records.scalar()?;
        let (value, open) = records.value(scalar);
        put(open, &name, value)
    }

    /// Closes the record, now that all of it is known.
    fn close(&mut self) -> Walked {
        let end = self.records.cursor.at;
        let resource = match self.record.context {
            Some(at) => {
                self.records.cursor.at = at;
                self.context()?
            }
            None => None,
        };
        self.records.cursor.at = end;
        for place in self.lines.take_errors(&self.record.trace, &self.record.id) {
            let (start, error) = (place.start, &self.text[place]);
            exception(&mut self.records.within(error, (start, start)))?;
        }
        let open = &mut self.records.open;
        let resource = match resource {
            Some(resource) => resource,
            None => self.resources.plain(open)?,
        };
        let began = self.lines.timestamp(&self.record.transaction);
        let head = self.record.head(open, resource, began);
        Ok(self.records.close(head)?)
    }

    /// Reads what surrounded the record: attributes, and a resource where it
    /// says something else of its service than metadata does.
    fn context(&mut self) -> Walked<Option<ResourceId>> {
        let mut resource = None;
        if !self.records.enter_object()? {
            return Ok(None);
        }
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            let is_object = self.records.cursor.peek() == b'{';
            match key {
                "service" if is_object => {
                    resource = Some(self.resources.overridden(&mut self.records)?);
                }
                _ if is_object => {
                    self.record.has_peer |= matches!(key, "http" | "db" | "destination");
                    self.records.flat(key, 4, |open, path, value| {
                        put(open, names::of_context(path), value)
                    })?;
                }
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(resource)
    }
}

/// Reads the error that stands here, which becomes an event.
fn exception(records: &mut Records<'_, '_>) -> Walked {
    let mut time = None;
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "timestamp" => time = records.micros()?,
            "exception" | "log" => records.flat(key, 1, |open, path, value| {
                let name = match path {
                    "exception.stacktrace" | "log.stacktrace" => "exception.stacktrace",
                    "log.message" => "exception.message",
                    path => path,
                };
                if value != Value::Empty {
                    open.batch.event_attribute(name, value);
                }
                Ok(())
            })?,
            "id" | "culprit" => {
                let word = records.owned()?;
                let name = format!("error.{key}");
                records.open.batch.event_attribute(&name, Value::Str(&word));
            }
            _ => records.cursor.skip()?,
        }
    }
    let time = time.unwrap_or_default();
    records.open.batch.event(time, "exception");
    Ok(())
}
