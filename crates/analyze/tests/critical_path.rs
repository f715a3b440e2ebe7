//! The critical path and the self time on traces of a few lines, times in
//! milliseconds.

mod facts_common;

use facts_common::{by_operation, check_path, facts, issue_text, path, self_text, table};
use spanwise_analyze::{fact_flags, Blocking, Policy};

#[track_caller]
fn check(notation: &str, tiles: &str) {
    check_path(notation, tiles);
}

#[track_caller]
fn check_issues(notation: &str, expected: &str) {
    assert_eq!(issue_text(&facts(&table(notation))), expected, "{notation}");
}

#[test]
fn the_later_of_two_overlapping_children_goes_first() {
    let trace = "
        s R 0..100
          s A 10..50
          s B 40..90
    ";
    check(trace, "R 0-40 overlapped; B 40-90; R 90-100");
    assert_eq!(self_text(trace), "R 20, A 40, B 50");
}

#[test]
fn a_sibling_that_ended_before_is_found_behind_one_that_did_not() {
    let trace = "
        s R 0..1000
          s A 0..500
          s X 50..93
          s B 94..1000
    ";
    check(
        trace,
        "R 0-50 overlapped; X 50-93; R 93-94 overlapped; B 94-1000",
    );
    assert_eq!(self_text(trace), "R 0, A 500, X 43, B 906");
}

#[test]
fn of_equal_ends_the_earliest_start_and_then_the_smaller_id_wins() {
    let trace = "
        s R 0..100 id=1
          s A 0..100 id=2
          s B 0..100 id=3
          s C 50..100 id=4
    ";
    check(trace, "A 0-100 tied");
    check(&trace.replace("id=2", "id=9"), "B 0-100 tied");
}

#[test]
fn a_tie_shows_on_all_that_runs_below_the_winner() {
    let trace = "
        s R 0..100
          s A 10..90
            s G 20..90
          s B 30..90
    ";
    check(trace, "R 0-10; A 10-20 tied; G 20-90 tied; R 90-100");
}

#[test]
fn a_span_without_length_between_its_siblings_is_kept() {
    let trace = "
        s R 0..100
          s A 0..50
          s Z 50..50
          s B 50..100
    ";
    check(trace, "A 0-50; Z 50-50; B 50-100");
}

#[test]
fn spans_without_length_are_kept_on_both_ends_of_their_parent() {
    let trace = "
        s R 0..100
          s Y 0..0
          s M 40..40
          s Z 100..100
    ";
    check(trace, "Y 0-0; R 0-40; M 40-40; R 40-100; Z 100-100");
}

#[test]
fn a_grandchild_that_outlives_its_parent_is_cut_to_it() {
    let trace = "
        s R 0..100
          s A 10..40
            s G 20..80
    ";
    check(trace, "R 0-10; A 10-20; G 20-40 clipped; R 40-100");
    check_issues(trace, "clipped_child 1");
    assert_eq!(self_text(trace), "R 70, A 10, G 20");
}

#[test]
fn children_outside_of_their_parent_do_not_block() {
    for interval in ["-60..-10", "100..150", "-60..0", "101..101"] {
        let trace = format!("\ns R 0..100\n  s S {interval}\n    s G {interval}\n");
        check(&trace, "R 0-100");
        check_issues(&trace, "child_outside_parent 1");
        let table = table(&trace);
        let facts = facts(&table);
        assert_eq!(facts.self_nano[0], 100_000_000);
        assert_eq!(facts.flags[1] & fact_flags::BLOCKING, 0);
        assert_ne!(facts.flags[2] & fact_flags::BLOCKING, 0, "G blocks S");
    }
}

#[test]
fn neighbours_that_touch_are_both_on_the_path() {
    let trace = "
        s R 0..100
          s B 0..50
          s C 50..100
    ";
    check(trace, "B 0-50; C 50-100");
}

#[test]
fn siblings_may_overlap_by_the_tolerance() {
    let trace = "
        s R 0..100
          s A 0..50.001
          s B 50..100
    ";
    check(trace, "A 0-50; B 50-100");
    let strict = Policy::default().tolerance_nano(0);
    assert_eq!(path(trace, &strict), "R 0-50 overlapped; B 50-100");
    let more = trace.replace("50.001", "50.001001");
    check(&more, "R 0-50 overlapped; B 50-100");
}

#[test]
fn what_starts_at_the_cursor_is_off_the_path_and_overlaps_nothing() {
    let trace = "
        s R 0..100
          s B 50..100
          s A 50..50.0005
            s Z 50..50
    ";
    check(trace, "R 0-50; B 50-100");
}

#[test]
fn who_starts_behind_the_cursor_ties_with_nobody() {
    let trace = "
        s R 0..100
          s A 0..50.0005
          s C 50.0002..50.0005
          s B 50..100
    ";
    check(trace, "A 0-50; B 50-100");
}

#[test]
fn overlap_beyond_the_tolerance_leaves_the_last_and_what_ended_before_it() {
    let trace = "
        s R 0..100
          s A 0..20
          s B 10..60
          s C 50..100
    ";
    check(trace, "A 0-20; R 20-50 overlapped; C 50-100");
}

#[test]
fn a_child_that_covers_its_parent_is_cut_on_both_sides() {
    let trace = "
        s R 0..100
          s A -10..110
    ";
    check(trace, "A 0-100 clipped");
    check_issues(trace, "clipped_child 1");
}

#[test]
fn a_server_that_outlives_its_client_is_cut_and_counted_once() {
    let trace = "
        a R 0..100
          a C 0..30 client error
            b S 1..80 server
              b D 40..70 client
    ";
    check(trace, "C 0-1; S 1-30 clipped; R 30-100");
    check_issues(trace, "clipped_child 1");
    assert_eq!(self_text(trace), "R 70, C 1, S 29, D 0");
}

#[test]
fn a_server_that_would_fit_its_client_has_another_clock() {
    let shifted = "
        a C 0..100 client
          b S 40..120 server
    ";
    check(shifted, "C 0-40; S 40-100 clipped");
    check_issues(shifted, "clipped_child 1, clock_offset 1");
    check_issues(
        &shifted.replace("40..120", "200..280"),
        "child_outside_parent 1, clock_offset 1",
    );
    check_issues(&shifted.replace("40..120", "-10..120"), "clipped_child 1");
    check_issues(&shifted.replace(" server", ""), "clipped_child 1");
}

#[test]
fn what_follows_does_not_block() {
    let trace = "
        s R 0..100
          s F 20..80 follows
    ";
    check(trace, "R 0-100");
    assert_eq!(self_text(trace), "R 100, F 60");
    let all = Policy::default().blocking(Blocking::All);
    assert_eq!(path(trace, &all), "R 0-20; F 20-80; R 80-100");
}

#[test]
fn messages_do_not_block_their_senders() {
    let sent = "
        a R 0..100 server
          a P 10..20 producer
            b C 15..90 consumer
              b D 30..50 client
    ";
    check(sent, "R 0-10; P 10-20; R 20-100");
    check_issues(sent, "");
    let direct = "
        a R 0..100 internal
          b C 20..60 consumer
            b D 30..50 consumer
    ";
    check(direct, "R 0-100");
    assert_eq!(self_text(direct), "R 100, C 20, D 20");
}

#[test]
fn a_consumer_waits_for_the_consumers_below_it() {
    let trace = "
        b C 0..100 consumer
          b D 30..50 consumer
    ";
    check(trace, "C 0-30; D 30-50; C 50-100");
}

#[test]
fn each_component_has_its_own_path() {
    let trace = "
        s R 0..100
          s A 10..20
        s Q 200..250
          s B 210..220
        s O 300..330 parent=77
    ";
    check(trace, "R 0-10; A 10-20; R 20-100");
    let table = table(trace);
    let facts = facts(&table);
    let critical = by_operation(&table, |row| facts.critical_nano[row] / 1_000_000);
    assert_eq!(critical, "R 90, A 10, Q 40, B 10, O 30");
}

#[test]
fn cycles_have_a_path_too() {
    check(
        "\ns A 0..100 id=1 parent=2\ns B 10..50 id=2 parent=1\n",
        "A 0-10; B 10-50; A 50-100",
    );
    check("\ns A 0..100 id=1 parent=1\n", "A 0-100");
}

#[test]
fn a_shared_id_is_one_call_of_two_sides() {
    let trace = "
        a C 0..100 client id=1
        b S 10..90 server shared id=1
    ";
    check(trace, "C 0-10; S 10-90; C 90-100");
}

#[test]
fn overflows_may_nest() {
    let trace = "
        s R 0..100
          s A 10..40
            s B 20..60
              s C 30..90
    ";
    check(
        trace,
        "R 0-10; A 10-20; B 20-30 clipped; C 30-40 clipped; R 40-100",
    );
}

#[test]
fn time_may_start_at_zero_and_before() {
    check(
        "\ns R -50..50\n  s A -10..0\n  s B 0..10\n",
        "R -50--10; A -10-0; B 0-10; R 10-50",
    );
}

#[test]
fn nanoseconds_are_exact() {
    let trace = "
        s R 0..1000ns
          s A 0..999ns
          s B 999ns..1000ns
    ";
    check(trace, "A 0-0.000999; B 0.000999-0.001");
}

#[test]
fn the_path_is_never_empty() {
    check("\ns R 5..5\n", "R 5-5");
    check("\ns R 5..5\n  s Z 5..5\n", "R 5-5; Z 5-5");
    check("\ns R 5..5\n  s A 5..9\n", "R 5-5");
}

#[test]
fn a_missing_end_is_the_latest_end_below() {
    let trace = "
        s R 0..
          s A 10..40
            s G 20..80
          s F 50..200 follows
          s Z 90..90
    ";
    check_missing(trace, "R 0-10; A 10-20; G 20-40 clipped; R 40-90; Z 90-90");
    check_missing(
        "\ns R 0..100\n  s A 10..\n    s B 20..30\n",
        "R 0-10; A 10-20; B 20-30; R 30-100",
    );
    check_missing("\ns R 0..100\n  s A 10..\n", "R 0-10; A 10-10; R 10-100");
    check_missing(
        "\ns R 0..100\n  s A 10..\n    s B 20..300\n",
        "R 0-10; A 10-20 clipped; B 20-100 clipped",
    );
    check_missing("\ns R 5..\n  s A 1..4\n", "R 5-5");
}

/// Ends that the table does not know cannot be compared with it.
#[track_caller]
fn check_missing(notation: &str, tiles: &str) {
    assert_eq!(path(notation, &Policy::default()), tiles, "{notation}");
}

#[test]
fn a_negative_duration_counts_as_zero() {
    check("\ns R 0..100\n  s A 60..40\n", "R 0-60; A 60-60; R 60-100");
}
