//! From traces down to spans.

use super::attributes::{Attributes, Own};
use super::dedicated::{Dedicated, Owner};
use super::span::Spans;
use crate::json::{Open, Rooms};
use crate::otlp::{Draft, Surroundings};
use crate::parquet::columns::{binary, child, number, Texts};
use crate::parquet::file::Stop;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{BinaryArray, PrimitiveArray, RecordBatch};
use spanwise_model::{Example, Result, ScopeId, SpanBatch, Symbol, TraceId, Value};

/// Columns of a resource that Tempo always has, and the attributes they are.
const KNOWN: [(&str, &str); 9] = [
    ("ServiceName", "service.name"),
    ("Cluster", "cluster"),
    ("Namespace", "namespace"),
    ("Pod", "pod"),
    ("Container", "container"),
    ("K8sClusterName", "k8s.cluster.name"),
    ("K8sNamespaceName", "k8s.namespace.name"),
    ("K8sPodName", "k8s.pod.name"),
    ("K8sContainerName", "k8s.container.name"),
];

/// The columns of some traces.
pub(super) struct Walk<'t> {
    trace_id: &'t BinaryArray,
    resources: &'t [i32],
    attributes: Option<Attributes<'t>>,
    own: Own<'t>,
    dropped: Option<&'t PrimitiveArray<Int32Type>>,
    scopes: &'t [i32],
    scope: (Texts<'t>, Texts<'t>),
    scope_attributes: Option<Attributes<'t>>,
    spans: &'t [i32],
    span: Spans<'t>,
    rooms: Rooms,
}

impl<'t> Walk<'t> {
    pub(super) fn of(table: &'t RecordBatch, dedicated: &Dedicated) -> Option<Self> {
        let resources = table.column_by_name("rs")?.as_list_opt::<i32>()?;
        let parts = resources.values().as_struct_opt()?;
        let resource = child(parts, "Resource")?.as_struct_opt()?;
        let scopes = child(parts, "ss")?.as_list_opt::<i32>()?;
        let scope_parts = scopes.values().as_struct_opt()?;
        let scope = child(scope_parts, "Scope")?.as_struct_opt()?;
        let spans = child(scope_parts, "Spans")?.as_list_opt::<i32>()?;
        let count = child(resource, "DroppedAttributesCount");
        Some(Self {
            trace_id: binary(table.column_by_name("TraceID")?.as_ref())?,
            resources: resources.value_offsets(),
            attributes: Attributes::of(resource),
            own: Own::of(resource, &KNOWN, (Owner::Resource, dedicated)),
            dropped: count.and_then(|array| array.as_primitive_opt()),
            scopes: scopes.value_offsets(),
            scope: (
                Texts::of(child(scope, "Name")?)?,
                Texts::of(child(scope, "Version")?)?,
            ),
            scope_attributes: Attributes::of(scope),
            spans: spans.value_offsets(),
            span: Spans::of(spans.values().as_struct_opt()?, dedicated)?,
            rooms: Rooms::default(),
        })
    }

    /// Reads a trace; `first` is the number of the first row, from 0.
    pub(super) fn trace(
        &mut self,
        row: usize,
        first: u64,
        batch: &mut SpanBatch,
    ) -> Result<(), Stop> {
        let trace_id = TraceId(number(self.trace_id, row));
        let mut open = Open::new(batch);
        for at in self.resources[row] as usize..self.resources[row + 1] as usize {
            let mut around = self.resource(at, &mut open, first + row as u64 + 1)?;
            for scope in self.scopes[at] as usize..self.scopes[at + 1] as usize {
                around.scope = self.scope(scope, &mut open)?;
                for span in self.spans[scope] as usize..self.spans[scope + 1] as usize {
                    let place = (trace_id, &around);
                    self.span.read(span, place, &mut open, &mut self.rooms)?;
                }
            }
        }
        Ok(())
    }

    fn resource(&mut self, at: usize, open: &mut Open<'_>, record: u64) -> Result<Surroundings> {
        let mut service = Symbol::EMPTY;
        let mut put = |open: &mut Open<'_>, key: &str, value: Value<'_>| {
            let symbol = open.intern(key)?;
            // Tempo writes an empty name where there is none.
            if key == "service.name" {
                service = open.intern(&value.to_text())?;
                if value == Value::Str("") {
                    return Ok(());
                }
            }
            open.batch.resources.push(symbol, value);
            Ok(())
        };
        self.own.put(at, open, &mut self.rooms, &mut put)?;
        if let Some(attributes) = &self.attributes {
            attributes.put(at, open, &mut self.rooms, &mut put)?;
        }
        let resource = open.batch.resources.close(service);
        let dropped = self.dropped.map_or(0, |counts| counts.value(at));
        let draft = Draft {
            dropped_attributes: u64::try_from(dropped).unwrap_or(0),
            ..Draft::default()
        };
        if !draft.is_clean() {
            let example = Example::File {
                path: String::new(),
                record: Some(record),
                offset: None,
                detail: String::new(),
            };
            draft.report(open.batch, service, &example);
        }
        Ok(Surroundings {
            resource,
            service,
            ..Surroundings::default()
        })
    }

    fn scope(&mut self, at: usize, open: &mut Open<'_>) -> Result<ScopeId> {
        if let Some(attributes) = &self.scope_attributes {
            let mut put = |open: &mut Open<'_>, key: &str, value: Value<'_>| {
                let key = open.intern(key)?;
                open.batch.scopes.push(key, value);
                Ok(())
            };
            attributes.put(at, open, &mut self.rooms, &mut put)?;
        }
        let name = open.intern(self.scope.0.get(at).unwrap_or_default())?;
        let version = open.intern(self.scope.1.get(at).unwrap_or_default())?;
        Ok(open.batch.scopes.intern(name, version))
    }
}
