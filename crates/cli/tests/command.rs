//! The command from its arguments to its streams.

mod place;

use place::{ran, Closed, Place, Run};
use std::io::Read;

const SHOP: &str = "
frontend GET /cart        0..100 error server
  cart GetCart           10..60 server
    redis HGET           20..50 client db.system=redis
  checkout PlaceOrder    60..95 error server
    payment Charge       65..90 error server status_message=\"card refused\"
trace 2
frontend GET /           200..220 server
";

#[test]
fn every_table_is_written_in_every_format() {
    let place = Place::with("shop.txt", SHOP);
    let commands = [
        "traces",
        "critical-path",
        "hotspots",
        "errors",
        "dependencies",
        "issues",
        "spans",
        "events",
        "links",
    ];
    for command in commands {
        let json = place
            .run(&[command, "shop.txt", "--format", "json"])
            .done()
            .json();
        assert_eq!(json["version"], 1, "{command}");
        let columns = json["columns"].as_array().map_or(0, Vec::len);
        let rows = json["rows"].as_array().map_or(0, Vec::len);
        assert!(columns > 3, "{command}");
        let ndjson = place
            .run(&[command, "shop.txt", "--format", "ndjson"])
            .done();
        assert_eq!(ndjson.out.lines().count(), rows, "{command}");
        let csv = place.run(&[command, "shop.txt", "--format", "csv"]).done();
        let header = csv.out.lines().next().unwrap_or_default();
        assert_eq!(header.split(',').count(), columns, "{command}");
        let table = place.run(&[command, "shop.txt"]).done();
        assert_eq!(
            table.out.lines().count(),
            1 + rows.max(1),
            "{command}\n{}",
            table.out
        );
    }
}

#[test]
fn a_query_finds_spans_by_structure_and_time() {
    let place = Place::with("shop.txt", SHOP);
    let calls = "a: { service = cart } ~ then b: { errs } within 1ms without {}";
    let run = place.run(&["query", calls, "shop.txt", "--format", "json"]);
    let row = &run.done().json()["rows"][0];
    assert_eq!(row["a.operation"], "GetCart");
    assert_eq!(row["b.operation"], "PlaceOrder");
    assert_eq!(row["b.gap"], 0);
    let origins = ["query", "{ service = frontend } >> { origin }", "shop.txt"];
    let run = place.run(&[&origins[..], &["--show", "db.system", "--memory", "64M"]].concat());
    let found = run.done();
    assert!(
        found.out.contains("Charge") && found.out.contains("db.system"),
        "{}",
        found.out
    );
}

#[test]
fn a_wrong_query_is_shown_with_its_place() {
    let place = Place::with("shop.txt", SHOP);
    let run = place.run(&["query", "{ service = cart ] }", "shop.txt"]);
    assert_eq!(run.code, 2);
    let expected = "\
spanwise: offset 17: no sign begins with ']' in the query
  { service = cart ] }
                   ^
";
    assert_eq!(run.err, expected);
    place.run(&["query", "{}"]).misused_with("PATH");
}

#[test]
fn the_summary_is_one_object() {
    let place = Place::with("shop.txt", SHOP);
    let json = place
        .run(&["summary", "shop.txt", "--format", "json"])
        .done()
        .json();
    for (name, count) in [
        ("traces", 2),
        ("spans", 6),
        ("rows", 6),
        ("services", 5),
        ("roots", 2),
        ("errors", 3),
    ] {
        assert_eq!(json[name], count, "{name}");
    }
    assert_eq!(json["files"][0]["path"], "shop.txt");
    assert_eq!(json["end_unix_nano"], 220_000_000);
    let text = place.run(&["summary", "shop.txt"]).done();
    assert!(text.out.starts_with("traces      2\n"), "{}", text.out);
    let csv = place
        .run(&["summary", "shop.txt", "--format", "csv"])
        .done();
    assert!(csv.out.starts_with("files,traces,"), "{}", csv.out);
}

#[test]
fn the_critical_path_of_a_trace_sums_to_its_duration() {
    let place = Place::with("shop.txt", SHOP);
    let args = [
        "critical-path",
        "shop.txt",
        "--trace",
        "1",
        "--format",
        "json",
    ];
    let json = place.run(&args).done().json();
    assert_eq!(json["duration_ns"], 100_000_000);
    let segments = json["segments"].as_array().expect("a list");
    let length = |segment: &serde_json::Value| {
        let end = segment["end_unix_nano"].as_i64().unwrap_or(0);
        end - segment["start_unix_nano"].as_i64().unwrap_or(0)
    };
    assert_eq!(segments.iter().map(length).sum::<i64>(), 100_000_000);
    let services: Vec<_> = segments
        .iter()
        .filter_map(|s| s["service"].as_str())
        .collect();
    let path = [
        "frontend", "cart", "redis", "cart", "checkout", "payment", "checkout", "frontend",
    ];
    assert_eq!(services, path);
    let table = place
        .run(&["critical-path", "shop.txt", "--trace", "1"])
        .done();
    assert_eq!(table.out.lines().count(), 9, "{}", table.out);
}

#[test]
fn a_component_is_chosen_by_its_top_span() {
    let place = Place::with(
        "a.txt",
        "a GET / 0..10 id=1\nlate job 5..9 parent=77 id=2\n",
    );
    let component = |id| {
        place.run(&[
            "critical-path",
            "a.txt",
            "--trace",
            "1",
            "--component",
            id,
            "--format",
            "json",
        ])
    };
    let json = component("0000000000000002").done().json();
    assert_eq!(json["duration_ns"], 4_000_000);
    assert_eq!(json["other_components"][0]["kind"], "root");
    component("9").failed_with("no component");
}

#[test]
fn rows_are_sorted_and_limited() {
    let place = Place::with("shop.txt", SHOP);
    let sorted = place.run(&[
        "spans",
        "shop.txt",
        "--sort",
        "-duration",
        "--limit",
        "2",
        "--format",
        "ndjson",
    ]);
    let sorted = sorted.done();
    let lines: Vec<&str> = sorted.out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].contains("GET /cart") && lines[1].contains("GetCart"),
        "{lines:?}"
    );
    place
        .run(&["spans", "shop.txt", "--sort", "size"])
        .misused_with("no column size");
}

#[test]
fn filters_keep_whole_traces() {
    let place = Place::with("shop.txt", SHOP);
    let traces = |args: &[&str]| {
        let all: Vec<&str> = ["traces", "shop.txt", "--format", "ndjson"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        place.run(&all).done().out.lines().count()
    };
    assert_eq!(traces(&[]), 2);
    assert_eq!(traces(&["--service", "redis"]), 1);
    assert_eq!(traces(&["--operation", "GET /"]), 1);
    assert_eq!(traces(&["--root-operation", "GET /cart"]), 1);
    assert_eq!(traces(&["--attribute", "db.system=redis"]), 1);
    assert_eq!(traces(&["--attribute", "db.system=mysql"]), 0);
    assert_eq!(traces(&["--error"]), 1);
    assert_eq!(traces(&["--min-duration", "90ms"]), 1);
    assert_eq!(traces(&["--since", "0.15"]), 1);
    assert_eq!(traces(&["--until", "1970-01-01T00:00:00.150Z"]), 1);
    assert_eq!(traces(&["--since", "-15m"]), 0);
}

#[test]
fn a_trace_is_drawn() {
    let place = Place::with("shop.txt", SHOP);
    let text = place.run(&["trace", "1", "shop.txt"]).done();
    assert!(text.out.contains("✗   └ payment Charge"), "{}", text.out);
    assert!(!text.out.contains('\u{1b}'));
    let colored = place
        .run(&["trace", "1", "shop.txt", "--color", "always"])
        .done();
    assert!(colored.out.contains("\u{1b}[1;31m✗"));
    let svg = place
        .run(&[
            "trace",
            "1",
            "shop.txt",
            "--figure",
            "svg",
            "-o",
            "trace.svg",
        ])
        .done();
    assert_eq!(svg.out, "");
    assert!(place.read("trace.svg").starts_with("<svg"));
    let html = place
        .run(&["trace", "1", "shop.txt", "--figure", "html"])
        .done();
    assert!(html.out.starts_with("<div"));
    let spans = place
        .run(&["trace", "1", "shop.txt", "--format", "ndjson"])
        .done();
    assert_eq!(spans.out.lines().count(), 5);
    place
        .run(&["trace", "ffff", "shop.txt"])
        .failed_with("no trace ffff");
}

#[test]
fn two_times_are_compared() {
    let place = Place::with("before.txt", "a GET / 0..10\n  b SELECT 2..4\n");
    place.write(
        "after.txt",
        "trace 2\na GET / 1000..1050\n  b SELECT 1002..1044\n",
    );
    let json = place
        .run(&["compare", "before.txt", "after.txt", "--format", "json"])
        .done()
        .json();
    let first = &json["rows"][0];
    assert_eq!(
        (&first["service"], &first["change_critical_time"]),
        (&"b".into(), &40_000_000.into())
    );
    place.write("both.txt", "a GET / 0..10\ntrace 2\na GET / 1000..1050\n");
    let windows = [
        "compare",
        "both.txt",
        "--baseline",
        "0..1",
        "--incident",
        "1..2",
        "--format",
        "json",
    ];
    let json = place.run(&windows).done().json();
    assert_eq!(json["rows"][0]["change_critical_time"], 40_000_000);
    place
        .run(&["compare", "before.txt"])
        .misused_with("BASELINE and INCIDENT");
}

#[test]
fn spans_are_converted_and_read_again() {
    let place = Place::with("shop.txt", SHOP);
    let run = place
        .run(&[
            "convert",
            "shop.txt",
            "--to",
            "otlp-json",
            "-o",
            "shop.json",
        ])
        .done();
    assert_eq!(run.err, "spanwise: 6 spans written as otlp-json\n");
    let summary = |file| {
        place
            .run(&["summary", file, "--format", "json"])
            .done()
            .json()
    };
    let (before, after) = (summary("shop.txt"), summary("shop.json"));
    for name in [
        "traces",
        "spans",
        "services",
        "operations",
        "roots",
        "start_unix_nano",
        "end_unix_nano",
    ] {
        assert_eq!(before[name], after[name], "{name}");
    }
    place
        .run(&["convert", "shop.txt", "--to", "punch-cards"])
        .misused_with("no format punch-cards");
}

#[test]
fn simulations_are_reproducible_and_readable() {
    let place = Place::new();
    let simulate = |file| {
        place
            .run(&[
                "simulate",
                "--requests",
                "20",
                "--fault",
                "error@payments",
                "--truth",
                "truth.ndjson",
                "-q",
                "-o",
                file,
            ])
            .done();
    };
    simulate("a.json");
    simulate("b.json");
    assert_eq!(place.read("a.json"), place.read("b.json"));
    assert!(place.read("truth.ndjson").contains("\"fault\":\"error\""));
    let json = place
        .run(&["summary", "a.json", "--format", "json"])
        .done()
        .json();
    assert!(json["traces"].as_u64() >= Some(20));
    place
        .run(&["simulate", "--fault", "gremlins"])
        .misused_with("gremlins");
}

#[test]
fn extreme_traces_are_simulated_and_drawn() {
    let place = Place::new();
    for shape in ["chain", "fan-out", "job"] {
        let make = [
            "simulate", "--shape", shape, "--spans", "3000", "-q", "-o", "one.json",
        ];
        place.run(&make).done();
        let drawn = place
            .run(&["trace", "5ba9", "one.json", "--rows", "9", "--depth", "5"])
            .done();
        assert!(drawn.out.contains("more spans"), "{shape}\n{}", drawn.out);
    }
}

#[test]
fn a_report_is_markdown_or_json() {
    let place = Place::with("shop.txt", SHOP);
    place.write("before.txt", "trace 9\nfrontend GET /cart 0..10 server\n");
    let report = place
        .run(&[
            "report",
            "shop.txt",
            "--baseline",
            "before.txt",
            "--title",
            "Friday",
        ])
        .done();
    assert!(report.out.starts_with("# Friday\n"), "{}", report.out);
    for answer in [
        "holds",
        "payment Charge is where 1 error began",
        "What changed since the baseline",
    ] {
        assert!(report.out.contains(answer), "{answer}\n{}", report.out);
    }
    let json = place
        .run(&["report", "shop.txt", "--format", "json"])
        .done()
        .json();
    assert_eq!(json["sections"][0]["kind"], "read");
}

#[test]
fn standard_input_is_a_path() {
    let place = Place::new();
    let run = place
        .run_on(&["spans", "-", "--format", "ndjson"], SHOP.as_bytes())
        .done();
    assert_eq!(run.out.lines().count(), 6);
    let run = place
        .run_on(&["summary", "-", "--format", "json"], SHOP.as_bytes())
        .done();
    assert_eq!(run.json()["files"][0]["path"], "-");
    place.run_on(&["spans", "-"], b"").failed_with("-");
    let many = ["spans", "-", "--max-decompressed", "10"];
    place
        .run_on(&many, SHOP.as_bytes())
        .failed_with("--max-decompressed");
}

#[test]
fn a_run_ends_with_one_line_unless_quiet() {
    let place = Place::with("shop.txt", SHOP);
    let run = place.run(&["summary", "shop.txt"]).done();
    assert_eq!(
        run.err,
        "spanwise: 1 file read, 0 skipped, 0 truncated: 2 traces, 6 spans, 0 issues\n"
    );
    assert_eq!(
        place.run(&["summary", "shop.txt", "--quiet"]).done().err,
        ""
    );
}

#[test]
fn what_cannot_be_read_is_an_error_in_one_line() {
    let place = Place::with("noise.bin", "\u{1}\u{2} no traces");
    place
        .run(&["summary", "missing.json"])
        .failed_with("missing.json");
    place
        .run(&["summary", "noise.bin"])
        .failed_with("noise.bin");
    place
        .run(&["summary", "*.nothing"])
        .failed_with("*.nothing");
    std::fs::create_dir(place.path("empty")).expect("a folder");
    place.run(&["summary", "empty"]).failed_with("empty");
    let unwritable = [
        "simulate",
        "--requests",
        "1",
        "-o",
        "no/such/folder/out.json",
    ];
    place
        .run(&unwritable)
        .failed_with("no/such/folder/out.json");
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let folder = place.path("closed");
    std::fs::create_dir(&folder).expect("a folder");
    let mode = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode));
    mode(0o000).expect("our own folder");
    if std::fs::read_dir(&folder).is_ok() {
        println!("skipped: this user may read everything");
    } else {
        place.run(&["summary", "closed"]).failed_with("closed");
    }
    mode(0o700).expect("our own folder");
}

#[test]
fn strict_runs_fail_on_issues() {
    let place = Place::with("half.txt", "a GET / 0..10\nno span at all\n");
    place.run(&["summary", "half.txt"]).done();
    place
        .run(&["summary", "half.txt", "--strict"])
        .failed_with("");
}

#[test]
fn bad_usage_exits_with_two() {
    let place = Place::new();
    place.run(&[]).misused_with("Usage");
    place.run(&["summarise"]).misused_with("summary");
    place.run(&["summary"]).misused_with("PATH");
    place
        .run(&["traces", "x", "--min-duration", "15"])
        .misused_with("500ms");
}

#[test]
fn help_completions_and_manual_come_from_one_definition() {
    let place = Place::new();
    let help = place.run(&["--help"]).done();
    let man = place.run(&["man"]).done();
    let zsh = place.run(&["completions", "zsh"]).done();
    for command in ["summary", "critical-path", "simulate", "report"] {
        assert!(help.out.contains(command), "{command}");
        assert!(man.out.contains(&command.replace('-', "\\-")), "{command}");
        assert!(zsh.out.contains(command), "{command}");
    }
    assert!(zsh.out.starts_with("#compdef spanwise"));
    let of_command = place.run(&["critical-path", "--help"]).done();
    assert!(of_command.out.contains("--percentile"));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::new();
    place
        .run(&["simulate", "--requests", "200", "-q", "-o", "a.json"])
        .done();
    for format in ["table", "json", "ndjson", "csv"] {
        let (mut input, mut out, mut err) = (std::io::empty(), Closed, Vec::new());
        let path = place.path("a.json").display().to_string();
        let args = ["spans", &path, "-q", "--format", format];
        let code = spanwise_cli::run(args, &mut input as &mut dyn Read, &mut out, &mut err);
        assert_eq!(
            (code, err.as_slice()),
            (spanwise_cli::DONE, &b""[..]),
            "{format}"
        );
    }
}

#[test]
fn answers_do_not_depend_on_threads_or_the_order_of_files() {
    let place = Place::new();
    place
        .run(&["simulate", "--requests", "50", "-q", "-o", "a.json"])
        .done();
    place
        .run(&[
            "simulate",
            "--requests",
            "50",
            "--seed",
            "2",
            "-q",
            "-o",
            "b.json",
        ])
        .done();
    let ran = |args: &[&str]| -> Run { place.run(args).done() };
    for command in [
        "critical-path",
        "hotspots",
        "errors",
        "dependencies",
        "traces",
    ] {
        let one = ran(&[
            command,
            "a.json",
            "b.json",
            "--threads",
            "1",
            "--format",
            "json",
        ]);
        let two = ran(&[
            command,
            "b.json",
            "a.json",
            "--threads",
            "2",
            "--format",
            "json",
        ]);
        assert_eq!(one.out, two.out, "{command}");
    }
}

#[test]
fn arguments_may_be_of_any_text_type() {
    let run = ran(vec!["--version".to_owned()], b"");
    assert_eq!(
        run.done().out,
        format!("spanwise {}\n", env!("CARGO_PKG_VERSION"))
    );
}
