//! The percentile of a span against an oracle that compares it with every other
//! one.

use proptest::prelude::*;
use spanwise_analyze::analyses::{Hotspots, Peers, SpanList};
use spanwise_analyze::facts::compute;
use spanwise_analyze::{run, Policy};
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::table::Cell;
use std::fmt::Write;

proptest! {
    #[test]
    fn a_percentile_is_the_share_that_lasted_no_longer(
        all in prop::collection::vec((0..2_usize, prop_oneof![0..200_u64, 0..1_000_000_u64]), 1..24),
    ) {
        let mut text = String::new();
        for (number, (operation, length)) in all.iter().enumerate() {
            let _ = writeln!(text, "trace {:x}\nshop op{operation} 0ns..{length}ns", number + 1);
        }
        let _ = writeln!(text, "trace fff\nshop op0 0ns..");
        let spans = assemble(parse(&text)).expect("few spans");
        let facts = compute(&spans, &Policy::default());
        let traces: Vec<u32> = (0..spans.trace_count() as u32).collect();
        let hotspots = run(&spans, &traces, &facts, &[&Hotspots::default()]).swap_remove(0);
        let list = SpanList::default().among(Peers::read(&hotspots));
        let list = list.table(&spans, &traces, &facts);
        for (row, &(operation, length)) in all.iter().enumerate() {
            let peers = || all.iter().filter(|one| one.0 == operation);
            // Within a bucket a duration is larger by a 64th at most.
            let share = |most: u64| {
                let shorter = peers().filter(|one| one.1 <= most).count();
                100.0 * shorter as f64 / peers().count() as f64
            };
            let Cell::F64(ours) = list.cell(row, "percentile") else {
                panic!("{:?}", list.cell(row, "percentile"));
            };
            prop_assert!(share(length) - 1e-9 <= ours && ours <= share(length + length / 64) + 1e-9);
            if length < 128 {
                prop_assert!((ours - share(length)).abs() < 1e-9, "exact");
            }
        }
        prop_assert_eq!(list.cell(all.len(), "percentile"), Cell::Null, "without an end");
    }
}
