//! The command in a broken folder: exit code, one clear line, nothing lost,
//! and no more memory than the input deserves.

#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{symlink, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const COMMAND: &str = env!("CARGO_BIN_EXE_spanwise");

/// A folder of its own for one test, in which the command runs.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(COMMAND);
        command.current_dir(&self.0).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        ran(&mut self.command(args))
    }

    /// Runs with so little memory that a run which holds everything fails.
    fn run_in(&self, megabytes: u32, args: &[&str]) -> Run {
        let mut command = Command::new("sh");
        let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", megabytes << 10);
        command.args(["-c", &script, COMMAND]).args(args);
        ran(command.current_dir(&self.0))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for locked in ["locked", "locked.json"] {
            let _ = fs::set_permissions(self.path(locked), fs::Permissions::from_mode(0o700));
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a run left.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn ran(command: &mut Command) -> Run {
    let output = command.output().expect("the command runs");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

impl Run {
    fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }

    /// The run must have failed with this line and no other.
    fn failed_with(self, line: &str) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.err, format!("spanwise: {line}\n"));
        assert_eq!(self.out, "");
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("the output is JSON")
    }
}

fn span(id: u64, start: u64, end: u64) -> String {
    format!(
        r#"{{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"{id:016x}","name":"op","startTimeUnixNano":"{start}","endTimeUnixNano":"{end}"}}"#
    )
}

fn document(spans: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("compressed")
}

#[test]
fn a_broken_folder_gives_what_is_whole_and_an_issue_for_the_rest() {
    let folder = Folder::new("mixed");
    let lines: String = (10..2000)
        .map(|id| document(&span(id, 10, 20)) + "\n")
        .collect();
    let packed = gzip(lines.as_bytes());
    folder.put("good.json", document(&span(1, 0, 100)));
    folder.put("cut.json.gz", &packed[..packed.len() / 2]);
    folder.put("begun.json.gz", &packed[..10]);
    folder.put("dir.json/inner", document(&span(2, 0, 100)));
    folder.put("table.csv", "a,b\n1,2\n");
    folder.put("picture.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0");
    folder.put("empty", "");
    folder.put("locked.json", document(&span(3, 0, 100)));
    folder.put("locked/x.json", document(&span(4, 0, 100)));
    symlink("nowhere", folder.path("dangling")).expect("a link");
    symlink(".", folder.path("loop")).expect("a link");
    let made = Command::new("mkfifo").arg(folder.path("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    for locked in ["locked", "locked.json"] {
        let locked = folder.path(locked);
        fs::set_permissions(locked, fs::Permissions::from_mode(0o0)).expect("locked");
    }
    let may_read_all = fs::File::open(folder.path("locked.json")).is_ok();
    let run = folder.run(&["summary", ".", "--format", "json"]).done();
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    let summary = run.json();
    let count = |name: &str| {
        let rows = summary["issues"].as_array().expect("rows").iter();
        let of_kind = rows.filter(|row| row["issue"] == name);
        of_kind.filter_map(|row| row["count"].as_u64()).sum::<u64>()
    };
    assert_eq!(count("unknown_format"), 3, "{summary}");
    assert_eq!(count("truncated_file"), 2, "{summary}");
    assert_eq!(count("unreadable_file"), if may_read_all { 2 } else { 4 });
    assert!(summary["spans"].as_u64() > Some(100), "{summary}");
    let strict = folder.run(&["summary", ".", "--strict"]);
    assert_eq!((strict.code, strict.out.as_str()), (Some(1), ""));
    assert_eq!(strict.err.lines().count(), 1, "{}", strict.err);
}

/// An archive of tar with these files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        let appended = archive.append_data(&mut header, name, *bytes);
        appended.expect("appended");
    }
    archive.into_inner().expect("an archive")
}

#[test]
fn a_folder_of_archives_says_what_is_wrong_with_each() {
    let folder = Folder::new("archives");
    let (one, two) = (document(&span(1, 0, 100)), document(&span(2, 0, 100)));
    let files: [(&str, &[u8]); 3] = [
        ("a.json", one.as_bytes()),
        ("b.txt", b"hello"),
        ("c.json", two.as_bytes()),
    ];
    let whole = tar(&files);
    folder.put("cut.tar", &whole[..whole.len() - 1700]);
    folder.put("cut.zip", b"PK\x03\x04");
    folder.put("empty.zip", [b"PK\x05\x06".as_slice(), &[0; 18]].concat());
    folder.put("whole.tar.gz", gzip(&whole));
    let run = folder.run(&["issues", ".", "--format", "json"]).done();
    let issues = run.json();
    let told = |kind: &str| {
        let rows = issues["rows"].as_array().expect("rows").iter();
        let of_kind = rows.filter(|row| row["issue"] == kind);
        let texts = of_kind.filter_map(|row| row["examples"].as_array());
        let texts = texts.flatten().filter_map(|text| text.as_str());
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        told("unknown_format"),
        [
            "./cut.tar!b.txt",
            "./empty.zip: a zip archive without a file",
            "./whole.tar.gz!b.txt"
        ]
    );
    let truncated = told("truncated_file");
    assert!(
        truncated[0].starts_with("./cut.tar, offset "),
        "{truncated:?}"
    );
    let cut = "./cut.zip, offset 0: no directory of the archive; ";
    assert!(
        truncated.iter().any(|text| text.starts_with(cut)),
        "{truncated:?}"
    );
    folder.put("deep.gz", gzip(&gzip(&gzip(&one.into_bytes()))));
    let run = folder.run(&["traces", "deep.gz", "--max-layers", "2"]);
    run.failed_with("deep.gz: limit layers (2) exceeded; raise --max-layers");
    let run = folder.run(&["traces", "whole.tar.gz", "--max-entries", "2"]);
    run.failed_with("whole.tar.gz: limit entries (2) exceeded; raise --max-entries");
}

#[test]
fn a_file_that_is_named_must_be_of_traces() {
    let folder = Folder::new("named");
    let unknown = "of no format that is known";
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(document("").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let metrics = r#"{"resourceMetrics":[{"scopeMetrics":[]}]}"#;
    let twice = gzip(&gzip(document("").as_bytes()));
    let cases: [(&[u8], String); 12] = [
        (b"", "the input is empty".into()),
        (b" \r\n\t", "the input is empty".into()),
        (b"a,b\n1,2\n", unknown.into()),
        (b"2024-01-01 INFO started\n", unknown.into()),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", unknown.into()),
        (
            b"<html>502</html>",
            format!("{unknown}; it seems to be a page of HTML or XML"),
        ),
        (
            &utf16,
            format!("{unknown}; it seems to be UTF-16, of which UTF-8 must be made"),
        ),
        (
            br#"{"traces":[],"metrics":{}}"#,
            format!("{unknown}; it seems to be JSON"),
        ),
        (&twice, "no span in it".into()),
        (
            &twice[..10],
            "compressed data that breaks off at once".into(),
        ),
        (
            metrics.as_bytes(),
            "no span in it; 1 issue: skipped_signal (file, record 1, offset 0)".into(),
        ),
        (br#"{"resourceSpans":[]}"#, "no span in it".into()),
    ];
    for (bytes, message) in cases {
        folder.put("file", bytes);
        let run = folder.run(&["traces", "file"]);
        run.failed_with(&format!("file: {message}"));
    }
}

#[test]
fn a_path_that_leads_nowhere_is_named() {
    let folder = Folder::new("nowhere");
    symlink("nowhere", folder.path("dangling")).expect("a link");
    fs::create_dir(folder.path("bare")).expect("a folder");
    folder.put("none/a.csv", "a,b");
    for (path, message) in [
        ("absent", "no such file or folder"),
        ("dangling", "no such file or folder"),
        ("*.json", "no file matches"),
        ("bare", "no file in it"),
        (
            "none",
            "no span in it; 1 issue: unknown_format (none/a.csv)",
        ),
        ("-", "the input is empty"),
    ] {
        let run = folder.run(&["traces", path]);
        run.failed_with(&format!("{path}: {message}"));
    }
    fs::create_dir(folder.path("locked")).expect("a folder");
    let locked = fs::Permissions::from_mode(0o0);
    fs::set_permissions(folder.path("locked"), locked).expect("locked");
    if fs::read_dir(folder.path("locked")).is_err() {
        let run = folder.run(&["traces", "locked"]);
        run.failed_with("locked: permission denied (os error 13)");
    }
}

#[test]
fn names_of_files_cannot_break_the_line() {
    let folder = Folder::new("names");
    folder.put("a\nb\u{1b}[31m", "hello");
    let run = folder.run(&["traces", "a\nb\u{1b}[31m"]);
    run.failed_with("a\\nb\\u{1b}[31m: of no format that is known");
}

#[test]
fn a_pattern_does_not_look_where_it_cannot_match() {
    let folder = Folder::new("pattern");
    folder.put("a.json", document(&span(1, 0, 100)));
    fs::create_dir(folder.path("below")).expect("a folder");
    symlink("nowhere", folder.path("below/dangling")).expect("a link");
    let issues = |pattern: &str| {
        let run = folder.run(&["traces", pattern]).done();
        run.err
            .trim_end()
            .rsplit_once(", ")
            .expect("a count")
            .1
            .to_owned()
    };
    assert_eq!(issues("*.json"), "1 issue", "the service is missing");
    assert_eq!(issues("**/*.json"), "2 issues");
}

/// Ten gigabytes of the same few bytes, in files of a few megabytes at most.
#[test]
fn bombs_do_not_go_off() {
    let folder = Folder::new("bombs");
    let zeros = vec![0; 8 << 20];
    let spans = document(&span(1, 0, 100)) + "\n";
    let spans = spans.repeat((8 << 20) / spans.len());
    let unknown = "of no format that is known";
    let ratio = "limit ratio (200) exceeded; raise --max-ratio";
    for (pack, content, message) in [
        (gzip as fn(&[u8]) -> Vec<u8>, &zeros[..], unknown),
        (zstd, &zeros, unknown),
        (zstd, spans.as_bytes(), ratio),
    ] {
        folder.put("bomb", pack(content).repeat(1280));
        let run = folder.run_in(1000, &["traces", "bomb"]);
        run.failed_with(&format!("bomb: {message}"));
    }
    let allowed = ["--max-ratio", "1000000", "--max-decompressed", "100000000"];
    let run = folder.run_in(1000, &[&["traces", "bomb"], &allowed[..]].concat());
    run.failed_with("bomb: limit file_bytes (100000000) exceeded; raise --max-decompressed");
}

#[test]
fn a_stream_without_end_is_not_read_on() {
    let folder = Folder::new("endless");
    let mut yes = Command::new("yes")
        .stdout(Stdio::piped())
        .spawn()
        .expect("yes");
    let lines = yes.stdout.take().expect("a pipe");
    let run = ran(folder.command(&["traces", "-"]).stdin(lines));
    yes.kill().and_then(|()| yes.wait()).expect("stopped");
    run.failed_with("-: of no format that is known");
}

#[test]
fn limits_tell_how_they_are_raised() {
    let folder = Folder::new("limits");
    let attributes = r#"{"key":"k","value":{"stringValue":"long enough"}}"#;
    let attributes = [attributes; 4].join(",");
    let text = span(1, 0, 100).replace('}', &format!(",\"attributes\":[{attributes}]}}"));
    folder.put("a.json", document(&text));
    for (flag, limit, name) in [
        ("--max-text", "5B", "text_bytes (5)"),
        ("--max-attributes", "3", "attributes (3)"),
    ] {
        let run = folder.run(&["traces", "a.json", flag, limit]);
        assert_eq!(run.code, Some(1), "{run:?}");
        let message = format!("limit {name} exceeded; raise {flag}\n");
        assert!(
            run.err.starts_with("spanwise: a.json, record 1, "),
            "{run:?}"
        );
        assert!(run.err.ends_with(&message), "{run:?}");
    }
    folder.put(
        "deep.json",
        r#"{"resourceSpans":["#.to_owned() + &"[".repeat(1_000_000),
    );
    let run = folder.run(&["traces", "deep.json"]);
    assert!(
        run.err
            .ends_with("limit depth (128) exceeded; raise --max-depth\n"),
        "{run:?}"
    );
}

#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let folder = Folder::new("output");
    folder.put("a.json", document(&span(1, 0, 100)));
    folder
        .run(&["traces", "a.json", "-q", "-o", "absent/x"])
        .failed_with("absent/x: no such file or directory (os error 2)");
    if Path::new("/dev/full").exists() {
        let full = || {
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .expect("a device")
        };
        for args in [
            &["traces", "a.json"][..],
            &["convert", "a.json", "--to", "zipkin-json"],
        ] {
            let run = ran(folder.command(args).arg("-q").stdout(full()));
            run.failed_with("standard output: no space left on device (os error 28)");
        }
        folder
            .run(&["traces", "a.json", "-q", "-o", "/dev/full"])
            .failed_with("/dev/full: no space left on device (os error 28)");
    }
}

#[test]
fn a_file_may_be_converted_onto_itself() {
    let folder = Folder::new("itself");
    let before = document(&span(1, 0, 100));
    folder.put("a.json", &before);
    let onto = |format| folder.run(&["convert", "a.json", "--to", format, "-o", "a.json"]);
    onto("zipkin-json").done();
    let after = fs::read_to_string(folder.path("a.json")).expect("a file");
    assert!(after.contains("\"id\":\"0000000000000001\""), "{after}");
    folder.put("a.json", "not traces");
    assert_eq!(onto("zipkin-json").code, Some(1));
    assert_eq!(
        fs::read(folder.path("a.json")).expect("a file"),
        b"not traces"
    );
}

/// The line on standard error, the table and the summary count the same, with
/// what the facts reveal.
#[test]
fn every_issue_is_counted() {
    let folder = Folder::new("counted");
    let text = "shop GET 0..100\n  cart Get 50..150\nlost work 0..0 parent=77\n  x y 500..600\n";
    folder.put("a.txt", text);
    let sum = |rows: &serde_json::Value| {
        let rows = rows.as_array().expect("rows").iter();
        rows.filter_map(|row| row["count"].as_u64()).sum::<u64>()
    };
    let issues = folder.run(&["issues", "a.txt", "--format", "json"]).done();
    let summary = folder.run(&["summary", "a.txt", "--format", "json"]).done();
    let total = sum(&issues.json()["rows"]);
    assert!(total >= 4, "{issues:?}");
    assert_eq!(sum(&summary.json()["issues"]), total);
    for run in [&issues, &summary] {
        assert!(run.err.ends_with(&format!(", {total} issues\n")), "{run:?}");
    }
    folder.put("b.txt", "shop GET 0..100\n  cart Get 50..150\n");
    let strict = folder.run(&["traces", "b.txt", "--strict"]);
    assert!(
        strict.err.starts_with("spanwise: 1 issue: clipped_child ("),
        "{strict:?}"
    );
    assert_eq!(strict.code, Some(1));
}

#[test]
fn the_number_of_threads_does_not_show() {
    let folder = Folder::new("threads");
    for part in ["1", "2"] {
        let file = format!("{part}.json");
        let args = [
            "simulate",
            "--requests",
            "1500",
            "--seed",
            part,
            "-q",
            "-o",
            &file,
        ];
        folder.run(&args).done();
    }
    let ids = folder
        .run(&["traces", "1.json", "-q", "--format", "csv", "-n", "1"])
        .done();
    let id = ids
        .out
        .lines()
        .nth(1)
        .and_then(|line| line.split(',').next())
        .expect("an id");
    for args in [
        &["summary"][..],
        &["traces"],
        &["critical-path"],
        &["critical-path", "--by", "path"],
        &["critical-path", "--percentile", "90"],
        &["critical-path", "--trace", id],
        &["hotspots"],
        &["errors"],
        &["dependencies"],
        &["issues"],
        &["spans"],
        &["events"],
        &["links"],
        &["report"],
        &["compare"],
        &["trace", id],
        &["convert", "--to", "jaeger-json"],
    ] {
        let run = |threads| {
            let args = [args, &["1.json", "2.json", "--threads", threads]].concat();
            folder.run(&args).done()
        };
        let (one, three) = (run("1"), run("3"));
        assert!(!one.out.is_empty(), "{args:?}");
        assert!(one.out == three.out && one.err == three.err, "{args:?}");
    }
}

#[test]
fn numbers_that_make_no_sense_are_misuse() {
    let folder = Folder::new("misuse");
    folder.put("a.txt", "shop GET 0..100");
    for args in [
        &["traces", "a.txt", "--threads", "60000"][..],
        &["trace", "1", "a.txt", "--width", "1000000000"],
        &["simulate", "--system", "random:4000000000"],
        &["traces", "a.txt", "--min-duration", "99999999999999999999h"],
        &["critical-path", "a.txt", "--percentile", "NaN"],
    ] {
        let run = folder.run(args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
    }
    folder
        .run(&["traces", "a.txt", "--until", "9999-01-01"])
        .done();
}

#[test]
fn usage_names_the_command() {
    let folder = Folder::new("usage");
    let help = folder.run(&["simulate", "--help"]).done();
    assert!(
        help.out.contains("Usage: spanwise simulate [OPTIONS]\n"),
        "{}",
        help.out
    );
    let wrong = folder.run(&["simulate", "--nope"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.contains("Usage: spanwise simulate"),
        "{}",
        wrong.err
    );
}
