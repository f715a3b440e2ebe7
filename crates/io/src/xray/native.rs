//! Documents of X-Ray's own making.

use super::draft::{Draft, Part, FAILURES};
use super::put::{go_to, head, text_of, Around};
use super::{cause, names, own};
use crate::json::{objects, Open, Records, Walked};
use spanwise_model::{flags, SpanHead, SpanId, Symbol, TraceId, Value};

/// Reads all of a draft but its ids; answers what holds for what is nested in
/// it too.
pub(super) fn span(
    records: &mut Records<'_, '_>,
    draft: &Draft<'_>,
    around: Option<Around>,
) -> Walked<(SpanHead, Around)> {
    let namespace = text_of(records, draft.namespace);
    let mut head = head(draft, &namespace);
    let is_segment = around.is_none() && !draft.is_subsegment;
    aws(records, draft, is_segment)?;
    match around {
        Some(around) => {
            head.resource = around.resource;
            head.flags |= around.flags;
        }
        None => {
            let mut service = Symbol::EMPTY;
            if is_segment {
                service = draft.name;
                resource(records, draft)?;
            } else {
                head.flags |= flags::SERVICE_OF_PARENT;
            }
            head.resource = records.open.batch.resources.close(service);
        }
    }
    told_by_name(records, draft, &namespace)?;
    blocks(records, draft, is_segment)?;
    others(records, draft, is_segment)?;
    if go_to(records, draft, Part::Cause) {
        let time = head.end_unix_nano.unwrap_or(head.start_unix_nano);
        cause::read(records, time)?;
    }
    Ok((head, Around::of(&head)))
}

/// Makes an attribute of a value, if there is one.
fn put(open: &mut Open<'_>, key: &str, value: Value<'_>) -> Walked {
    Ok(open.attribute(key, value)?)
}

fn put_resource(open: &mut Open<'_>, key: &str, value: Value<'_>) -> Walked {
    if value != Value::Empty {
        let key = open.intern(key)?;
        open.batch.resources.push(key, value);
    }
    Ok(())
}

/// Reads `aws`: of a segment partly its resource.
fn aws(records: &mut Records<'_, '_>, draft: &Draft<'_>, is_segment: bool) -> Walked {
    if !go_to(records, draft, Part::Aws) {
        return Ok(());
    }
    records.flat("aws", 3, |open, path, value| {
        let of_resource = names::of_resource(path).filter(|_| is_segment);
        match of_resource {
            Some(name) => put_resource(open, name, value),
            None => put(open, path, value),
        }
    })
}

/// Reads the rest of a resource.
fn resource(records: &mut Records<'_, '_>, draft: &Draft<'_>) -> Walked {
    if go_to(records, draft, Part::Service) {
        records.flat("service", 2, |open, path, value| {
            put_resource(open, names::of_service(path), value)
        })?;
    }
    let Some(&(_, at)) = draft.others.iter().find(|(name, _)| *name == "origin") else {
        return Ok(());
    };
    records.cursor.at = at;
    let scalar = records.scalar()?;
    let (value, open) = records.value(scalar);
    let platform = value.as_str().and_then(names::of_origin);
    put_resource(open, "aws.xray.origin", value)?;
    if let Some(platform) = platform {
        put_resource(open, "cloud.provider", Value::Str("aws"))?;
        put_resource(open, "cloud.platform", Value::Str(platform))?;
    }
    Ok(())
}

/// What the fixed fields say beside themselves.
fn told_by_name(records: &mut Records<'_, '_>, draft: &Draft<'_>, namespace: &str) -> Walked {
    let name = text_of(records, draft.name);
    let open = &mut records.open;
    if !namespace.is_empty() {
        put(open, "peer.service", Value::Str(&name))?;
        put(open, "aws.xray.namespace", Value::Str(namespace))?;
    }
    if draft.is_inferred {
        put(open, "aws.xray.inferred", Value::Bool(true))?;
    }
    if draft.failures != 0 {
        let raised = (0..).zip(FAILURES);
        let raised = raised.filter(|(bit, _)| draft.failures & 1 << bit != 0);
        let names: Vec<_> = raised.map(|(_, name)| name).collect();
        put(open, "aws.xray.flags", Value::Str(&names.join(" ")))?;
    }
    Ok(())
}

/// Reads the blocks whose members are attributes.
fn blocks(records: &mut Records<'_, '_>, draft: &Draft<'_>, is_segment: bool) -> Walked {
    if !is_segment && go_to(records, draft, Part::Service) {
        records.flat("service", 2, |open, path, value| {
            put(open, names::of_service(path), value)
        })?;
    }
    if go_to(records, draft, Part::Http) {
        records.flat("http", 3, |open, path, value| {
            // Some agents write numbers in quotes.
            let number = value.as_int().filter(|_| path.starts_with("http.response"));
            put(open, names::of_http(path), number.map_or(value, Value::Int))
        })?;
    }
    if go_to(records, draft, Part::Sql) {
        records.flat("sql", 2, |open, path, value| {
            put(open, names::of_sql(path), value)
        })?;
    }
    if go_to(records, draft, Part::Annotations) {
        records.flat("", 1, put)?;
    }
    if go_to(records, draft, Part::Metadata) {
        records.flat("aws.xray.metadata", 2, put)?;
    }
    Ok(())
}

/// Reads members that are nothing else, and links.
fn others(records: &mut Records<'_, '_>, draft: &Draft<'_>, is_segment: bool) -> Walked {
    for &(name, at) in &draft.others {
        records.cursor.at = at;
        match name {
            "origin" if is_segment => {}
            "links" => links(records)?,
            _ => {
                let scalar = records.scalar()?;
                let (value, open) = records.value(scalar);
                put(open, &names::of_member(name), value)?;
            }
        }
    }
    Ok(())
}

/// Reads the links that stand here.
pub(super) fn links(records: &mut Records<'_, '_>) -> Walked {
    objects(records, |records| {
        let (mut trace, mut span) = (TraceId::default(), SpanId::default());
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "trace_id" => trace = records.trace_id()?,
                "id" | "span_id" => span = records.span_id()?,
                "trace_state" => {
                    let state = records.owned()?;
                    records.open.batch.link_state(&state);
                }
                "dropped" => {
                    let count = own::count(records)?;
                    records.open.batch.link_dropped(count);
                }
                "attributes" => records.flat("", 1, |open, key, value| {
                    let key = open.intern(key)?;
                    open.batch.link_attribute_of(key, value);
                    Ok(())
                })?,
                _ => records.cursor.skip()?,
            }
        }
        records.open.batch.link(trace, span);
        Ok(())
    })
}
