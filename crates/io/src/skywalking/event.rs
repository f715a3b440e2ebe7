//! Tags, logs and what profilers attach: lists of keys and values.

use crate::json::{objects, Records, Walked};
use spanwise_model::{SpanBatch, Symbol, Value};

/// Reads the tags that stand here.
pub(super) fn tags(records: &mut Records<'_, '_>) -> Walked {
    objects(records, |records| {
        let (key, value) = pair(records)?;
        if !value.is_empty() {
            records.open.batch.attribute(&key, Value::Str(&value));
        }
        Ok(())
    })
}

/// Reads a log, which becomes an event.
pub(super) fn log(records: &mut Records<'_, '_>) -> Walked {
    let (mut time, mut fields) = (None, Vec::new());
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "time" => time = records.nanos(6)?,
            "data" => objects(records, |records| {
                fields.push(pair(records)?);
                Walked::Ok(())
            })?,
            _ => records.cursor.skip()?,
        }
    }
    event(records.open.batch, time.unwrap_or_default(), &fields);
    Ok(())
}

/// Reads an event that a profiler attached.
pub(super) fn attached(records: &mut Records<'_, '_>) -> Walked {
    let (mut start, mut end, mut name) = (0, None, Symbol::EMPTY);
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "event" => name = records.symbol()?,
            "startTime" => start = instant(records)?,
            "endTime" => end = Some(instant(records)?),
            "tags" | "summary" => objects(records, |records| {
                let (key, value) = pair(records)?;
                records.open.batch.event_attribute(&key, Value::Str(&value));
                Walked::Ok(())
            })?,
            _ => records.cursor.skip()?,
        }
    }
    let batch = &mut *records.open.batch;
    if let Some(end) = end {
        batch.event_attribute("end_unix_nano", Value::Int(end));
    }
    batch.event_of(start, name);
    Ok(())
}

/// The `key` and the `value` of the object that stands here.
fn pair(records: &mut Records<'_, '_>) -> Walked<(String, String)> {
    let (mut key, mut value) = (String::new(), String::new());
    records.enter_object()?;
    let mut first = true;
    while let Some(member) = records.cursor.key(&mut first)? {
        match member {
            "key" => key = records.owned()?,
            "value" => value = records.owned()?,
            _ => records.cursor.skip()?,
        }
    }
    Ok((key, value))
}

/// The time that stands here as `seconds` and `nanos`.
fn instant(records: &mut Records<'_, '_>) -> Walked<i64> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    if records.enter_object()? {
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "seconds" => seconds = records.nanos(9)?.unwrap_or_default(),
                "nanos" => nanos = records.nanos(0)?.unwrap_or_default(),
                _ => records.cursor.skip()?,
            }
        }
    }
    Ok(seconds.saturating_add(nanos))
}

/// Makes an event of a log's fields.
fn event(batch: &mut SpanBatch, time: i64, fields: &[(String, String)]) {
    let named = fields.iter().find(|(key, _)| key == "event");
    let name = named.map_or("log", |(_, name)| name);
    let is_error = name == "error";
    for (key, value) in fields {
        let key = match key.as_str() {
            "event" => continue,
            "error.kind" if is_error => "exception.type",
            "message" if is_error => "exception.message",
            "stack" if is_error => "exception.stacktrace",
            other => other,
        };
        batch.event_attribute(key, Value::Str(value));
    }
    batch.event(time, if is_error { "exception" } else { name });
}
