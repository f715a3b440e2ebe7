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

fn material() -> Material {
    let shares = |cells: [f64; 2]| ColumnData::F64(cells.into_iter().collect());
    let examples = vec![vec!["1/2".to_owned()], vec![]];
    Material {
        read: vec!["2 files (otlp-json)".to_owned()],
        critical_path: Table::new()
            .with("service", names(&["cart", "web"]))
            .with("operation", names(&["Get|Cart", "GET /"]))
            .with("traces", counts(&[2, 1]))
            .with("critical_time", durations(&[90_000_000, 10_000_000]))
            .with("mean_time", durations(&[45_000_000, 10_000_000]))
            .with("share", shares([0.9, 0.1])),
        errors: Table::new()
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
            ),
        dependencies: Table::new()
            .with("caller", names(&["web", "web"]))
            .with("callee", names(&["cart", "pay"]))
            .with("calls", counts(&[9, 3]))
            .with("errors", counts(&[0, 3]))
            .with("error_share", shares([0.0, 1.0]))
            .with(
                "cycle",
                ColumnData::U64([None, Some(1)].into_iter().collect()),
            ),
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
    assert_eq!(json["sections"][4]["table"], serde_json::Value::Null);
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
