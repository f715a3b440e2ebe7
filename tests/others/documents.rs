//! Documents of Elasticsearch and OpenSearch.

use super::list;
use serde_json::{json, Map, Value};

/// Jaeger's documents behind lines of a bulk request.
pub(super) fn jaeger_lines(answer: &Value) -> Vec<u8> {
    let lines = jaeger(answer).map(|document| format!("{{\"index\":{{}}}}\n{document}\n"));
    lines.collect::<String>().into_bytes()
}

/// Jaeger's documents in the answer to a search.
pub(super) fn jaeger_answer(answer: &Value) -> Vec<u8> {
    let hits =
        jaeger(answer).map(|document| format!("{{\"_index\":\"i\",\"_source\":{document}}}"));
    let hits: Vec<String> = hits.collect();
    let text = format!(
        "{{\"took\":3,\"hits\":{{\"hits\":[{}]}}}}\n",
        hits.join(",")
    );
    text.into_bytes()
}

fn jaeger(answer: &Value) -> impl Iterator<Item = String> + '_ {
    list(&answer["data"]).iter().flat_map(|trace| {
        let document = |(at, span)| jaeger_document(span, &trace["processes"], at % 2 == 0);
        list(&trace["spans"]).iter().enumerate().map(document)
    })
}

/// A span with its tags in a list, or as the members of an object.
fn jaeger_document(span: &Value, processes: &Value, as_list: bool) -> String {
    let process = &processes[span["processID"].as_str().expect("a process")];
    let mut members: Vec<String> = Vec::new();
    for key in [
        "traceID",
        "spanID",
        "operationName",
        "references",
        "duration",
        "flags",
        "logs",
    ] {
        members.push(format!("\"{key}\":{}", span[key]));
    }
    let micros = &span["startTime"];
    members.push(format!("\"startTime\":{micros},\"startTimeMillis\":0"));
    members.push(tags(&span["tags"], as_list));
    let (service, tags) = (&process["serviceName"], tags(&process["tags"], as_list));
    members.push(format!("\"process\":{{\"serviceName\":{service},{tags}}}"));
    format!("{{{}}}", members.join(","))
}

fn tags(tags: &Value, as_list: bool) -> String {
    if as_list {
        return format!("\"tags\":{tags}");
    }
    let member = |tag: &Value| {
        let key = tag["key"].as_str().expect("a key").replace('.', "@");
        format!("{}:{}", json!(key), tag["value"])
    };
    let members: Vec<String> = list(tags).iter().map(member).collect();
    format!("\"tags\":[],\"tag\":{{{}}}", members.join(","))
}

/// Data Prepper's documents, a line each.
pub(super) fn data_prepper(export: &Value) -> Vec<u8> {
    let mut lines = String::new();
    for group in list(&export["resourceSpans"]) {
        for scoped in list(&group["scopeSpans"]) {
            for span in list(&scoped["spans"]) {
                let line = document(span, &scoped["scope"], &group["resource"]["attributes"]);
                lines.push_str(&line);
                lines.push('\n');
            }
        }
    }
    lines.into_bytes()
}

fn document(span: &Value, scope: &Value, resource: &Value) -> String {
    let mut members = Map::new();
    for key in ["traceId", "spanId", "name", "kind"] {
        members.insert(key.into(), span[key].clone());
    }
    let parent = span["parentSpanId"].as_str().unwrap_or_default();
    members.insert("parentSpanId".into(), json!(parent));
    members.insert("startTime".into(), date(&span["startTimeUnixNano"]));
    members.insert("endTime".into(), date(&span["endTimeUnixNano"]));
    members.insert("status.code".into(), span["status"]["code"].clone());
    if let Some(text) = span["status"]["message"].as_str() {
        members.insert("status.message".into(), json!(text));
    }
    for key in ["name", "version"] {
        if let Some(text) = scope[key].as_str() {
            members.insert(format!("instrumentationScope.{key}"), json!(text));
        }
    }
    let event = |event: &Value| {
        let pairs = list(&event["attributes"]).iter().map(pair);
        let attributes: Map<String, Value> = pairs.collect();
        json!({"name": event["name"], "time": date(&event["timeUnixNano"]), "attributes": attributes})
    };
    let events: Vec<Value> = list(&span["events"]).iter().map(event).collect();
    members.insert("events".into(), json!(events));
    let mut text = json!(members).to_string();
    text.pop();
    let flat = |before: &str, attributes: &Value| -> String {
        let member = |(key, value)| format!(",{}:{value}", json!(format!("{before}.{key}")));
        list(attributes).iter().map(pair).map(member).collect()
    };
    text.push_str(&flat("span.attributes", &span["attributes"]));
    text.push_str(&flat("resource.attributes", resource));
    text + "}"
}

/// An attribute of OTLP, its key without dots.
fn pair(attribute: &Value) -> (String, Value) {
    let key = attribute["key"].as_str().expect("a key").replace('.', "@");
    let (kind, value) = match attribute["value"]
        .as_object()
        .and_then(|it| it.iter().next())
    {
        Some((kind, value)) => (kind.as_str(), value.clone()),
        None => ("", Value::Null),
    };
    let value = match (kind, value.as_str()) {
        ("intValue", Some(digits)) => json!(digits.parse::<i64>().expect("a number")),
        _ => value,
    };
    (key, value)
}

/// Nanoseconds since the epoch as RFC 3339 has them.
fn date(nanos: &Value) -> Value {
    let text = nanos.as_str().expect("digits");
    let nanos: i128 = text.parse().expect("a number");
    let (days, rest) = (
        nanos.div_euclid(86_400_000_000_000),
        nanos.rem_euclid(86_400_000_000_000),
    );
    let (year, month, day) = civil(days);
    let (seconds, fraction) = (rest / 1_000_000_000, rest % 1_000_000_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    json!(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:09}Z"
    ))
}

/// Year, month and day of a day since the epoch, counted year by year.
fn civil(mut days: i128) -> (i128, usize, i128) {
    let is_leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + i128::from(is_leap(year)) {
        days -= 365 + i128::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i128::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (month, length) in lengths.into_iter().enumerate() {
        if days < length {
            return (year, month + 1, days + 1);
        }
        days -= length;
    }
    unreachable!("a year has no more days");
}
