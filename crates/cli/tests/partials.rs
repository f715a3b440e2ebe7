//! What is kept in files answers as the spans did.

mod place;

use place::Place;
use spanwise::analyses::aggregates;

/// Three inputs and their partials, `part-0/` to `part-2/`, in `kept/`.
fn kept(flags: &[&str]) -> Place {
    let place = Place::new();
    for (number, format) in ["jaeger-json", "otlp-json", "zipkin-json"]
        .iter()
        .enumerate()
    {
        let (file, seed) = (format!("{number}.json"), number.to_string());
        let args = [
            "simulate",
            "--requests",
            "80",
            "--to",
            format,
            "--seed",
            &seed,
        ];
        place.run(&[&args[..], &["-o", &file]].concat()).done();
        let folder = format!("kept/part-{number}");
        let folder = place.path(&folder).display().to_string();
        let args = ["partials", file.as_str(), "-o", folder.as_str()];
        place.run(&[&args[..], flags].concat()).done();
    }
    place
}

#[test]
fn merged_partials_show_what_the_spans_do() {
    let place = kept(&[]);
    for (show, command) in [
        (&["summary"][..], &["summary"][..]),
        (&["issues"], &["issues"]),
        (
            &["hotspots", "--by", "service"],
            &["hotspots", "--by", "service"],
        ),
        (&["errors", "--by", "type"], &["errors", "--by", "type"]),
        (&["dependencies"], &["dependencies"]),
        (
            &["concurrency", "--by", "level"],
            &["concurrency", "--by", "level"],
        ),
        (&["concurrency"], &["concurrency"]),
        (
            &["heat-map", "--by", "request", "--bucket", "2s"],
            &["heat-map", "--by", "request", "--bucket", "2s"],
        ),
        (
            &["critical-path", "--by", "path", "--band", "50..90"],
            &["critical-path", "--by", "path", "--band", "50..90"],
        ),
    ] {
        let merged = place
            .run(&[&["merge", "kept", "--show"][..], show].concat())
            .done();
        let files = ["0.json", "1.json", "2.json"];
        let expected = place.run(&[command, &files].concat()).done();
        assert_eq!(merged.out, expected.out, "{command:?}");
    }
}

#[test]
fn thresholds_are_asked_for_when_partials_are_shown() {
    let place = kept(&[]);
    let request = |id: u32| {
        let tenant = if id.is_multiple_of(4) {
            "small"
        } else {
            "large"
        };
        format!("trace abc{id}\nshop GET 0..10 server tenant={tenant}\n")
    };
    let query = |id: u32| {
        let (start, end) = (20 * id, 20 * id + 15);
        format!(
            "  shop query {start}..{end} client db.system=sqlite db.statement=\"select {id}\"\n"
        )
    };
    let requests: String = (10..20).map(request).collect();
    let repeated: String = (0..6).map(query).collect();
    let repeated = format!("trace abc\nshop GET /cart 0..200 server\n{repeated}");
    place.write("3.txt", &(requests + &repeated));
    let folder = place.path("kept/part-3").display().to_string();
    place.run(&["partials", "3.txt", "-o", &folder]).done();
    for asked in [
        &[
            "bottlenecks",
            "--requests",
            "5",
            "--share",
            "0.01",
            "--times",
            "1",
        ][..],
        &[
            "bottlenecks",
            "--slow-percentile",
            "60",
            "--fast-percentile",
            "40",
            "--requests",
            "5",
            "--share",
            "0.01",
            "--times",
            "1",
        ],
        &["hot-keys", "--gini", "0", "--times", "1", "--calls", "1"],
        &["shape-problems", "--traces", "1"],
    ] {
        let merged = place.run(&[&["merge", "kept", "--show"][..], asked].concat());
        let files = ["0.json", "1.json", "2.json", "3.txt"];
        let expected = place.run(&[asked, &files].concat()).done();
        assert_eq!(merged.done().out, expected.out, "{asked:?}");
        let usual = place.run(&["merge", "kept", "--show", asked[0]]).done();
        assert_ne!(usual.out, expected.out, "{asked:?} asks for something else");
    }
    let stray = ["merge", "kept", "--show", "hot-keys", "--share", "0.5"];
    place.run(&stray).misused_with("--share is no threshold");
}

#[test]
fn a_pass_within_memory_keeps_the_same() {
    let (place, within) = (kept(&[]), kept(&["--memory", "100k"]));
    for part in ["kept/part-0", "kept/part-2"] {
        let mut files: Vec<_> = std::fs::read_dir(place.path(part))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        files.sort();
        assert_eq!(files.len(), aggregates().len(), "{files:?}");
        for file in files {
            let file = format!("{part}/{}", file.display());
            // Paths of inputs differ, so the headers do.
            let rows = |place: &Place| {
                let args = ["merge", &place.path(&file).display().to_string(), "--show"];
                let show = match file.contains("hotspots-by-operation") {
                    true => "hotspots",
                    false => "issues",
                };
                place.run(&[&args[..], &[show]].concat()).done().out
            };
            assert_eq!(rows(&place), rows(&within), "{file}");
        }
    }
}

#[test]
fn merged_partials_are_written_and_compared() {
    let place = kept(&[]);
    let both = place.path("both").display().to_string();
    let parts = ["0", "1"].map(|part| place.path(&format!("kept/part-{part}")));
    let [a, b] = parts.map(|path| path.display().to_string());
    let quiet = place.run(&["merge", &a, &b, "--to", &both]).done();
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let table = |paths: &[&str]| {
        let show = ["--show", "hotspots", "--format", "csv"];
        place
            .run(&[&["merge"][..], paths, &show].concat())
            .done()
            .out
    };
    assert_eq!(table(&[&both]), table(&[&a, &b]));
    let kept = place
        .run(&["merge", &b, "--baseline", &a, "--format", "json"])
        .done();
    let read = place
        .run(&["compare", "0.json", "1.json", "--format", "json"])
        .done();
    assert_eq!(kept.json(), read.json());
}

#[test]
fn what_cannot_be_merged_or_shown_is_told() {
    let place = kept(&[]);
    let again = place.path("kept/again").display().to_string();
    place
        .run(&["partials", "0.json", "-q", "-o", &again])
        .done();
    place
        .run(&["merge", "kept"])
        .failed_with("hold the same trace");
    place.run(&["merge", "0.json"]).failed_with("no partial");
    place
        .run(&["merge", "missing.json"])
        .failed_with("no such file");
    let part = place.path("kept/part-0").display().to_string();
    let path = ["merge", part.as_str(), "--show", "hotspots", "--by", "path"];
    place.run(&path).misused_with("no such rows");
    place.run(&["merge"]).misused_with("PATH");
    place.run(&["partials", "0.json"]).misused_with("--output");
    let one = place.path("one").display().to_string();
    let some = [
        "partials",
        "0.json",
        "--analyses",
        "errors,compare",
        "-o",
        &one,
    ];
    place.run(&some).done();
    let missing = place.run(&["merge", &one, "--show", "hotspots"]);
    missing.failed_with("there are: compare, errors by operation");
}
