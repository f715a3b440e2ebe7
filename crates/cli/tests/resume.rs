//! Scans that are resumed, and standard input within memory.

mod place;

use place::Place;
use std::process::{Command, Stdio};
use std::time::Duration;

fn simulated(place: &Place, file: &str, requests: &str) {
    let args = ["simulate", "--requests", requests, "--fault", "error"];
    let args = [&args[..], &["--to", "jaeger-json", "-o", file]].concat();
    place.run(&args).done();
}

/// The name of the folder for what a scan has done.
fn done(place: &Place) -> String {
    place.path("done").display().to_string()
}

#[test]
fn standard_input_is_read_within_memory() {
    let place = Place::new();
    simulated(&place, "a.json", "60");
    let input = place.read("a.json");
    for command in [
        &["summary"][..],
        &["traces"],
        &["report"],
        &["spans", "--limit", "9"],
    ] {
        let args = [command, &["-"]].concat();
        let expected = place.run_on(&args, input.as_bytes()).done();
        for how in [
            &["--memory", "80k"][..],
            &["--memory", "1G"],
            &["--complete"],
        ] {
            let run = place.run_on(&[&args[..], how].concat(), input.as_bytes());
            assert_eq!(run.done().out, expected.out, "{args:?} {how:?}");
        }
    }
    let args = ["summary", "-", "--memory", "80k"];
    let unknown = place.run_on(&args, "a,b,c\n".repeat(100_000).as_bytes());
    unknown.failed_with("of no format that is known");
    let args = [&args[..], &["--max-decompressed", "1k"]].concat();
    place
        .run_on(&args, input.as_bytes())
        .failed_with("--max-decompressed");
}

#[test]
fn what_a_scan_has_done_is_removed_when_its_answer_is_written() {
    let place = Place::new();
    simulated(&place, "a.json", "60");
    simulated(&place, "b.json", "30");
    let done = done(&place);
    for args in [
        &["hotspots", "a.json"][..],
        &["traces", "a.json"],
        &["compare", "b.json", "a.json"],
        &["report", "a.json", "--baseline", "b.json"],
    ] {
        let expected = place.run(args).done();
        let how = ["--memory", "80k", "--resume", &done];
        let run = place.run(&[args, &how].concat()).done();
        assert_eq!(run.out, expected.out, "{args:?}");
        assert!(!place.path("done").exists(), "{args:?}");
    }
}

#[test]
fn what_a_scan_has_done_stays_until_its_answer_is_written() {
    let place = Place::new();
    simulated(&place, "a.json", "60");
    let done = done(&place);
    let args = ["hotspots", "a.json", "--memory", "80k", "--resume", &done];
    let nowhere = [&args[..], &["-o", "/nowhere/at/all"]].concat();
    place.run(&nowhere).failed_with("/nowhere/at/all");
    assert!(place.path("done").exists());
    let other = [&args[..], &["--error"]].concat();
    place
        .run(&other)
        .misused_with("a scan was begun with filter");
    let again = place.run(&args).done();
    assert_eq!(again.out, place.run(&["hotspots", "a.json"]).done().out);
    assert!(!place.path("done").exists());
}

#[test]
fn a_scan_that_is_killed_goes_on() {
    let place = Place::new();
    simulated(&place, "a.json", "300");
    let file = place.path("a.json").display().to_string();
    let done = done(&place);
    let args = [
        "errors", &file, "--memory", "80k", "--format", "csv", "--quiet",
    ];
    let expected = place.run(&args).done();
    let (mut wait, mut killed) = (Duration::from_millis(5), 0);
    let out = loop {
        let mut child = Command::new(env!("CARGO_BIN_EXE_spanwise"))
            .args(args)
            .args(["--resume", &done])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command");
        std::thread::sleep(wait);
        if child.try_wait().expect("a child").is_none() {
            child.kill().expect("a child");
        }
        let ended = child.wait_with_output().expect("a child");
        if ended.status.success() {
            break ended.stdout;
        }
        assert_eq!(ended.status.code(), None, "it was killed");
        killed += 1;
        wait += wait / 4;
    };
    assert!(killed > 3, "{killed} times are too few to tell");
    assert_eq!(String::from_utf8_lossy(&out), expected.out);
    assert!(!place.path("done").exists());
}

#[test]
fn resuming_takes_a_limit_of_memory() {
    let place = Place::with("a.txt", "shop GET 0..9");
    let run = place.run(&["hotspots", "a.txt", "--resume", "done"]);
    run.misused_with("--memory");
}
