//! Traces of a few lines, a question, and the answer that the definitions
//! give, worked out by hand.

mod bottlenecks;
mod call_tree;
mod clocks;
mod compare;
mod concurrency;
mod critical_path;
mod dependencies;
mod edges;
mod errors;
mod flows;
mod heat_map;
mod hot_keys;
mod hotspots;
mod issues;
mod listings;
mod query;
mod requests;
mod shape_problems;
mod sibling_order;
mod slack;
mod time_kinds;
mod what_if;
