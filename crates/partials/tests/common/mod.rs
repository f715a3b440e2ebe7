//! Spans to take partials of.

use spanwise_analyze::{facts, run, Analysis, FactColumns, Partial, Policy, Taken};
use spanwise_io::assemble::assemble;
use spanwise_model::{SpanBatch, SpanTable};
use spanwise_simulate::{Fault, FaultKind, Limit, Simulation};

/// Spans of an incident, and their facts.
pub(crate) fn incident() -> (SpanTable, FactColumns) {
    let batches = Simulation::default()
        .seed(11)
        .limit(Limit::Requests(300))
        .fault(Fault::new(FaultKind::Error))
        .batch_spans(1_000_000)
        .run()
        .expect("a topology that runs");
    let mut spans = SpanBatch::default();
    for batch in batches {
        spans.absorb(batch).expect("room");
    }
    let table = assemble(spans).expect("few spans");
    let facts = facts::compute(&table, &Policy::default());
    (table, facts)
}

/// The partials of some traces.
pub(crate) fn partials(
    (table, facts): &(SpanTable, FactColumns),
    traces: &[u32],
    analyses: &[&dyn Analysis],
) -> Vec<Partial> {
    run(table, traces, facts, analyses)
}

pub(crate) fn borrowed(analyses: &[Box<dyn Analysis>]) -> Vec<&dyn Analysis> {
    analyses.iter().map(Box::as_ref).collect()
}

pub(crate) fn taken() -> Taken {
    Taken::new(Policy::default(), None)
}

/// The file of a partial.
pub(crate) fn file(partial: &Partial) -> Vec<u8> {
    let mut file = Vec::new();
    spanwise_partials::write(partial, &taken(), &mut file).expect("memory takes it");
    file
}
