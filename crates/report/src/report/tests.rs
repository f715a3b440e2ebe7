use super::*;
use insta::assert_snapshot;
use spanwise_model::ColumnData;

fn names(cells: &[&str]) -> ColumnData {
    ColumnData::Name(cells.iter().copied().collect())
}

fn counts(cells: &[u64]) -> ColumnData {
    ColumnData::U64(cells.iter().copied().collect())
}

fn durations(cells: &[i64]) -> ColumnData {
    ColumnData::Duration(cells.iter().copied().collect())
}

fn shares(cells: [f64; 2]) -> ColumnData {
    ColumnData::F64(cells.into_iter().collect())
}

fn critical_path() -> Table {
    Table::new()
        .with("service", names(&["cart", "web"]))
        .with("operation", names(&["Get|Cart", "GET /"]))
        .with("traces", counts(&[2, 1]))
        .with("critical_time", durations(&[90_000_000, 10_000_000]))
        .with("mean_time", durations(&[45_000_000, 10_000_000]))
        .with("share", shares([0.9, 0.1]))
}

fn errors() -> Table {
    let examples = vec![vec!["1/2".to_owned()], vec![]];
    Table::new()
        .with("service", names(&["pay", "web"]))
        .with("operation", names(&["Charge", "GET /"]))
        .with("outcome", names(&["server_error", "server_error"]))
        .with("error_type", names(&["500", ""]))
        .with("errors", counts(&[3, 2]))
        .with("origins", counts(&[3, 0]))
        .with("failed_requests", counts(&[1, 0]))
        .with(
            "examples",
            ColumnData::TextList(examples.into_iter().collect()),
        )
}

fn dependencies() -> Table {
    Table::new()
        .with("caller", names(&["web", "web"]))
        .with("callee", names(&["cart", "pay"]))
        .with("calls", counts(&[9, 3]))
        .with("errors", counts(&[0, 3]))
        .with("error_share", shares([0.0, 1.0]))
        .with(
            "cycle",
            ColumnData::U64([None, Some(1)].into_iter().collect()),
        )
}

fn what_if() -> Table {
    Table::new()
        .with("service", names(&["cart", "cart", "web"]))
        .with("operation", names(&["Get|Cart", "Get|Cart", "GET /"]))
        .with(
            "speed_up",
            ColumnData::F64([0.25, 0.5, 0.5].into_iter().collect()),
        )
        .with("mean_saved", durations(&[20_000_000, 40_000_000, 0]))
        .with("p95_before", durations(&[90_000_000; 3]))
        .with("p95", durations(&[70_000_000, 50_000_000, 90_000_000]))
        .with("p95_from", durations(&[60_000_000, 45_000_000, 80_000_000]))
        .with("p95_to", durations(&[80_000_000, 55_000_000, 99_000_000]))
}

fn bottlenecks() -> Table {
    let number = |number| ColumnData::F64([number].into_iter().collect());
    Table::new()
        .with("root_service", names(&["web"]))
        .with("root_operation", names(&["GET /"]))
        .with("service", names(&["cart"]))
        .with("operation", names(&["Get|Cart"]))
        .with("mean_excess", durations(&[70_000_000]))
        .with("slow_mean", durations(&[80_000_000]))
        .with("fast_mean", durations(&[10_000_000]))
        .with("times", number(8.0))
        .with("slow_share", number(0.8))
        .with("slow_calls", number(2.5))
        .with("fast_calls", number(1.0))
        .with("slow_requests", counts(&[31]))
}

fn shape_problems() -> Table {
    Table::new()
        .with("problem", names(&["n_plus_1"]))
        .with("grade", names(&["likely"]))
        .with("mean_saved", durations(&[10_000_000]))
        .with("traces", counts(&[3]))
        .with("calls", counts(&[75]))
        .with("parent_service", names(&["cart"]))
        .with("parent_operation", names(&["Get|Cart"]))
        .with("operation", names(&["SELECT"]))
        .with("peer", names(&[""]))
        .with("template", names(&["select n from t where id = ?"]))
}

fn material() -> Material {
    Material {
        read: vec!["2 files (otlp-json)".to_owned()],
        critical_path: critical_path(),
        errors: errors(),
        dependencies: dependencies(),
        bottlenecks: Some(bottlenecks()),
        what_if: Some(what_if()),
        shape_problems: Some(shape_problems()),
        issues: Table::new(),
        rows: Some(1),
        ..Material::new("Checkout on <1 May>")
    }
}

#[test]
fn a_report_answers_in_markdown() {
    let mut out = Vec::new();
    write_markdown(&Report::new(&material()), &mut out).expect("a vector takes all");
    assert_snapshot!(String::from_utf8_lossy(&out), @r"
    # Checkout on \<1 May\>

    ## What was read

    - 2 files (otlp-json)

    ## Where the time goes

    - cart Get\|Cart holds 90.0% of the critical path: 90.00 ms over 2 requests, 45.00 ms each.
    - web GET / holds 10.0% of the critical path: 10.00 ms over 1 request, 10.00 ms each.

    | service | operation | share | critical time | mean time | traces |
    | --- | --- | ---: | ---: | ---: | ---: |
    | cart | Get\|Cart | 90.0% | 90.00 ms | 45.00 ms | 2 |

    … 1 more row.

    ## What slow requests wait for

    - Slow requests of web GET / spend 80.00 ms each in cart Get\|Cart, 80.0% of what they last, and fast ones 10.00 ms: 70.00 ms more; 2.500 calls each instead of 1.000.

    | root operation | service | operation | mean excess | slow mean | fast mean | times | slow share | slow calls | fast calls | slow requests |
    | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | GET / | cart | Get\|Cart | 70.00 ms | 80.00 ms | 10.00 ms | 8.000 | 80.0% | 2.500 | 1.000 | 31 |

    ## What to fix first

    - cart Get\|Cart in half its time would make the mean request 40.00 ms shorter, and the 95th percentile 50.00 ms instead of 90.00 ms (between 45.00 ms and 55.00 ms).

    | service | operation | mean saved | p95 before | p95 |
    | --- | --- | ---: | ---: | ---: |
    | cart | Get\|Cart | 40.00 ms | 90.00 ms | 50.00 ms |

    ## Which calls need not be made so

    - cart Get\|Cart: n_plus_1 (likely) of SELECT, select n from t where id = ?, 75 calls in 3 requests, 10.00 ms shorter each without.

    | problem | grade | mean saved | traces | parent service | parent operation | operation | peer | template |
    | --- | --- | ---: | ---: | --- | --- | --- | --- | --- |
    | n_plus_1 | likely | 10.00 ms | 3 | cart | Get\|Cart | SELECT |  | select n from t where id = ? |

    ## Where errors begin

    - pay Charge is where 3 errors began (server_error, 500); 1 request failed by it.

    | service | operation | outcome | error type | origins | failed requests | errors | examples |
    | --- | --- | --- | --- | ---: | ---: | ---: | --- |
    | pay | Charge | server_error | 500 | 3 | 1 | 3 | 1/2 |

    ## Who calls whom

    - 3 of 3 calls from web to pay failed (100.0%).
    - Rows that are part of a cycle of services: 1.

    | caller | callee | calls | errors | error share |
    | --- | --- | ---: | ---: | ---: |
    | web | cart | 9 | 0 | 0.0% |

    … 1 more row.

    ## What is wrong with the data

    - Nothing: every record was read whole.
    ");
}

#[test]
fn the_json_form_holds_findings_and_exact_tables() {
    let mut out = Vec::new();
    write_json(&Report::new(&material()), &mut out).expect("a vector takes all");
    let json: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
    assert_eq!(json["version"], 1);
    let slow = &json["sections"][1];
    assert_eq!(slow["kind"], "slow");
    assert_eq!(slow["table"]["rows"][0]["critical_time"], 90_000_000);
    assert_eq!(slow["more_rows"], 1);
    assert_eq!(json["sections"][7]["table"], serde_json::Value::Null);
}

#[test]
fn nothing_to_report_is_said() {
    let report = Report::new(&Material::new("Empty"));
    let findings: Vec<&str> = report
        .sections
        .iter()
        .flat_map(|s| &s.findings)
        .map(String::as_str)
        .collect();
    assert_eq!(
        findings,
        [
            "No request has a critical path of any length.",
            "No span errs.",
            "No call between services failed.",
            "Nothing: every record was read whole.",
        ]
    );
}
