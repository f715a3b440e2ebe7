//! How writers arrange records: by resource and scope, in requests of a few
//! thousand spans, as collectors send them.

use spanwise_model::{ResourceId, ScopeId, SpanBatch, Symbol, Value};

/// How many spans a request holds at most.
const REQUEST_SPANS: usize = 4096;

/// The records of a batch in the order in which they are written.
pub(super) struct Groups<'b> {
    batch: &'b SpanBatch,
    order: Vec<u32>,
}

impl<'b> Groups<'b> {
    pub(super) fn new(batch: &'b SpanBatch) -> Self {
        let mut order: Vec<u32> = (0..batch.open_record()).collect();
        order.sort_by_key(|&record| place(batch, record));
        Self { batch, order }
    }

    /// The records of each request.
    pub(super) fn requests(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunks(REQUEST_SPANS)
    }

    /// The runs of one resource.
    pub(super) fn by_resource<'a>(
        &self,
        records: &'a [u32],
    ) -> impl Iterator<Item = (ResourceId, &'a [u32])> + use<'a, 'b> {
        let batch = self.batch;
        records
            .chunk_by(move |&a, &b| place(batch, a).0 == place(batch, b).0)
            .map(move |run| (place(batch, run[0]).0, run))
    }

    /// The runs of one scope.
    pub(super) fn by_scope<'a>(
        &self,
        records: &'a [u32],
    ) -> impl Iterator<Item = (ScopeId, &'a [u32])> + use<'a, 'b> {
        let batch = self.batch;
        records
            .chunk_by(move |&a, &b| place(batch, a).1 == place(batch, b).1)
            .map(move |run| (place(batch, run[0]).1, run))
    }
}

fn place(batch: &SpanBatch, record: u32) -> (ResourceId, ScopeId) {
    let at = record as usize;
    (batch.heads[at].resource, batch.heads[at].scope)
}

/// The attributes of a resource, its service among them even where the source
/// named the service otherwise.
pub(super) fn resource_attributes(
    batch: &SpanBatch,
    id: ResourceId,
) -> impl Iterator<Item = (&str, Value<'_>)> {
    let strings = &batch.strings;
    let service = batch.resources.service(id);
    let known = (id.0 as usize) < batch.resources.len();
    let attributes = || {
        let attributes = known.then(|| batch.resources.attributes(id));
        attributes.into_iter().flatten()
    };
    let named = attributes().any(|(key, _)| strings.get(key) == "service.name");
    let service = (!named && service != Symbol::EMPTY)
        .then(|| ("service.name", Value::Str(strings.get(service))));
    let others = attributes().map(|(key, value)| (strings.get(key), value));
    service.into_iter().chain(others)
}
