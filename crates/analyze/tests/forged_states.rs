//! Partials that hold what no traces can say are finished all the same.

use spanwise_analyze::analyses::{Flows, FlowsBy, LearntOrder, SiblingOrder};
use spanwise_analyze::{Analysis, Key, KeyType, Merge, Partial};

/// A row of an analysis with names and numbers of its own, all of whose states
/// that are numbers are `value`.
fn fill(analysis: &dyn Analysis, partial: &mut Partial, names: &[&'static str], value: i128) {
    let schema = analysis.schema();
    let keys = schema
        .keys
        .iter()
        .zip(names.iter().chain(std::iter::repeat(&"")));
    let keys: Vec<Key<'_>> = keys
        .map(|((_, kind), name)| match kind {
            KeyType::Name => Key::Name(name),
            KeyType::U128 => Key::U128(1),
            _ => Key::U64(1),
        })
        .collect();
    let row = partial.row(&keys);
    for (column, (_, merge)) in schema.states.iter().enumerate() {
        if matches!(merge, Merge::Sum | Merge::Min | Merge::Max) {
            partial.add(row, column, value);
        }
    }
}

#[test]
fn orders_of_extreme_counts() {
    let analysis = SiblingOrder::default();
    for value in [i128::MAX, i128::MIN, i128::from(u64::MAX), -1] {
        let mut partial = Partial::new(analysis.name(), analysis.schema());
        let [parent, a, b] = [["s", "r", ""], ["s", "a", ""], ["s", "b", ""]];
        for names in [[parent, a, b], [parent, b, a], [parent, a, a]] {
            fill(&analysis, &mut partial, &names.concat(), value);
        }
        assert_eq!(analysis.finish(&partial).rows(), 2);
        let learnt = LearntOrder::read(&partial);
        let (counts, _) = learnt.of(parent, a, b).expect("it was added");
        let most = if value > 0 { u64::MAX } else { 0 };
        assert_eq!((counts.parents(), counts.violated()), (most, most));
        assert_eq!(counts.before, most);
    }
}

#[test]
fn flows_of_extreme_times() {
    let analysis = Flows::default();
    for value in [i128::MAX, i128::MIN, i128::from(u64::MAX), -1] {
        let mut partial = Partial::new(analysis.name(), analysis.schema());
        for part in ["sent", "received", "passed", "what"] {
            fill(&analysis, &mut partial, &[part], value);
        }
        assert_eq!(analysis.finish(&partial).rows(), 1);
        let requests = Flows::default().by(FlowsBy::Request);
        assert_eq!(requests.finish(&partial).rows(), 0, "a circle of one");
    }
}
