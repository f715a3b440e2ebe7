//! Queries, worked out by hand.

use spanwise::{check, Clock, Policy, Query, Traces};

#[track_caller]
fn query(notation: &str, expression: &str, expected: &str) {
    let ask = |traces: &Traces| match traces.query(expression) {
        Ok(found) => found,
        Err(error) => panic!("{expression}: {error}"),
    };
    check(notation, ask, expected);
}

/// Matches of a pair: what stands between the terms, and operations.
#[track_caller]
fn pairs(notation: &str, expression: &str, expected: &[&str]) {
    let lines = expected.join("\n");
    query(
        notation,
        expression,
        &format!("a.operation b.operation\n{lines}"),
    );
}

/// Operations of spans that meet a condition.
#[track_caller]
fn spans(notation: &str, condition: &str, expected: &str) {
    let lines = expected.split_whitespace().collect::<Vec<_>>().join("\n");
    query(
        notation,
        &format!("{{ {condition} }}"),
        &format!("operation\n{lines}"),
    );
}

const SHOP: &str = "
    shop cart     0..100 server http.status_code=200 http.route=/cart
      cart get   10..60  client error @k8s.pod.name=cart-1 size=5
        cart db  20..50  server http.route=/db size=7.5 fast=true
      pay charge 70..95  producer note=\"2 eggs\" size=12
";

#[test]
fn conditions_are_on_spans() {
    for (condition, expected) in [
        ("service = cart", "get db"),
        ("service != cart", "cart charge"),
        ("service =~ 'c.*'", "get db"),
        ("service =~ 'c'", ""),
        ("service !~ 'c.*'", "cart charge"),
        ("operation = get or operation = db", "get db"),
        ("kind = server", "cart db"),
        ("kind != server", "get charge"),
        ("errs", "get"),
        ("errs = false", "cart db charge"),
        ("errs != true", "cart db charge"),
        ("origin", "get"),
        ("status = error", "get"),
        ("outcome != ok", "get"),
        ("root", "cart"),
        ("orphan", ""),
        ("exists(scope)", ""),
        ("scope != x", ""),
        ("duration = 50ms", "get"),
        ("duration > 30ms", "cart get"),
        ("duration >= 30ms", "cart get db"),
        ("duration < 30ms", "charge"),
        ("duration <= 30ms", "db charge"),
        ("duration != 30ms", "cart get charge"),
        ("self_time > 25ms", "db"),
        ("self_time = 25ms", "cart charge"),
        ("critical_time = 20ms", "get"),
        ("slack = 0s", "cart get db charge"),
        ("slack > 0s", ""),
        ("drag > 40ms", "cart get"),
        ("span_id = '0000000000000002'", "get"),
        ("trace_id =~ '0*1'", "cart get db charge"),
        ("links = 0 and events < 1", "cart get db charge"),
        ("instance = 'cart-1'", "get"),
    ] {
        spans(SHOP, condition, expected);
    }
}

#[test]
fn attributes_are_compared_as_what_they_are_compared_with() {
    for (condition, expected) in [
        (".http.route = '/cart'", "cart"),
        (".http.route != '/cart'", "db"),
        ("not .http.route = '/cart'", "get db charge"),
        ("exists(.http.route)", "cart db"),
        ("not exists(.http.route)", "get charge"),
        (".http.route =~ '/.*'", "cart db"),
        (".http.route !~ '/d.*'", "cart"),
        (".k8s.pod.name = 'cart-1'", "get"),
        ("span.k8s.pod.name = 'cart-1'", ""),
        ("resource.k8s.pod.name = 'cart-1'", "get"),
        ("resource.k8s.pod.name != 'cart-1'", ""),
        ("resource.http.route = '/cart'", ""),
        (".size > 5", "db charge"),
        (".size >= 5", "get db charge"),
        (".size = 7.5", "db"),
        (".size < 7.6", "get db"),
        (".size = 12", "charge"),
        (".size = '12'", "charge"),
        (".size > -1", "get db charge"),
        (".fast = true", "db"),
        (".fast != true", ""),
        (".fast = 'true'", "db"),
        (".note = '2 eggs'", "charge"),
        (".note > 1", ""),
        ("canonical.http.response.status_code = 200", "cart"),
        ("canonical.http.response.status_code >= 500", ""),
        ("canonical.http.route = '/db'", "db"),
        ("exists(canonical.http.route)", "cart db"),
        (".\"http.route\" = '/db'", "db"),
        (".missing = 5 or .missing != 5", ""),
    ] {
        spans(SHOP, condition, expected);
    }
}

#[test]
fn conditions_are_joined() {
    for (condition, expected) in [
        ("service = cart and errs", "get"),
        ("service = cart && !errs", "db"),
        ("errs or kind = producer and duration > 1ms", "get charge"),
        ("(errs or kind = producer) and duration > 30ms", "get"),
        ("not (errs or root)", "db charge"),
        ("not errs and not root", "db charge"),
    ] {
        spans(SHOP, condition, expected);
    }
}

const TREE: &str = "
    s top       0..100
      s one    10..90
        s two  20..40
        s end  20..30
      s two    90..95
";

#[test]
fn structure_goes_both_ways() {
    let pair = |relation: &str| format!("a: {{ operation = one }} {relation} b: {{}}");
    pairs(TREE, &pair(">"), &["one two", "one end"]);
    pairs(TREE, &pair(">>"), &["one two", "one end"]);
    pairs(TREE, &pair("<"), &["one top"]);
    pairs(TREE, &pair("<<"), &["one top"]);
    pairs(TREE, &pair("~"), &["one two"]);
    pairs(
        TREE,
        &pair("&&"),
        &["one top", "one two", "one end", "one two"],
    );
    pairs(
        TREE,
        "a: { root } >> b: { operation = two }",
        &["top two", "top two"],
    );
    pairs(TREE, "a: { root } > b: { operation = two }", &["top two"]);
    pairs(
        TREE,
        "a: { operation = end } << b: {}",
        &["end top", "end one"],
    );
    pairs(TREE, "a: { operation = end } < b: {}", &["end one"]);
    pairs(TREE, "a: {} > b: { root }", &[]);
    pairs(TREE, "a: {} ~ b: { root }", &[]);
}

#[test]
fn the_nearest_is_taken() {
    pairs(TREE, "a: {} >> b: { operation = end }", &["one end"]);
    pairs(TREE, "a: {} < b: { root }", &["one top"]);
    pairs(TREE, "a: {} << b: { root }", &["one top"]);
    pairs(TREE, "a: { operation != one } << b: { root }", &["two top"]);
    pairs(TREE, "a: {} && b: { operation = end }", &["top end"]);
    pairs(TREE, "a: {} && b: { root }", &["one top"]);
    let brothers = "
        s top   0..9
          s a   0..1
          s b   1..2
          s c   2..3
          s d   3..4
    ";
    pairs(brothers, "a: {} ~ b: { operation = c }", &["b c"]);
    pairs(brothers, "a: {} ~ b: { operation = a }", &["b a"]);
    pairs(
        brothers,
        "a: { operation = a or operation = d } ~ b: { operation = c }",
        &["a c"],
    );
    pairs(
        brothers,
        "a: { operation = d } ~ b: { operation = b }",
        &["d b"],
    );
}

#[test]
fn a_chain_is_a_match_of_its_beginning() {
    query(
        TREE,
        "a: { root } > b: {} > c: { operation = two }",
        "
        a.operation b.operation c.operation c.duration
        top         one         two         20ms
        ",
    );
    query(
        TREE,
        "{ operation = two } < x: {} > { operation = end }",
        "
        x.operation x.start x.errs
        one         10ms    false
        ",
    );
    query(TREE, "{ errs } >> {} ~ {}", "operation");
}

#[test]
fn each_span_is_the_end_of_one_match_at_most() {
    let fan = "
        s top 0..9
          s a 0..1
          s a 1..2
          s b 2..3
          s b 3..4
    ";
    query(
        fan,
        "a: { operation = a } ~ b: { operation = b }",
        "
        a.start b.start
        1ms     2ms
        1ms     3ms
        ",
    );
}

#[test]
fn then_is_a_start_at_an_end_or_later() {
    let times = "
        s top  0..100
          s a 10..20
          s b 20..30
          s c 19..40
          s d 55..60
    ";
    pairs(times, "a: { operation = a } then b: {}", &["a b", "a d"]);
    pairs(times, "a: { operation = d } then b: {}", &[]);
    pairs(times, "a: {} then b: { operation = d }", &["c d"]);
    pairs(times, "a: { operation = a } then b: {} within 0s", &["a b"]);
    pairs(
        times,
        "a: { operation = a } then b: {} within 35ms",
        &["a b", "a d"],
    );
    pairs(
        times,
        "a: { operation = a } then b: {} within 34999999ns",
        &["a b"],
    );
    pairs(
        times,
        "a: { operation = a } then b: {} after 35ms",
        &["a d"],
    );
    pairs(
        times,
        "a: { operation = a } then b: {} after 35000001ns",
        &[],
    );
    pairs(
        times,
        "a: {} then b: { operation = d } after 20ms",
        &["b d"],
    );
    pairs(
        times,
        "a: {} then b: { operation = d } after 20ms within 24ms",
        &[],
    );
    query(
        times,
        "a: {} then b: { operation = d } then c: {} then d: {}",
        "trace_id",
    );
}

#[test]
fn of_equal_ends_the_latest_start_is_nearest() {
    let equal = "
        s top  0..100
          s a 10..30
          s b 20..30
          s c 40..50
    ";
    pairs(equal, "a: {} ~ then b: { operation = c }", &["b c"]);
    let same = "
        s top  0..100
          s a 20..30
          s b 20..30
          s c 40..50
    ";
    pairs(same, "a: {} ~ then b: { operation = c }", &["b c"]);
}

#[test]
fn a_later_start_is_nearer_wherever_it_stands() {
    let cousins = "
        s top      0..100
          s one    0..90
            s a   20..30
          s two   10..30
          s c     40..50
    ";
    pairs(cousins, "a: {} then b: { operation = c }", &["a c"]);
}

#[test]
fn spans_without_length_follow_each_other_but_not_themselves() {
    let points = "
        s top  0..100
          s a 10..10
          s b 10..10
    ";
    pairs(points, "a: {} ~ then b: {}", &["b a", "a b"]);
    pairs("s a 5..5", "a: {} then b: {}", &[]);
    pairs(points, "a: {} ~ then b: {} after 1ns", &[]);
}

#[test]
fn no_span_begins_between() {
    let retries = "
        s top     0..100
          s a    10..20
          s c    25..26
          s b    30..40
          s b    50..60
          s b    60..70
    ";
    let without = |set: &str| {
        format!("a: {{ operation = a }} then b: {{ operation = b }} without {{ {set} }}")
    };
    pairs(retries, &without("operation = c"), &[]);
    pairs(retries, &without("operation = b"), &["a b"]);
    pairs(retries, &without("errs"), &["a b", "a b", "a b"]);
    query(
        retries,
        "a: {} ~ then b: { operation = b } without {}",
        "
        a.operation a.start b.start b.gap
        c           25ms    30ms    4ms
        b           30ms    50ms    10ms
        b           50ms    60ms    0ms
        ",
    );
    let touching = "
        s top  0..100
          s a 10..20
          s c 20..25
          s b 30..40
          s c 30..40
    ";
    pairs(
        touching,
        "a: { operation = a } then b: { operation = b } without { operation = c }",
        &[],
    );
    pairs(
        touching,
        "a: { operation = a or operation = c } then b: { operation = b } without { operation = c }",
        &["c b"],
    );
}

#[test]
fn what_begins_with_the_right_span_is_not_between() {
    let equal = "
        s top  0..100
          s a 10..20
          s b 30..40
          s c 30..40
          s d 10..20
    ";
    pairs(
        equal,
        "a: { operation = a } then b: { operation = b } without { operation = c }",
        &["a b"],
    );
    pairs(
        equal,
        "a: { operation = a } then b: { operation = b } without { operation = d }",
        &["a b"],
    );
}

#[test]
fn a_point_does_not_stand_in_its_own_way() {
    let points = "
        s top  0..100
          s a 10..20
          s c 20..20
          s b 30..40
    ";
    let without = "~ then b: { operation = b } without { operation = c }";
    pairs(
        points,
        &format!("a: {{ operation = c }} {without}"),
        &["c b"],
    );
    pairs(points, &format!("a: {{ operation = a }} {without}"), &[]);
    pairs(points, &format!("a: {{}} {without}"), &["c b"]);
    let two = "
        s top  0..100
          s c 20..20
          s a 20..20
          s b 30..40
    ";
    pairs(two, "a: {} ~ then b: { operation = b }", &["a b"]);
    pairs(two, &format!("a: {{}} {without}"), &["c b"]);
}

#[test]
fn siblings_of_other_parents_do_not_count() {
    let cousins = "
        s top     0..100
          s one  10..50
            s a  10..20
            s b  30..40
          s two  20..60
            s c  22..25
            s b  45..50
    ";
    pairs(
        cousins,
        "a: { operation = a } ~ then b: { operation = b }",
        &["a b"],
    );
    pairs(
        cousins,
        "a: { operation = a } then b: { operation = b }",
        &["a b", "a b"],
    );
    pairs(
        cousins,
        "a: { operation = a } ~ then b: { operation = b } without { operation = c }",
        &["a b"],
    );
    pairs(
        cousins,
        "a: { operation = a } then b: { operation = b } without { operation = c }",
        &[],
    );
}

#[test]
fn overlapping_is_sharing_time() {
    let times = "
        s top     0..100
          s a    10..20
          s b    20..40
          s c    30..50
          s d    35..35
    ";
    pairs(times, "a: { operation = a } overlaps b: {}", &["a top"]);
    pairs(times, "a: { operation = a } ~ overlaps b: {}", &[]);
    pairs(times, "a: {} ~ overlaps b: {}", &["c b", "b c"]);
    pairs(times, "a: {} overlaps b: { operation = c }", &["top c"]);
    pairs(
        times,
        "a: { not root } overlaps b: { operation = c }",
        &["b c"],
    );
    pairs(times, "a: {} overlaps b: { operation = d }", &[]);
    let equal = "
        s top    0..100
          s a   10..20
          s b   10..20
    ";
    pairs(equal, "a: {} ~ overlaps b: {}", &["b a", "a b"]);
}

#[test]
fn gaps_run_from_end_to_start() {
    query(
        "
        s top  0..100
          s a 10..40
          s b 30..50
          s c 60..70
        ",
        "a: { operation = a } ~ b: { operation = b } then c: {}",
        "
        a.operation b.operation b.gap c.operation c.gap
        a           b           -10ms c           10ms
        ",
    );
}

#[test]
fn links_inside_a_trace_are_followed() {
    let linked = "
        s top      0..100
          s send  10..20 producer
          s work  30..40 consumer link=2
          s other 50..60 link=9/2 link=3
    ";
    pairs(linked, "a: {} links_to b: {}", &["work send", "other work"]);
    pairs(
        linked,
        "a: {} linked_from b: {}",
        &["send work", "work other"],
    );
    pairs(
        linked,
        "a: { kind = producer } linked_from b: {} linked_from c: {}",
        &["send work"],
    );
    spans(linked, "links = 2", "other");
    spans(linked, "has(links_to { kind = producer })", "work");
    spans(linked, "count(linked_from {}) = 1", "send work");
    pairs("s a 0..9 link=1", "a: {} links_to b: {}", &[]);
}

#[test]
fn partners_are_counted() {
    for (condition, expected) in [
        ("has(> { operation = two })", "top one"),
        ("not has(> {})", "two end two"),
        ("count(> {}) = 2", "top one"),
        ("count(>> {}) >= 3", "top"),
        ("count(>> { operation = two }) = 2", "top"),
        ("count(<< {}) = 2", "two end"),
        ("count(< {}) = 0", "top"),
        ("has(< { root })", "one two"),
        ("count(~ {}) = 1", "one two end two"),
        ("count(~ { operation = two }) = 1", "one end"),
        ("count(&& {}) = 4", "top one two end two"),
        ("count(&& { operation = two }) = 1", "two two"),
        ("has(&& { operation = two })", "top one two end two"),
        ("has(> { has(> { operation = end }) })", "top"),
    ] {
        spans(TREE, condition, expected);
    }
}

#[test]
fn partners_in_time_are_counted() {
    let times = "
        s top  0..100
          s a 10..20
          s b 20..30
          s c 30..30
          s d 45..60
    ";
    for (condition, expected) in [
        ("count(~ then {}) = 3", "a"),
        ("count(~ then {}) = 2", "b"),
        ("count(then {}) = 1", "c"),
        ("has(then {} within 0s)", "a b"),
        ("has(~ then {} after 15ms)", "a b c"),
        ("count(~ then {} within 10ms) = 2", "a"),
        (
            "has(~ then { operation = d } without { operation = c })",
            "c",
        ),
        ("has(~ then { operation = c } without {})", "b"),
        ("count(~ overlaps {}) = 0", "top a b c d"),
        ("count(overlaps {}) = 3", "top"),
        ("count(overlaps { root }) = 1", "a b d"),
    ] {
        spans(times, condition, expected);
    }
    let beside = "
        s top 0..100
          s a 10..40
          s b 20..50
          s c 30..60
          s d 40..41
    ";
    spans(beside, "count(~ overlaps {}) = 2", "a d");
    spans(beside, "count(~ overlaps {}) = 3", "b c");
}

#[test]
fn a_missing_end_is_that_of_what_is_below() {
    let open = "
        s top  0..
          s a 10..20
        s late 30..40 parent=99
    ";
    query(
        open,
        "a: { root } then b: {}",
        "
        a.operation a.duration b.operation b.gap
        top         -          late        10ms
        ",
    );
    spans(open, "duration >= 0s", "a late");
    spans(open, "not exists(duration)", "top");
    spans(open, "orphan", "late");
}

#[test]
fn traces_are_looked_at_by_themselves_and_come_in_order() {
    query(
        "
        trace 2
        s a 0..10
        s b 10..20
        trace 1
        s a 0..10
        s a 12..15
        s b 20..30
        trace 3
        s b 0..10
        ",
        "a: { operation = a } then b: { operation = b }",
        "
        trace_id                         a.start b.gap
        00000000000000000000000000000001 12ms    5ms
        00000000000000000000000000000002 0ms     0ms
        ",
    );
}

#[test]
fn attributes_are_shown_of_each_term() {
    let expression = "a: { root } > b: { errs }";
    let query = Query::parse(expression).map(|one| one.attributes(["size", "http.route"]));
    let query = query.expect("an expression");
    check(
        SHOP,
        |traces| traces.list(&query),
        "
        trace_id a.span_id a.service a.operation a.start a.duration a.errs b.span_id b.service b.operation b.start b.duration b.errs b.gap a.size a.http.route b.size b.http.route
        00000000000000000000000000000001 0000000000000001 shop cart 0ms 100ms false 0000000000000002 cart get 10ms 50ms true -90ms - /cart 5 -
        ",
    );
}

#[test]
fn times_are_on_the_clock_of_the_policy() {
    let notation = "
        s call     0..50    client @host.name=a
          t serve  110..140 server @host.name=b
          s next   45..48   @host.name=a
    ";
    let asked = "{ operation = serve } then b: { operation = next }";
    query(notation, asked, "b.operation");
    let corrected = |traces: &Traces| {
        let policy = Policy::default().clock(Clock::Corrected);
        let found = traces.with_policy(policy).query(&format!("a: {asked}"));
        found.expect("an expression")
    };
    check(
        notation,
        corrected,
        "
        a.start b.operation b.gap
        110ms   next        5ms
        ",
    );
}
