//! What is written is what is read, and merges as if it had never been written.

mod common;

use common::{borrowed, file, incident, partials, taken};
use spanwise_analyze::analyses::aggregates;
use spanwise_analyze::{Analysis, Partial};
use spanwise_model::ErrorKind;
use spanwise_partials::read;

#[test]
fn what_is_read_is_what_was_written() {
    let input = incident();
    let analyses = aggregates();
    let all: Vec<u32> = (0..input.0.trace_count() as u32).collect();
    let written = partials(&input, &all, &borrowed(&analyses));
    for (partial, analysis) in written.iter().zip(&analyses) {
        let bytes = file(partial);
        let (same, of) = read(bytes.clone().into(), &borrowed(&analyses)).expect("own file");
        assert!(!partial.is_empty(), "{}", analysis.name());
        assert_eq!(same.to_bytes(), partial.to_bytes(), "{}", analysis.name());
        assert_eq!(analysis.finish(&same), analysis.finish(partial));
        assert_eq!(of, taken());
        assert_eq!(file(&same), bytes, "equal partials are equal files");
    }
}

#[test]
fn files_of_parts_merge_to_the_file_of_the_whole() {
    let input = incident();
    let analyses = aggregates();
    let all: Vec<u32> = (0..input.0.trace_count() as u32).collect();
    let whole = partials(&input, &all, &borrowed(&analyses));
    let (some, rest): (Vec<u32>, Vec<u32>) = all.iter().partition(|&trace| trace % 3 == 0);
    let parts = [some, rest].map(|part| partials(&input, &part, &borrowed(&analyses)));
    let again = |partial: &Partial, analysis: &dyn Analysis| {
        let (partial, _) = read(file(partial).into(), &[analysis]).expect("own file");
        partial
    };
    for (at, analysis) in borrowed(&analyses).into_iter().enumerate() {
        let [mut merged, part] = parts.each_ref().map(|part| again(&part[at], analysis));
        merged.merge(&part).expect("other traces");
        assert_eq!(file(&merged), file(&whole[at]), "{}", analysis.name());
        let error = merged.merge(&part).expect_err("the same traces once more");
        assert_eq!(error.kind(), ErrorKind::Merge);
    }
}

#[test]
fn empty_partials_have_files() {
    for analysis in aggregates() {
        let bytes = file(&analysis.empty());
        let (partial, _) = read(bytes.into(), &[analysis.as_ref()]).expect("own file");
        assert_eq!(partial.to_bytes(), analysis.empty().to_bytes());
    }
}
