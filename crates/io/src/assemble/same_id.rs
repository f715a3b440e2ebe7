//! Records that share one span id within a trace.
//!
//! Equal records fold into one. Of an unfinished and a finished record of one
//! service and kind the finished one stays. A client and a server (or Zipkin's
//! `shared` record and its partner) are two spans, the server under the client.
//! Whatever still shares the id is a conflict: all rows stay, and the first by
//! (start, end descending, content hash) owns the id.

use super::content;
use spanwise_model::{flags, SpanBatch, SpanHead, SpanKind, Symbol, TraceId};
use std::cmp::Reverse;

/// What becomes of a record that shares its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It owns the id.
    Owner,
    /// It is the server half, under the owner.
    Server,
    /// It stays beside the owner.
    Conflict,
    /// It was folded into another.
    Folded,
}

/// A record of a run, with what decides its fate.
struct Candidate {
    record: u32,
    head: SpanHead,
    service: Symbol,
    hash: u64,
    fate: Option<Fate>,
}

/// A record, its fate, and the hash that orders it among its equals.
pub(super) struct Verdict {
    pub(super) record: u32,
    pub(super) fate: Fate,
    pub(super) hash: u64,
}

/// Decides the fate of the records of one id, in the order in which children
/// look for their parent among them.
pub(super) fn judge(batch: &SpanBatch, records: impl Iterator<Item = u32>) -> Vec<Verdict> {
    let mut run: Vec<Candidate> = records.map(|record| candidate(batch, record)).collect();
    run.sort_unstable_by_key(|c| {
        let end = c.head.end_unix_nano.unwrap_or(c.head.start_unix_nano);
        (c.head.start_unix_nano, Reverse(end), c.hash)
    });
    fold_equal(&mut run);
    fold_unfinished(&mut run);
    split_servers(&mut run);
    let mut owned = run.iter().any(|c| c.fate == Some(Fate::Owner));
    for candidate in run.iter_mut().filter(|c| c.fate.is_none()) {
        let fate = if owned { Fate::Conflict } else { Fate::Owner };
        candidate.fate = Some(fate);
        owned = true;
    }
    run.iter().filter_map(verdict).collect()
}

fn verdict(candidate: &Candidate) -> Option<Verdict> {
    candidate.fate.map(|fate| Verdict {
        record: candidate.record,
        fate,
        hash: candidate.hash,
    })
}

fn candidate(batch: &SpanBatch, record: u32) -> Candidate {
    let head = batch.head_in(TraceId::default(), record);
    Candidate {
        record,
        service: batch.resources.service(head.resource),
        hash: content::hash(batch, record),
        head,
        fate: None,
    }
}

/// Equal records have equal hashes and so lie side by side.
fn fold_equal(run: &mut [Candidate]) {
    for at in 1..run.len() {
        if run[at].hash == run[at - 1].hash {
            run[at].fate = Some(Fate::Folded);
        }
    }
}

/// Folds each unfinished record for which a finished one of the same service
/// and kind is here.
fn fold_unfinished(run: &mut [Candidate]) {
    let mut finished: Vec<(Symbol, SpanKind)> = run
        .iter()
        .filter(|c| c.head.end_unix_nano.is_some())
        .map(|c| (c.service, c.head.kind))
        .collect();
    finished.sort_unstable();
    let unfinished = run
        .iter_mut()
        .filter(|c| c.fate.is_none() && c.head.end_unix_nano.is_none());
    for candidate in unfinished {
        if finished
            .binary_search(&(candidate.service, candidate.head.kind))
            .is_ok()
        {
            candidate.fate = Some(Fate::Folded);
        }
    }
}

/// Puts the server half under the client half, where both are here. A second
/// server of the same id is a conflict and stands under the client too.
fn split_servers(run: &mut [Candidate]) {
    let open = |c: &Candidate| c.fate.is_none();
    let is_client = |c: &Candidate| {
        let shared = c.head.flags & flags::SHARED != 0;
        !shared && c.head.kind != SpanKind::Server
    };
    let pair = |c: &Candidate| c.head.kind == SpanKind::Client || c.head.flags & flags::SHARED != 0;
    if !run.iter().any(|c| open(c) && pair(c)) {
        return;
    }
    let client = run
        .iter()
        .position(|c| open(c) && c.head.kind == SpanKind::Client && is_client(c))
        .or_else(|| run.iter().position(|c| open(c) && is_client(c)));
    let has_server = run.iter().any(|c| open(c) && !is_client(c));
    let Some(client) = client.filter(|_| has_server) else {
        return;
    };
    run[client].fate = Some(Fate::Owner);
    for candidate in run.iter_mut().filter(|c| c.fate.is_none() && !is_client(c)) {
        candidate.fate = Some(Fate::Server);
    }
}
