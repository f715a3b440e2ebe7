//! What is missing, what sources call things, and what is handed on.

mod place;

use place::Place;

const HALVES: &str = "
trace 1
shop cart.Get   0..50 client
  cart Get      5..45 server http.status_code=\"503\"
trace 2
shop cart.Get 100..150 client user.name=ann
trace 3
cart Get      200..240 server parent=77
";

#[test]
fn missing_halves_are_told_by_edge_and_by_service() {
    let place = Place::with("halves.txt", HALVES);
    let run = place.run(&["completeness", "halves.txt", "--format", "json"]);
    let edges = run.done().json();
    let edge = &edges["rows"][0];
    assert_eq!(
        (&edge["caller"], &edge["callee"]),
        (&"shop".into(), &"cart".into())
    );
    for (column, count) in [
        ("calls", 3),
        ("matched", 1),
        ("missing_server", 1),
        ("missing_client", 1),
    ] {
        assert_eq!(edge[column], count, "{column}");
    }
    let words = edge["undermines"].as_str().unwrap_or_default();
    assert!(
        words.contains("critical path") && words.contains("requests"),
        "{words}"
    );
    let services = [
        "completeness",
        "halves.txt",
        "--by",
        "service",
        "--format",
        "json",
    ];
    let services = place.run(&services).done().json();
    assert_eq!(services["rows"][0]["service"], "cart");
    assert_eq!(services["rows"][0]["orphans"], 1);
}

#[test]
fn partials_know_what_is_missing_too() {
    let place = Place::with("halves.txt", HALVES);
    let kept = place.path("kept").display().to_string();
    place
        .run(&[
            "partials",
            "halves.txt",
            "--analyses",
            "completeness",
            "-o",
            &kept,
        ])
        .done();
    for by in ["edge", "service"] {
        let straight = [
            "completeness",
            "halves.txt",
            "--by",
            by,
            "--format",
            "csv",
            "-q",
        ];
        let merged = [
            "merge",
            &kept,
            "--show",
            "completeness",
            "--by",
            by,
            "--format",
            "csv",
        ];
        assert_eq!(
            place.run(&straight).done().out,
            place.run(&merged).done().out,
            "{by}"
        );
    }
    place
        .run(&["merge", &kept, "--show", "completeness", "--by", "path"])
        .misused_with("no such rows");
}

#[test]
fn fields_have_one_name_whatever_sources_call_them() {
    let place = Place::with("halves.txt", HALVES);
    let status = "--canonical=http.response.status_code";
    let table = place
        .run(&["spans", "halves.txt", status, "--format", "json"])
        .done()
        .json();
    assert_eq!(table["rows"][1]["http.response.status_code"], 503);
    let all = place
        .run(&["spans", "halves.txt", "--canonical", "--format", "json"])
        .done()
        .json();
    assert_eq!(all["rows"][1]["http.response.status_code"], 503);
    assert!(
        all["rows"][1].get("db.system.name").is_none(),
        "no span says it"
    );
    place
        .run(&["spans", "halves.txt", "--canonical=http.status_code"])
        .misused_with("its canonical name is http.response.status_code");
}

#[test]
fn what_a_format_cannot_hold_is_told() {
    let place = Place::with("shop.txt", "shop GET 0..1500001ns internal items=3");
    let run = place
        .run(&[
            "convert",
            "shop.txt",
            "--to",
            "zipkin-json",
            "-o",
            "shop.json.gz",
        ])
        .done();
    assert_eq!(
        run.err,
        "spanwise: 1 spans written as zipkin-json\n\
         spanwise: zipkin-json: times are rounded to microseconds (1 spans)\n\
         spanwise: zipkin-json: numbers and flags become texts (1 spans)\n\
         spanwise: zipkin-json: spans of kind internal lose their kind (1 spans)\n"
    );
    let summary = place
        .run(&["summary", "shop.json.gz", "--format", "json"])
        .done()
        .json();
    assert_eq!(summary["spans"], 1);
}

#[test]
fn names_are_hashed_alike_in_every_file() {
    let place = Place::with("halves.txt", HALVES);
    let hide = |key, to, file| {
        let run = [
            "convert",
            "halves.txt",
            "--to",
            to,
            "--anonymise",
            key,
            "--shift",
            "1h",
            "-o",
            file,
        ];
        place.run(&run).done();
        let edges = ["completeness", file, "--format", "csv", "-q"];
        place.run(&edges).done().out
    };
    let (one, two) = (hide("k", "otlp-json", "a"), hide("k", "jaeger-json", "b"));
    assert_eq!(one, two);
    assert_ne!(one, hide("other", "otlp-json", "c"));
    assert!(one.contains("service-") && !one.contains("cart"), "{one}");
    let run = place.run(&[
        "convert",
        "halves.txt",
        "--to",
        "otlp-json",
        "--shift",
        "1h",
    ]);
    run.misused_with("--anonymise");
}
