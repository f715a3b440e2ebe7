//! Input that is read part by part gives what it gives when it is read at once.

mod place;

use place::Place;

fn simulated(place: &Place, file: &str, format: &str) {
    let args = [
        "simulate",
        "--requests",
        "60",
        "--seed",
        "3",
        "--fault",
        "error",
    ];
    let args = [&args[..], &["--to", format, "-o", file]].concat();
    place.run(&args).done();
}

#[test]
fn every_answer_is_the_same_within_any_memory() {
    let place = Place::new();
    simulated(&place, "a.json", "jaeger-json");
    simulated(&place, "b.json", "zipkin-json");
    place.write("c.txt", "lost work 0..9 parent=77 db.system=redis");
    for command in [
        &["summary"][..],
        &["critical-path"],
        &["critical-path", "--by", "path", "--percentile", "90"],
        &["hotspots", "--by", "service"],
        &["errors"],
        &["dependencies"],
        &["issues"],
        &["hotspots", "--error"],
        &["summary", "--service", "catalog"],
        &["hotspots", "--attribute", "db.system=redis"],
        &["traces"],
        &["traces", "--sort", "-errors", "--limit", "5"],
        &["spans"],
        &["spans", "--show", "db.system,http.response.status_code"],
        &["spans", "--sort", "db.system", "--show", "db.system"],
        &["spans", "--service", "nobody"],
        &["spans", "--percentile", "--service", "catalog"],
        &["edges"],
        &["edges", "--view", "causal", "--sort", "-gap_time"],
        &["edges", "--view", "linked"],
        &["events"],
        &["links"],
    ] {
        for format in ["table", "json"] {
            let files = ["a.json", "b.json", "c.txt", "--format", format];
            let args = [command, &files].concat();
            let expected = place.run(&args).done();
            for memory in ["1G", "80k"] {
                let scan = [&args[..], &["--memory", memory]].concat();
                let run = place.run(&scan).done();
                assert_eq!(run.out, expected.out, "{scan:?}");
                if !command.iter().any(|arg| arg.starts_with("--")) {
                    assert_eq!(run.err, expected.err, "{scan:?}");
                }
            }
        }
    }
}

#[test]
fn files_of_whole_traces_need_no_room() {
    let place = Place::new();
    simulated(&place, "a.json", "jaeger-json");
    let whole = ["hotspots", "a.json", "--format", "csv"];
    let expected = place.run(&whole).done();
    let run = place.run(&[&whole[..], &["--complete"]].concat()).done();
    assert_eq!(run.out, expected.out);
}

#[test]
fn traces_that_are_cut_are_refused_where_they_are_said_to_be_whole() {
    let place = Place::new();
    place.write("a.json", &half("01", ""));
    place.write("b.json", &half("02", r#""parentSpanId":"01","#));
    let run = place.run(&["hotspots", "a.json", "b.json", "--complete"]);
    // Two small files are one part; so the halves meet.
    assert!(run.done().out.contains("GET"));
}

fn half(id: &str, parent: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"07","spanId":"{id}",{parent}"name":"GET","startTimeUnixNano":"5","endTimeUnixNano":"9"}}]}}]}}]}}"#
    )
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let place = Place::new();
    simulated(&place, "a.json", "zipkin-json");
    let args = [
        "hotspots",
        "a.json",
        "--memory",
        "100k",
        "--spill",
        "/nowhere/at/all",
    ];
    let run = place.run(&args);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("temporary file"), "{}", run.err);
}

#[test]
fn comparisons_are_the_same_within_any_memory() {
    let place = Place::new();
    simulated(&place, "a.json", "jaeger-json");
    let slow = ["simulate", "--requests", "150", "--seed", "9"];
    let slow = [&slow[..], &["--fault", "slow-dependency", "-o", "b.json"]].concat();
    place
        .run(&[&slow[..], &["--to", "otlp-json"]].concat())
        .done();
    let start = "2026-01-01T00:00:00Z";
    let windows = [
        format!("{start}..2026-01-01T00:00:01Z"),
        format!("{start}..2026-01-02T00:00:00Z"),
    ];
    for args in [
        &["compare", "a.json", "b.json"][..],
        &["compare", "a.json", "b.json", "--service", "catalog"],
        &[
            "compare",
            "b.json",
            "--baseline",
            &windows[0],
            "--incident",
            &windows[1],
        ],
    ] {
        let expected = place.run(args).done();
        assert!(expected.out.lines().count() > 5, "{expected:?}");
        for memory in ["1G", "200k"] {
            let run = place.run(&[args, &["--memory", memory]].concat()).done();
            assert_eq!(run.out, expected.out, "{args:?}");
        }
    }
}

#[test]
fn reports_are_the_same_within_any_memory() {
    let place = Place::new();
    simulated(&place, "a.json", "jaeger-json");
    simulated(&place, "b.json", "otlp-json");
    for args in [
        &["report", "a.json"][..],
        &["report", "a.json", "--baseline", "b.json"],
        &["report", "a.json", "--error", "--format", "json"],
    ] {
        let expected = place.run(args).done();
        assert!(expected.out.len() > 1_000, "{expected:?}");
        for memory in [&["--memory", "1G"][..], &["--memory", "80k"]] {
            let run = place.run(&[args, memory].concat()).done();
            assert_eq!(run.out, expected.out, "{args:?}");
        }
    }
}

#[test]
fn input_of_whole_traces_gives_every_answer() {
    let place = Place::new();
    simulated(&place, "a.json", "jaeger-json");
    for command in [
        &["summary"][..],
        &["traces"],
        &["critical-path", "--by", "path"],
        &["hotspots"],
        &["errors"],
        &["dependencies"],
        &["issues"],
        &["spans"],
        &["events"],
        &["links"],
        &["report"],
    ] {
        let args = [command, &["a.json"]].concat();
        let expected = place.run(&args).done();
        let run = place.run(&[&args[..], &["--complete"]].concat()).done();
        assert_eq!(run.out, expected.out, "{args:?}");
    }
}
