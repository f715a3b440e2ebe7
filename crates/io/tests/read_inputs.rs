//! Inputs of every kind, through the one way in.

mod common;

use spanwise_io::{read_batch, read_table, Input, Limits, Progress, ReadOptions};
use spanwise_model::{AttributeKeep, Error, ErrorKind, IssueKind, SpanBatch};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("read-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, bytes).expect("written");
        path
    }

    fn pattern(&self, pattern: &str) -> Input {
        Input::from(self.0.join(pattern))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn document(span: u64) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"{span:016x}","name":"op","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[{{"key":"k","value":{{"stringValue":"v"}}}}]}}]}}]}}]}}"#
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("compressed")
}

fn read(inputs: &[Input]) -> Result<SpanBatch, Error> {
    read_batch(inputs, &ReadOptions::default())
}

fn ids(batch: &SpanBatch) -> Vec<u64> {
    batch
        .placements
        .iter()
        .map(|place| &place.span_id)
        .map(|id| id.0)
        .collect()
}

fn failure(inputs: &[Input], options: &ReadOptions) -> (ErrorKind, String) {
    let error = read_batch(inputs, options).expect_err("a failure");
    (error.kind(), error.to_string())
}

#[test]
fn folders_patterns_and_files_are_read_in_the_order_of_paths() {
    let folder = Folder::new("order");
    folder.put("b/2.json", document(2));
    folder.put("a/1.json.gz", document(1));
    let last = folder.put("c.bin", document(3));
    folder.put(".hidden/4.json", document(4));
    folder.put("b/.5.json", document(5));
    let whole = read(&[folder.pattern("")]).expect("spans");
    assert_eq!(ids(&whole), [1, 2, 3]);
    assert_eq!(whole.sources.len(), 3);
    assert_eq!(whole.sources[2].path, last.display().to_string());
    assert_eq!(whole.sources[2].records, 2..3);
    assert_eq!(
        ids(&read(&[folder.pattern("**/*.json*")]).expect("spans")),
        [1, 2]
    );
    assert_eq!(
        ids(&read(&[folder.pattern("*/2.json")]).expect("spans")),
        [2]
    );
    let thrice = [folder.pattern(""), last.clone().into(), last.into()];
    assert_eq!(ids(&read(&thrice).expect("spans")), [1, 2, 3]);
}

#[test]
fn compression_is_told_by_bytes_and_streams_may_follow_each_other() {
    let (one, two) = (document(1), document(2));
    let both = |pack: fn(&[u8]) -> Vec<u8>| [pack(one.as_bytes()), pack(two.as_bytes())].concat();
    let marked = format!("\u{feff}{one}\n{two}");
    for bytes in [
        both(gzip),
        both(zstd),
        gzip(marked.as_bytes()),
        marked.clone().into(),
    ] {
        assert_eq!(ids(&read(&[Input::bytes(bytes)]).expect("spans")), [1, 2]);
    }
}

#[test]
fn a_cut_stream_gives_what_could_be_decompressed() {
    let lines: String = (1..2000).map(|span| document(span) + "\n").collect();
    for packed in [gzip(lines.as_bytes()), zstd(lines.as_bytes())] {
        let batch = read(&[Input::bytes(&packed[..packed.len() * 3 / 4])]).expect("spans");
        assert!(batch.len() > 100 && batch.len() < 1999, "{}", batch.len());
        assert!(batch.sources[0].truncated);
        assert_eq!(batch.issues.count(IssueKind::TruncatedFile), 1);
    }
}

#[test]
fn what_is_missing_or_empty_is_named() {
    let folder = Folder::new("missing");
    let empty = folder.put("empty.json", "");
    let text = folder.put("notes.txt", "hello");
    let logs = folder.put("logs.json", r#"{"resourceLogs":[]}"#);
    let options = ReadOptions::default();
    let absent = folder.0.join("absent.json");
    for (input, kind) in [
        (absent, ErrorKind::NotFound),
        (folder.0.join("*.gz"), ErrorKind::NotFound),
        (empty, ErrorKind::NoSpans),
        (text, ErrorKind::Format),
        (logs, ErrorKind::NoSpans),
        (folder.0.clone(), ErrorKind::NoSpans),
    ] {
        let name = input.display().to_string();
        let (found, message) = failure(&[input.into()], &options);
        assert_eq!(found, kind, "{message}");
        assert!(message.contains(&name), "{message}");
    }
    assert_eq!(failure(&[], &options).0, ErrorKind::Usage);
}

#[test]
fn unknown_files_in_a_folder_are_issues() {
    let folder = Folder::new("unknown");
    folder.put("1.json", document(1));
    folder.put("empty", "");
    folder.put("notes.txt", "hello");
    let batch = read(&[folder.pattern("")]).expect("spans");
    assert_eq!(batch.issues.count(IssueKind::UnknownFormat), 2);
    let strict = ReadOptions::default().strict(true);
    let (kind, message) = failure(&[folder.pattern("")], &strict);
    assert_eq!(kind, ErrorKind::Strict);
    assert!(message.contains("unknown_format"), "{message}");
}

#[test]
fn a_folder_without_spans_is_told_beside_one_with_spans() {
    let (full, bare) = (Folder::new("full"), Folder::new("bare"));
    full.put("1.json", document(1));
    bare.put("notes.txt", "hello");
    let (kind, message) = failure(
        &[full.pattern(""), bare.pattern("")],
        &ReadOptions::default(),
    );
    assert_eq!(kind, ErrorKind::NoSpans);
    assert!(message.contains("bare"), "{message}");
}

#[test]
fn limits_name_the_file_and_themselves() {
    let zeros = zstd(&vec![b' '; 200 << 20]);
    let long = document(1).replace("\"op\"", &format!("\"{}\"", "x".repeat(5000)));
    let many = document(1).replace(
        "[{\"key\"",
        &format!("[{}{{\"key\"", "{\"key\":\"a\"},".repeat(50)),
    );
    let limits = Limits::default();
    for (bytes, limits, name) in [
        (zeros.clone(), limits, "ratio"),
        (zeros, limits.file_bytes(1 << 20), "file_bytes"),
        (long.into(), limits.text_bytes(1000), "text_bytes"),
        (many.into(), limits.attributes(10), "attributes"),
        ("[".repeat(5000).into(), limits, "depth"),
    ] {
        let options = ReadOptions::default().limits(limits).format("otlp-json");
        let (kind, message) = failure(&[Input::bytes(bytes)], &options);
        assert_eq!(kind, ErrorKind::Limit, "{message}");
        assert!(
            message.contains("<bytes>") && message.contains(name),
            "{message}"
        );
    }
}

#[test]
fn a_text_of_a_hundred_megabytes_is_a_limit() {
    let long = document(1).replace("\"v\"", &format!("\"{}\"", "x".repeat(100 << 20)));
    let (kind, _) = failure(&[Input::bytes(long)], &ReadOptions::default());
    assert_eq!(kind, ErrorKind::Limit);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = Folder::new("threads");
    for span in 1..60 {
        let padding = " ".repeat(1 << 18);
        folder.put(
            &format!("{span:02}.json"),
            document(span) + &padding + "\n oops",
        );
    }
    let batch = |threads| {
        let options = ReadOptions::default().threads(threads);
        read_batch(&[folder.pattern("")], &options).expect("spans")
    };
    let (one, four) = (batch(1), batch(4));
    assert_eq!(one.len(), 59);
    assert_eq!(common::lines(&one), common::lines(&four));
    assert_eq!(one.issues, four.issues);
    assert_eq!(one.sources, four.sources);
    assert!(one.strings.iter().eq(four.strings.iter()));
}

#[test]
fn attributes_are_kept_as_chosen() {
    let kept = |keep| {
        let options = ReadOptions::default().attributes(keep);
        let batch = read_batch(&[Input::bytes(document(1))], &options);
        batch.expect("spans").attributes(0).count()
    };
    assert_eq!(kept(AttributeKeep::All), 1);
    assert_eq!(kept(AttributeKeep::Keys(vec!["k".into()])), 1);
    assert_eq!(kept(AttributeKeep::None), 0);
}

#[derive(Default)]
struct Watch {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: bool,
}

impl Progress for Watch {
    fn bytes(&self, done: u64, total: Option<u64>) {
        self.done.fetch_max(done, Ordering::Relaxed);
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.cancelled
    }
}

#[test]
fn progress_is_told_and_a_read_can_be_stopped() {
    let folder = Folder::new("progress");
    let size = document(1).len() as u64 * 2;
    folder.put("1.json", document(1));
    folder.put("2.json", document(2));
    let watch = Arc::new(Watch::default());
    let options = ReadOptions::default().progress(watch.clone());
    read_batch(&[folder.pattern("")], &options).expect("spans");
    assert_eq!(watch.done.load(Ordering::Relaxed), size);
    assert_eq!(watch.total.load(Ordering::Relaxed), size);
    let stopped = Arc::new(Watch {
        cancelled: true,
        ..Watch::default()
    });
    let options = ReadOptions::default().progress(stopped);
    assert_eq!(
        failure(&[folder.pattern("")], &options).0,
        ErrorKind::Cancelled
    );
}

#[test]
fn a_format_may_be_named() {
    let named = |name: &str| {
        let options = ReadOptions::default().format(name);
        read_batch(&[Input::bytes(document(1))], &options)
    };
    assert_eq!(
        named("otlp-json").expect("spans").sources[0].format,
        "otlp-json"
    );
    let error = named("oltp").expect_err("no such format");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("otlp-json"), "{error}");
}

#[cfg(unix)]
#[test]
fn pipes_links_and_locked_files_in_a_folder_do_not_stop_it() {
    use std::os::unix::fs::{symlink, PermissionsExt};
    let folder = Folder::new("special");
    let file = folder.put("1.json", document(1));
    symlink(&file, folder.0.join("0.json")).expect("a link");
    symlink(&folder.0, folder.0.join("loop")).expect("a link");
    let pipe = folder.0.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    let locked = folder.put("locked.json", document(2));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("locked");
    let batch = read(&[folder.pattern("")]).expect("spans");
    assert!(ids(&batch).contains(&1));
    assert_eq!(ids(&batch).iter().filter(|&&id| id == 1).count(), 1);
    assert!(batch.issues.count(IssueKind::UnreadableFile) >= 1);
    if fs::File::open(&locked).is_err() {
        let (kind, message) = failure(&[locked.into()], &ReadOptions::default());
        assert_eq!(kind, ErrorKind::Io);
        assert!(message.contains("locked.json"), "{message}");
    }
}

#[test]
fn tables_are_read_in_one_go() {
    let table = read_table(&[Input::bytes(document(1))], &ReadOptions::default()).expect("spans");
    assert_eq!(table.len(), 1);
}
