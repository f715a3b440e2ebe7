//! The cause of a failure: exceptions, or the id of one that is told elsewhere.

use crate::flaws::Flaw;
use crate::json::{objects, Records, Walked};
use spanwise_model::Value;
use std::fmt::Write;

/// Reads the cause that stands here; its exceptions happened then.
pub(super) fn read(records: &mut Records<'_, '_>, time: i64) -> Walked {
    match records.cursor.peek() {
        b'{' => {}
        b'"' => {
            let scalar = records.scalar()?;
            let (value, open) = records.value(scalar);
            open.batch.attribute("aws.xray.cause", value);
            return Ok(());
        }
        _ => {
            records.open.flaw(Flaw::Malformed);
            return Ok(records.cursor.skip()?);
        }
    }
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "exceptions" => objects(records, |records| exception(records, time))?,
            _ => {
                let name = format!("aws.xray.cause.{key}");
                let scalar = records.scalar()?;
                let (value, open) = records.value(scalar);
                if !matches!(value, Value::Empty | Value::Json("[]")) {
                    open.batch.attribute(&name, value);
                }
            }
        }
    }
    Ok(())
}

fn exception(records: &mut Records<'_, '_>, time: i64) -> Walked {
    let mut stack = String::new();
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "stack" => objects(records, |records| frame(records, &mut stack))?,
            _ => member(records, key)?,
        }
    }
    let batch = &mut *records.open.batch;
    if !stack.is_empty() {
        batch.event_attribute("exception.stacktrace", Value::Str(&stack));
    }
    batch.event(time, "exception");
    Ok(())
}

fn member(records: &mut Records<'_, '_>, key: &str) -> Walked {
    let name = match key {
        "type" => "exception.type".to_owned(),
        "message" => "exception.message".to_owned(),
        _ => format!("aws.xray.exception.{key}"),
    };
    let scalar = records.scalar()?;
    let (value, open) = records.value(scalar);
    if value != Value::Empty {
        open.batch.event_attribute(&name, value);
    }
    Ok(())
}

/// Reads a frame of a stack, which becomes a line.
fn frame(records: &mut Records<'_, '_>, stack: &mut String) -> Walked {
    let (mut label, mut path, mut line) = (String::new(), String::new(), String::new());
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "label" => label = records.owned()?,
            "path" => path = records.owned()?,
            "line" => line = records.owned()?,
            _ => records.cursor.skip()?,
        }
    }
    let mark = if stack.is_empty() { "" } else { "\n" };
    // Writing to a text cannot fail.
    let _ = write!(stack, "{mark}at {label} ({path}:{line})");
    Ok(())
}
