//! What plans add is what comparing children finds.

use super::observe::{all, Observer};
use super::SiblingOrder;
use crate::analysis::{Analysis, TraceBatch};
use crate::facts;
use crate::policy::Policy;
use spanwise_io::{assemble::assemble, notation::parse};
use spanwise_model::SpanTable;
use std::fmt::Write;

/// Numbers below what is asked for, always the same ones.
fn random_numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    }
}

/// Parents with some children each, one after the other or in any way.
fn traces(random: &mut impl FnMut(u64) -> u64) -> SpanTable {
    let mut text = String::new();
    for trace in 1..=30 {
        let (count, apart) = (2 + random(18), random(3));
        write!(text, "trace {trace}\nshop GET 0..100\n").expect("a text");
        let mut over = 0;
        for _ in 0..count {
            let start = if apart == 0 { random(90) } else { over };
            over = start + random(6);
            let name = random(1 + count.min(15));
            writeln!(text, "  cart {name} {start}..{over}").expect("a text");
        }
    }
    assemble(parse(&text)).expect("spans")
}

#[test]
fn plans_add_what_comparing_children_finds() {
    let mut random = random_numbers(7);
    for _ in 0..60 {
        let table = traces(&mut random);
        let facts = facts::compute(&table, &Policy::default());
        let numbers: Vec<u32> = (0..table.trace_count() as u32).collect();
        let observed = |observer: Observer<'_>| {
            let mut partial = SiblingOrder::default().empty();
            let batch = TraceBatch::new(&table, &numbers);
            all(observer, batch, (&facts, &mut partial));
            partial.to_bytes()
        };
        let planned = observed(Observer::new(&table));
        let compared = observed(Observer::without_plans(&table));
        assert_eq!(planned, compared);
    }
}
