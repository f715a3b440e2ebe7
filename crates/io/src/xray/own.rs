//! Documents that spanwise wrote: all of the span stands in
//! `metadata.spanwise`, and the rest of the document is for others.

use super::draft::{Draft, Part};
use super::native::links;
use super::put::{go_to, head, text_of, Around};
use crate::flaws::Flaw;
use crate::json::{objects, Cursor, Entered, Records, Walked, Walks};
use spanwise_model::batch::Dropped;
use spanwise_model::{flags, SpanHead, SpanKind, StatusCode, Symbol, Value};

/// The namespace in `metadata`.
pub(super) const NAMESPACE: &str = "spanwise";

/// The first member in it, which says that all of the span is there.
pub(super) const WHOLE: &str = "whole";

/// The bits of a span's flags that stand in it as a number.
pub(super) const FLAGS: u32 =
    flags::OTLP | flags::FORMAT_ERROR | flags::SHARED | flags::FOLLOWS_FROM;

/// Where all of a span stands, if it does.
pub(super) fn place(records: &mut Records<'_, '_>, draft: &Draft<'_>) -> Walked<Option<usize>> {
    if !go_to(records, draft, Part::Metadata) || !records.enter_object()? {
        return Ok(None);
    }
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        records.cursor.peek();
        let at = records.cursor.at;
        if key == NAMESPACE && records.cursor.enter(b'{')? == Entered::Inside {
            let whole = records.cursor.key(&mut true)? == Some(WHOLE);
            return Ok(whole.then_some(at));
        }
        records.cursor.at = at;
        records.cursor.skip()?;
    }
    Ok(None)
}

/// What stands in the namespace.
struct Own<'r, 'a, 'b> {
    records: &'r mut Records<'a, 'b>,
    head: SpanHead,
    service: Symbol,
    scope: (Symbol, Symbol),
}

impl<'a> Walks<'a> for Own<'_, 'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.records.cursor
    }
}

/// Reads all of a draft but its ids.
pub(super) fn span(
    records: &mut Records<'_, '_>,
    draft: &Draft<'_>,
    at: usize,
) -> Walked<(SpanHead, Around)> {
    for &(_, at) in draft.others.iter().filter(|(name, _)| *name == "links") {
        records.cursor.at = at;
        links(records)?;
    }
    let namespace = text_of(records, draft.namespace);
    let mut own = Own {
        head: head(draft, &namespace),
        service: draft.name,
        scope: (Symbol::EMPTY, Symbol::EMPTY),
        records,
    };
    own.records.cursor.at = at;
    own.records.enter_object()?;
    let mut first = true;
    while let Some(key) = own.records.cursor.key(&mut first)? {
        own.member(key)?;
    }
    let (mut head, batch) = (own.head, &mut *own.records.open.batch);
    head.resource = batch.resources.close(own.service);
    head.scope = batch.scopes.intern(own.scope.0, own.scope.1);
    Ok((head, Around::of(&head)))
}

impl Own<'_, '_, '_> {
    fn member(&mut self, key: &str) -> Walked {
        let records = &mut *self.records;
        match key {
            "name" => self.head.name = records.symbol()?,
            "service" => self.service = records.symbol()?,
            "scope" => self.scope.0 = records.symbol()?,
            "scope_version" => self.scope.1 = records.symbol()?,
            "kind" => match records.word()?.and_then(|it| SpanKind::from_name(it.text)) {
                Some(kind) => self.head.kind = kind,
                None => records.open.flaw(Flaw::UnknownEnum),
            },
            "status" => match records
                .word()?
                .and_then(|it| StatusCode::from_name(it.text))
            {
                Some(status) => self.head.status = status,
                None => records.open.flaw(Flaw::UnknownEnum),
            },
            "flags" => self.flags()?,
            "dropped" => self.dropped()?,
            "message" => {
                let text = records.owned()?;
                records.open.batch.status_message(&text);
            }
            "trace_state" => {
                let text = records.owned()?;
                records.open.batch.trace_state(&text);
            }
            "attributes" => records.flat("", 1, |open, key, value| {
                let key = open.intern(key)?;
                open.batch.attribute_of(key, value);
                Ok(())
            })?,
            "resource" => records.flat("", 1, |open, key, value| {
                let key = open.intern(key)?;
                open.batch.resources.push(key, value);
                Ok(())
            })?,
            "events" => objects(self, Self::event)?,
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    fn flags(&mut self) -> Walked {
        let bits = self.records.scaled(0)?.map_or(0, |(bits, _)| bits as u32);
        let kept = self.head.flags & !flags::FORMAT_ERROR;
        self.head.flags = kept | bits & FLAGS;
        Ok(())
    }

    /// Reads how much the source dropped: of attributes, events and links.
    fn dropped(&mut self) -> Walked {
        let records = &mut *self.records;
        let mut counts = [0; 3];
        if records.cursor.enter(b'[')? == Entered::Inside {
            let (mut first, mut slots) = (true, counts.iter_mut());
            while records.cursor.element(&mut first)? {
                let count = count(records)?;
                if let Some(slot) = slots.next() {
                    *slot = u32::try_from(count).unwrap_or(u32::MAX);
                }
            }
        }
        let [attributes, events, links] = counts;
        records.open.batch.note_dropped(Dropped {
            attributes,
            events,
            links,
        });
        Ok(())
    }

    fn event(&mut self) -> Walked {
        let records = &mut *self.records;
        let (mut time, mut name) = (None, Symbol::EMPTY);
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "unix_nano" => time = records.nanos(0)?,
                "name" => name = records.symbol()?,
                "dropped" => {
                    let count = count(records)?;
                    records.open.batch.event_dropped(count);
                }
                "attributes" => records.flat("", 1, |open, key, value: Value<'_>| {
                    let key = open.intern(key)?;
                    open.batch.event_attribute_of(key, value);
                    Ok(())
                })?,
                _ => records.cursor.skip()?,
            }
        }
        records.open.batch.event_of(time.unwrap_or_default(), name);
        Ok(())
    }
}

/// The count that stands here.
pub(super) fn count(records: &mut Records<'_, '_>) -> Walked<u64> {
    let count = records.scaled(0)?.map_or(0, |(count, _)| count);
    Ok(u64::try_from(count).unwrap_or_default())
}
