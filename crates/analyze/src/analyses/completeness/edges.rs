//! Rows by edge: halves of calls brought together by what whole calls teach.

use super::halves::{key, Part};
use super::loss;
use super::state;
use super::tally::{Knowledge, Tally};
use crate::analyses::columns::{counts, names, shares};
use crate::partial::{add_to, total, Partial, Row};
use rustc_hash::{FxHashMap, FxHashSet};
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// One service calling another.
#[derive(Clone, Debug, Default)]
pub(super) struct Edge {
    pub(super) matched: i128,
    pub(super) missing_server: i128,
    pub(super) missing_client: i128,
    pub(super) lost_context: i128,
    pub(super) outside_caller: i128,
    at_edge: i128,
    pub(super) sampling: Tally,
}

impl Edge {
    pub(super) fn calls(&self) -> i128 {
        total([self.matched, self.missing_server, self.missing_client])
    }

    fn gone(&self) -> i128 {
        total([self.missing_server, self.missing_client, self.lost_context])
    }
}

/// A time as a number whose order is that of time.
pub(super) fn ordered(nano: i64) -> u64 {
    (nano as u64) ^ 1 << 63
}

/// The rows of a partial, by edge.
pub(super) fn table(partial: &Partial) -> Table {
    let mut edges: Vec<_> = edges(partial).into_iter().collect();
    edges.sort_by_key(|(key, edge)| (Reverse(edge.gone()), Reverse(edge.calls()), *key));
    let count = |of: fn(&Edge) -> i128| counts(edges.iter().map(|(_, edge)| of(edge)));
    let share = |edge: &Edge| (edge.matched, edge.calls());
    let estimates = edges.iter().map(|(_, edge)| edge.sampling.estimate());
    let knowledge = edges.iter().map(|(_, edge)| edge.sampling.knowledge());
    let losses = edges.iter().map(|(_, edge)| loss::of_edge(edge));
    Table::new()
        .with("caller", names(edges.iter().map(|(key, _)| key.0)))
        .with("callee", names(edges.iter().map(|(key, _)| key.1)))
        .with("calls", count(Edge::calls))
        .with("matched", count(|edge| edge.matched))
        .with("missing_server", count(|edge| edge.missing_server))
        .with("missing_client", count(|edge| edge.missing_client))
        .with(
            "matched_share",
            shares(edges.iter().map(|(_, edge)| share(edge))),
        )
        .with("lost_context", count(|edge| edge.lost_context))
        .with("outside_caller", count(|edge| edge.outside_caller))
        .with("at_edge", count(|edge| edge.at_edge))
        .with("sampling", names(knowledge.map(Knowledge::name)))
        .with("estimated_calls", ColumnData::F64(estimates.collect()))
        .with("undermines", ColumnData::Text(losses.collect()))
}

fn edges(partial: &Partial) -> BTreeMap<(&str, &str), Edge> {
    let learnt = Learnt::of(partial);
    let window = Window::of(partial);
    let mut edges: BTreeMap<(&str, &str), Edge> = BTreeMap::new();
    for row in 0..partial.len() {
        let number = |column| partial.number(row, column);
        if Part::Call.is(partial, row) {
            let key = (
                partial.name(row, key::CALLER),
                partial.name(row, key::CALLEE),
            );
            let edge = edges.entry(key).or_default();
            add_to(&mut edge.matched, number(state::SPANS));
            add_to(&mut edge.outside_caller, number(state::OUTSIDE));
            edge.sampling.add(partial, row);
        } else if Part::Client.is(partial, row) {
            let Some(callee) = learnt.callee(row) else {
                continue;
            };
            let edge = edges
                .entry((partial.name(row, key::CALLER), callee))
                .or_default();
            add_to(&mut edge.missing_server, number(state::SPANS));
            edge.at_edge += window.count(partial, row);
            edge.sampling.add(partial, row);
        } else if Part::Server.is(partial, row) {
            let caller = learnt.caller(row);
            let joined = caller.is_some();
            let roots = if joined { number(state::ROOTS) } else { 0 };
            let lost = total([number(state::REMOTE_ROOTS), roots]);
            let orphans = number(state::ORPHANS);
            if total([lost, orphans]) == 0 {
                continue;
            }
            let key = (caller.unwrap_or_default(), partial.name(row, key::CALLEE));
            let edge = edges.entry(key).or_default();
            add_to(&mut edge.missing_client, orphans);
            add_to(&mut edge.lost_context, lost);
            edge.at_edge += window.count(partial, row);
            edge.sampling.add(partial, row);
        }
    }
    edges
}

/// What whole calls teach about halves.
struct Learnt<'a> {
    partial: &'a Partial,
    /// By caller and the peer that it names: whom it calls.
    by_peer: Names<'a>,
    /// By caller and operation: whom it calls.
    by_operation: Names<'a>,
    /// By callee and operation: who calls it.
    callers: Names<'a>,
    services: FxHashSet<&'a str>,
}

/// Services by a service and something that it says.
type Names<'a> = FxHashMap<(&'a str, &'a str), FxHashSet<&'a str>>;

impl<'a> Learnt<'a> {
    fn of(partial: &'a Partial) -> Self {
        let mut learnt = Self {
            partial,
            by_peer: Names::default(),
            by_operation: Names::default(),
            callers: Names::default(),
            services: FxHashSet::default(),
        };
        let learn = |names: &mut Names<'a>, from: [&'a str; 2], name: &'a str| {
            names.entry((from[0], from[1])).or_default().insert(name);
        };
        for row in 0..partial.len() {
            let cell = |column| partial.name(row, column);
            let (caller, callee) = (cell(key::CALLER), cell(key::CALLEE));
            if Part::Call.is(partial, row) {
                learn(&mut learnt.by_peer, [caller, cell(key::PEER)], callee);
                learn(&mut learnt.by_operation, [caller, cell(key::SENT)], callee);
                learn(&mut learnt.callers, [callee, cell(key::RECEIVED)], caller);
            } else if Part::Service.is(partial, row) && !caller.is_empty() {
                learnt.services.insert(caller);
            }
        }
        learnt
    }

    /// The service that a lone client called; empty where it is one of
    /// several, none where nothing says that its callee makes spans.
    fn callee(&self, row: Row) -> Option<&'a str> {
        let cell = |column| self.partial.name(row, column);
        let (caller, peer) = (cell(key::CALLER), cell(key::PEER));
        let of_operation = || self.by_operation.get(&(caller, cell(key::SENT)));
        if peer.is_empty() {
            return of_operation().map(only);
        }
        let of_peer = self.by_peer.get(&(caller, peer)).map(only);
        let named = || self.service(peer).filter(|&peer| peer != caller);
        let address = || peer.parse::<IpAddr>().is_ok();
        let likely = || {
            let callee = of_operation().filter(|_| address()).map(only);
            callee.filter(|name| !name.is_empty())
        };
        let traced = || (self.partial.number(row, state::TRACED) > 0).then_some(peer);
        of_peer.or_else(named).or_else(likely).or_else(traced)
    }

    /// The service that called a lone server; empty where it is one of
    /// several, none where nobody is seen to call the operation.
    fn caller(&self, row: Row) -> Option<&'a str> {
        let cell = |column| self.partial.name(row, column);
        let key = (cell(key::CALLEE), cell(key::RECEIVED));
        self.callers.get(&key).map(only)
    }

    /// The service that a peer's name means: itself, or the host of an
    /// address such as `cart.shop.svc.cluster.local:8080`.
    fn service(&self, peer: &str) -> Option<&'a str> {
        let host = peer.split(':').next().unwrap_or_default();
        let label = host.split('.').next().unwrap_or_default();
        [peer, host, label]
            .iter()
            .find_map(|name| self.services.get(*name).copied())
    }
}

/// The only one of a set, else nothing.
fn only<'a>(names: &FxHashSet<&'a str>) -> &'a str {
    match names.len() {
        1 => names.iter().next().copied().unwrap_or_default(),
        _ => "",
    }
}

/// The times at which an export cuts traces.
struct Window {
    /// Up to here it begins.
    begins: u64,
    /// From here on it ends.
    ends: u64,
}

impl Window {
    fn of(partial: &Partial) -> Self {
        let input = (0..partial.len()).find(|&row| Part::Input.is(partial, row));
        let Some(row) = input else {
            return Self {
                begins: 0,
                ends: u64::MAX,
            };
        };
        let (start, end) = (
            partial.number(row, state::START),
            partial.number(row, state::END),
        );
        let extent = partial.histogram(row, state::EXTENT).quantile(0.99);
        let width = (end.saturating_sub(start) / 10).min(extent.unwrap_or_default().into());
        let time = |nano: i128| {
            let nano = nano.clamp(i64::MIN.into(), i64::MAX.into());
            ordered(nano as i64)
        };
        Self {
            begins: time(start.saturating_add(width)),
            ends: time(end.saturating_sub(width)),
        }
    }

    /// How many of the missing spans of a row lie in it.
    fn count(&self, partial: &Partial, row: Row) -> i128 {
        let early = partial.hashes(row, state::EARLIEST);
        let late = partial.hashes(row, state::LATEST);
        let early = early.iter().filter(|&&time| time < self.begins).count();
        let late = late.iter().filter(|&&time| !time > self.ends).count();
        (early + late) as i128
    }
}
