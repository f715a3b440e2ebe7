//! The analyses, one file each.
//!
//! *Aggregates* ([`CriticalPath`], [`Hotspots`], [`Errors`], [`Dependencies`],
//! [`Slack`], [`SiblingOrder`], [`Flows`], [`Clocks`], [`TimeKinds`], [`CallTree`],
//! [`Bottlenecks`], [`WhatIf`], [`ShapeProblems`], [`HotKeys`], [`Concurrency`],
//! [`HeatMap`], [`Completeness`], [`Compare`]) implement [`crate::Analysis`]: they merge.
//! *Listings* ([`TraceList`], [`SpanList`], [`EventList`], [`LinkList`],
//! [`crate::Query`]) implement [`crate::Listing`]: their rows can be put in
//! order. [`Edges`], [`IssueList`] and [`Summary`] are read straight off a span
//! table.
//!
//! Every table is sorted by a total order that its docs name, so the same
//! input always gives the same rows.

mod attribute_columns;
mod bands;
mod bottlenecks;
mod by;
mod call_cells;
mod call_tree;
mod call_tree_change;
mod callees;
mod calls;
mod canonical_columns;
mod clocks;
mod columns;
mod compare;
mod completeness;
mod concurrency;
mod confidence;
mod connection;
mod critical_cells;
mod critical_path;
mod critical_rows;
mod dependencies;
mod edges;
mod errors;
mod event_list;
mod exemplars;
mod flows;
mod grouped;
mod heat_map;
mod hops;
mod hot_keys;
mod hotspots;
mod issue_list;
mod numbered;
mod operations;
mod peers;
mod presence;
mod shape_problems;
mod sibling_order;
mod slack;
mod slices;
mod span_list;
mod summary;
mod summary_sum;
mod time_kinds;
mod trace_list;
mod trace_row;
mod what_if;

pub use bottlenecks::Bottlenecks;
pub use by::By;
pub use call_tree::CallTree;
pub use clocks::{Clocks, ClocksBy};
pub use compare::{Cohort, Compare, Window};
pub use completeness::{Completeness, CompletenessBy};
pub use concurrency::{Concurrency, ConcurrencyBy};
pub use critical_path::{CriticalPath, CriticalPathBy};
pub use dependencies::Dependencies;
pub use edges::{AskedSenders, EdgeList, EdgeView, Edges, KnownSenders};
pub use errors::{Errors, ErrorsBy};
pub use event_list::{EventList, LinkList};
pub use flows::{Flows, FlowsBy};
pub use heat_map::{HeatMap, HeatMapBy};
pub use hot_keys::HotKeys;
pub use hotspots::Hotspots;
pub use issue_list::{issues_of, IssueList};
pub use peers::Peers;
pub use presence::Presence;
pub use shape_problems::{Problem, ShapeProblems};
pub use sibling_order::{LearntOrder, Order, OrderCounts, SiblingOrder, Waits};
pub use slack::Slack;
pub use span_list::SpanList;
pub use summary::{FileSummary, IssueSummary, Summary};
pub use summary_sum::{orphans_by_source, SummarySum};
pub use time_kinds::{TimeKinds, TimeKindsBy};
pub use trace_list::TraceList;
pub use what_if::{Change, Selection, WhatIf};

/// What a row of [`Hotspots`] stands for.
pub type HotspotsBy = By;

pub(crate) use attribute_columns::{attribute, with_attributes};
pub(crate) use columns::{some_durations, symbols};

use crate::Analysis;

/// Every aggregate with every grouping, and [`Compare`] of a baseline: what
/// partials at rest are taken of where nothing else is said.
#[must_use]
pub fn aggregates() -> Vec<Box<dyn Analysis>> {
    use {CriticalPathBy as P, ErrorsBy as E};
    let paths = [P::Operation, P::Service, P::Path].map(|by| CriticalPath::default().by(by));
    let hotspots = [By::Operation, By::Service].map(|by| Hotspots::default().by(by));
    let errors = [E::Operation, E::Service, E::Type].map(|by| Errors::default().by(by));
    let maps = [HeatMapBy::Operation, HeatMapBy::Request].map(|by| HeatMap::default().by(by));
    let mut all = boxed(paths);
    all.extend(boxed(hotspots));
    all.extend(boxed(errors));
    all.extend(boxed([Dependencies::default()]));
    all.extend(boxed([Slack::default()]));
    all.extend(boxed([SiblingOrder::default()]));
    all.extend(boxed([Completeness::default()]));
    all.extend(boxed([Clocks::default()]));
    all.extend(boxed([TimeKinds::default()]));
    all.extend(boxed([CallTree::default()]));
    all.extend(boxed([Bottlenecks::default()]));
    all.extend(boxed([WhatIf::default()]));
    all.extend(boxed([ShapeProblems::default()]));
    all.extend(boxed([HotKeys::default()]));
    all.extend(boxed([Concurrency::default()]));
    all.extend(boxed(maps));
    all.extend(boxed([Flows::default()]));
    all.extend(boxed([Compare::default()]));
    all
}

fn boxed<A: Analysis + 'static, const N: usize>(analyses: [A; N]) -> Vec<Box<dyn Analysis>> {
    let each = |analysis| -> Box<dyn Analysis> { Box::new(analysis) };
    analyses.into_iter().map(each).collect()
}

#[cfg(test)]
mod tests;
