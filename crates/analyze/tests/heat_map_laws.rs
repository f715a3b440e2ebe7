//! Every finished span is in one cell of a heat map, the one that its edges
//! say.

use proptest::prelude::*;
use spanwise_analyze::analyses::{HeatMap, HeatMapBy};
use spanwise_analyze::facts::compute;
use spanwise_analyze::{run, Analysis, Policy};
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::table::Cell;
use spanwise_model::Table;
use std::fmt::Write;

/// A request in nanoseconds: its start, its duration, and whether it errs.
type Request = (i64, i64, bool);

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let length = prop_oneof![0..40_i64, 0..10_000_000_000_i64];
    let start = -1_000_000_000..2_000_000_000_i64;
    prop::collection::vec((start, length, any::<bool>()), 1..20)
}

/// Each with a child of the same operation.
fn table(requests: &[Request], analysis: &HeatMap) -> Table {
    let mut text = String::new();
    for (number, (start, length, errs)) in requests.iter().enumerate() {
        let (end, mark) = (start + length, if *errs { "error" } else { "" });
        let _ = writeln!(text, "trace {:x}", number + 1);
        let _ = writeln!(text, "shop GET {start}ns..{end}ns {mark}");
        let _ = writeln!(text, "  shop GET {start}ns..{end}ns");
    }
    let spans = assemble(parse(&text)).expect("few spans");
    let facts = compute(&spans, &Policy::default());
    let all: Vec<u32> = (0..spans.trace_count() as u32).collect();
    analysis.finish(&run(&spans, &all, &facts, &[analysis])[0])
}

fn number(cell: Cell<'_>) -> i64 {
    match cell {
        Cell::Time(nano) | Cell::Duration(nano) => nano,
        Cell::U64(count) => count as i64,
        other => panic!("no number: {other:?}"),
    }
}

proptest! {
    #[test]
    fn a_cell_counts_what_lies_between_its_edges(
        all in requests(),
        slices in 1..20_u64,
        octave in 0..5_u32,
        is_all in any::<bool>(),
    ) {
        let (width, bands) = (slices * 100_000_000, 1 << octave);
        let by = if is_all { HeatMapBy::Operation } else { HeatMapBy::Request };
        let map = table(&all, &HeatMap::default().by(by).bucket(width).bands(bands));
        let each = if is_all { 2 } else { 1 };
        let (mut count, mut before) = (0, None);
        for row in 0..map.rows() {
            let cell = |name: &str| number(map.cell(row, name));
            let [from, low, high] = ["from", "latency_from", "latency_to"].map(cell);
            prop_assert_eq!(from.rem_euclid(width as i64), 0);
            prop_assert!(i128::from(high - low) * i128::from(bands) <= i128::from(low.max(bands.into())));
            let here = all.iter().filter(|one| {
                (from..from + width as i64).contains(&one.0) && (low..high).contains(&one.1)
            });
            let errors = here.clone().filter(|one| one.2).count() as i64;
            prop_assert_eq!(cell("count"), each * here.count() as i64);
            prop_assert_eq!(cell("errors"), errors);
            count += cell("count");
            let place = Some((from, low));
            prop_assert!(before < place, "sorted, and no cell twice");
            before = place;
        }
        prop_assert_eq!(count, each * all.len() as i64);
    }
}
