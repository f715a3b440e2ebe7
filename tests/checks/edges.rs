//! Edges between spans in three views, worked out by hand.

use spanwise::analyses::{EdgeView, Edges};
use spanwise::check;

#[track_caller]
fn edges(view: EdgeView, notation: &str, expected: &str) {
    let edges = Edges::default().view(view);
    check(notation, |traces| traces.edges(&edges), expected);
}

const PAGE: &str = "
    shop r 0..100
      shop a 10..40
        shop x 15..20
      shop log 20..200 follows
      shop b 50..90
";

#[test]
fn a_tree_has_an_edge_for_each_child() {
    edges(
        EdgeView::Tree,
        PAGE,
        "
        from_operation to_operation relation     gap_time blocking on_path
        r              a            child_of     10ms     true     true
        a              x            child_of     5ms      true     true
        r              log          follows_from 20ms     false    false
        r              b            child_of     50ms     true     true
        ",
    );
}

#[test]
fn what_was_over_may_have_been_waited_for() {
    // Nobody waits for the log, so that b is behind a.
    edges(
        EdgeView::Causal,
        PAGE,
        "
        from_operation to_operation relation     gap_time on_path order
        r              a            child_of     10ms     true    -
        a              x            child_of     5ms      true    -
        r              log          follows_from 20ms     false   -
        a              b            then         10ms     true    unsettled
        ",
    );
}

/// Two tasks side by side and a third one: it waits for the first, and the
/// second may be over or not.
fn ambiguous() -> String {
    let trace = |foo2: u32| {
        format!("trace\ns r 0..100\n  s foo1 0..30\n  s foo2 0..{foo2}\n  s foo3 46..90\n")
    };
    [45, 60, 60, 60].into_iter().map(trace).collect()
}

#[test]
fn other_traces_tell_where_the_path_could_go_instead() {
    // In the first trace the path goes through foo2, which runs beside foo3
    // in all others; foo1 was always over before.
    let only_first = |traces: &spanwise::Traces| {
        let table = traces.edges(&Edges::default().view(EdgeView::Causal));
        table.take(&[0, 1, 2])
    };
    check(
        &ambiguous(),
        only_first,
        "
        from_operation to_operation relation on_path order      instead_span_id
        r              foo2         child_of true    -          -
        r              foo1         child_of false   -          -
        foo2           foo3         then     true    concurrent 0000000000000002
        ",
    );
}

#[test]
fn links_lead_to_other_traces_or_nowhere() {
    edges(
        EdgeView::Linked,
        "
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer id=5
        trace 2
        mail process 250..280 consumer link=1/5 link=9/7
          mail store 260..270 id=6
          mail index 300..310 link=6
        ",
        "
        from_trace_id                    from_operation to_operation relation gap_time
        00000000000000000000000000000001 send           process      link     160ms
        00000000000000000000000000000009 -              process      link     -
        00000000000000000000000000000002 store          index        link     30ms
        ",
    );
}

#[test]
fn a_join_has_an_edge_from_each() {
    edges(
        EdgeView::Linked,
        "
        shop job 0..100
          shop a 0..30 producer id=5
          shop b 0..50 producer id=6
          shop join 40..90 consumer link=5 link=6
        ",
        "
        from_operation to_operation gap_time
        a              join         10ms
        b              join         -10ms
        ",
    );
}

#[test]
fn components_stay_apart() {
    // Of two roots and an orphan, none is behind another.
    edges(
        EdgeView::Causal,
        "
        s a 0..10
          s x 1..4
        s b 20..30
        s c 40..50 parent=77
          s y 41..42
        ",
        "
        from_operation to_operation relation
        a              x            child_of
        c              y            child_of
        ",
    );
}
