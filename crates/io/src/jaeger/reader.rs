//! Documents and traces: where spans find their processes.

use super::span::{Draft, Span};
use super::tags::{Owner, Tags};
use crate::visitor::{Context, Decimal, Document, Documents, Seed, Shape, Spot, Text};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::Deserialize;
use spanwise_model::{Example, IssueKind, ResourceId, Result, Symbol, TraceId};

/// Reads documents into a batch.
pub(super) struct Reader<'b> {
    pub(super) context: Context<'b>,
    pub(super) draft: Draft,
    /// The process that each record from `first` on names; none where it has
    /// its own.
    named: Vec<Option<Symbol>>,
    first: u32,
    processes: Vec<(Symbol, ResourceId)>,
}

impl<'b> Reader<'b> {
    pub(super) fn new(batch: &'b mut spanwise_model::SpanBatch) -> Self {
        Self {
            first: batch.open_record(),
            context: Context::new(batch),
            draft: Draft::default(),
            named: Vec::new(),
            processes: Vec::new(),
        }
    }

    /// Notes the process of the record that was closed last.
    pub(super) fn names_process(&mut self, process: Option<Symbol>) {
        self.named.push(process);
    }

    /// Gives the records since the last trace their resources, and those
    /// without a trace id that of the trace.
    fn end_trace(&mut self, trace: TraceId) {
        let records = self.first as usize..;
        let heads = &mut self.context.batch.heads;
        for id in heads.trace_id[records.clone()].iter_mut() {
            if id.is_zero() {
                *id = trace;
            }
        }
        let unknown = self.context.batch.resources.close(Symbol::EMPTY);
        let mut last = (None, unknown);
        for (resource, named) in heads.resource[records].iter_mut().zip(self.named.drain(..)) {
            let Some(name) = named else { continue };
            if last.0 != Some(name) {
                let found = self.processes.iter().find(|process| process.0 == name);
                last = (Some(name), found.map_or(unknown, |process| process.1));
            }
            *resource = last.1;
        }
        self.processes.clear();
        self.first = self.context.batch.open_record();
    }
}

/// The keys of a document and of a trace; they do not collide.
#[derive(Deserialize)]
#[serde(field_identifier)]
enum Key {
    #[serde(rename = "data")]
    Data,
    #[serde(rename = "traceID", alias = "traceId")]
    TraceId,
    #[serde(rename = "spans")]
    Spans,
    #[serde(rename = "processes")]
    Processes,
    #[serde(rename = "errors")]
    Errors,
    #[serde(other)]
    Other,
}

impl Documents for Reader<'_> {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let mut trace = TraceId::default();
        while let Some(key) = map.next_key()? {
            match key {
                Key::Data => {
                    let mut begun = true;
                    map.next_value_seed(Seed(Document::within(self, &mut begun)))?;
                }
                Key::TraceId => {
                    let text: Text<'_> = map.next_value()?;
                    trace = self.context.trace_id(&text.0);
                }
                Key::Spans => map.next_value_seed(Seed(Spans(self)))?,
                Key::Processes => map.next_value_seed(Seed(Processes(self)))?,
                Key::Errors => map.next_value_seed(Seed(Errors(self)))?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        self.end_trace(trace);
        Ok(())
    }

    fn enter(&mut self, spot: Spot) {
        self.context.spot = spot;
    }

    fn issue(&mut self, kind: IssueKind, example: Example) {
        self.context.batch.issues.add(kind, "", example);
    }

    fn broken(&mut self) -> Result<()> {
        let result = self.context.broken();
        self.draft = Draft::default();
        self.end_trace(TraceId::default());
        result
    }
}

struct Spans<'r, 'b>(&'r mut Reader<'b>);

impl<'de> Shape<'de> for Spans<'_, '_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Seed(Span(self.0)))?.is_some() {}
        Ok(())
    }
}

/// The processes of a trace by their keys.
struct Processes<'r, 'b>(&'r mut Reader<'b>);

impl<'de> Shape<'de> for Processes<'_, '_> {
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        while let Some(Text(key)) = map.next_key()? {
            let key = reader.context.intern(&key);
            let mut resource = None;
            map.next_value_seed(Seed(Process(reader, &mut resource)))?;
            reader
                .processes
                .extend(resource.map(|resource| (key, resource)));
        }
        Ok(())
    }
}

/// A process; what it is goes to the resources of the batch.
pub(super) struct Process<'r, 'b>(
    pub(super) &'r mut Reader<'b>,
    pub(super) &'r mut Option<ResourceId>,
);

#[derive(Deserialize)]
#[serde(field_identifier)]
enum ProcessKey {
    #[serde(rename = "serviceName")]
    Service,
    #[serde(rename = "tags")]
    Tags,
    #[serde(other)]
    Other,
}

impl<'de> Shape<'de> for Process<'_, '_> {
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut service = Symbol::EMPTY;
        while let Some(key) = map.next_key()? {
            match key {
                ProcessKey::Service => {
                    let text: Text<'_> = map.next_value()?;
                    service = self.0.context.intern(&text.0);
                }
                ProcessKey::Tags => map.next_value_seed(Seed(Tags(self.0, Owner::Process)))?,
                ProcessKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        *self.1 = Some(self.0.context.batch.resources.close(service));
        Ok(())
    }
}

/// What the server says went wrong.
struct Errors<'r, 'b>(&'r mut Reader<'b>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum ErrorKey {
    Code,
    #[serde(alias = "message")]
    Msg,
    #[serde(other)]
    Other,
}

impl<'de> Shape<'de> for Errors<'_, '_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Seed(Errors(self.0)))?.is_some() {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut code, mut message) = (Text::default(), Text::default());
        while let Some(key) = map.next_key()? {
            match key {
                ErrorKey::Code => code = map.next_value()?,
                ErrorKey::Msg => message = map.next_value()?,
                ErrorKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let detail = format!("the server answered {} {}", code.0, message.0);
        let example = self.0.context.spot.example(detail);
        self.0.issue(IssueKind::MalformedRecord, example);
        Ok(())
    }
}

/// A time in microseconds, in nanoseconds; `None` where it is none.
pub(super) fn micros(context: &mut Context<'_>, number: Decimal<'_>) -> Option<i64> {
    let scaled = number.scaled(3)?;
    Some(context.time(scaled))
}
