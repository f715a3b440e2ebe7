//! A scan that is interrupted anywhere and resumed gives what reading at once
//! gives.

use spanwise::analyses::{CriticalPath, Dependencies, EdgeView, Edges, Errors, Hotspots};
use spanwise::analyses::{IssueList, SpanList};
use spanwise::report::csv;
use spanwise::simulate::{Limit, Simulation};
use spanwise::{
    Analysis, Assembly, Error, ErrorKind, Progress, ReadOptions, Result, RowOptions, Scan, Table,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Stops a scan when it has been asked so often whether to.
struct Stop {
    asked: AtomicUsize,
    most: usize,
}

impl Progress for Stop {
    fn bytes(&self, _: u64, _: Option<u64>) {}

    fn cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.most
    }
}

/// A folder with exports, and one for what a scan has done.
struct Place {
    folder: TempDir,
}

impl Place {
    /// Exports in three formats, one compressed, one that is broken, and an
    /// archive.
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let place = Self { folder };
        fs::create_dir(place.exports()).expect("a folder");
        for (seed, name) in [(1, "jaeger-json"), (2, "otlp-json"), (3, "otlp-protobuf")] {
            fs::write(place.exports().join(name), export(name, seed, 250)).expect("room");
        }
        let packed = zstd::encode_all(&export("otlp-json", 4, 250)[..], 1).expect("memory");
        fs::write(place.exports().join("packed.zst"), packed).expect("room");
        let mut broken = export("otlp-json", 5, 250);
        broken.truncate(broken.len() - 40);
        fs::write(place.exports().join("broken"), broken).expect("room");
        fs::write(place.exports().join("none"), "a,b,c").expect("room");
        let entries = [
            ("first", export("otlp-json", 7, 150)),
            ("second", b"a,b,c".to_vec()),
            ("third", export("jaeger-json", 8, 100)),
        ];
        fs::write(place.exports().join("tar"), tar(&entries)).expect("room");
        place
    }

    fn exports(&self) -> PathBuf {
        self.folder.path().join("exports")
    }

    fn done(&self) -> PathBuf {
        self.folder.path().join("done")
    }

    /// A scan in next to no memory.
    fn scan(&self) -> Scan {
        let read = ReadOptions::default().piece_bytes(6_000).threads(2);
        spanwise::scan([self.exports().as_path()])
            .read_options(read)
            .memory_bytes(150_000)
    }

    /// The scan that is resumed, and stopped after being asked so often.
    fn stopping(&self, most: usize) -> Scan {
        let asked = AtomicUsize::new(0);
        let stop = Arc::new(Stop { asked, most });
        let read = ReadOptions::default().piece_bytes(6_000).threads(2);
        let scan = self.scan().read_options(read.progress(stop));
        scan.resume(self.done())
    }

    /// What a scan answers that is interrupted again and again, each time a bit
    /// later; how often it was asked whether to stop.
    fn interrupted<T>(&self, ask: impl Fn(Scan) -> Result<T>) -> (T, usize) {
        let mut most = 1;
        loop {
            match ask(self.stopping(most)) {
                Ok(answer) => return (answer, most),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}"),
            }
            most += 1 + most / 8;
        }
    }

    /// Interrupts a scan.
    fn halt(&self, when: When) {
        let halt = Halt {
            done: self.done(),
            when,
            lengths: Mutex::default(),
            partitions: AtomicUsize::new(0),
        };
        let read = ReadOptions::default().piece_bytes(6_000).threads(2);
        let scan = self.scan().read_options(read.progress(Arc::new(halt)));
        let error = refusal(scan.resume(self.done()).summary());
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        assert!(!spills(&self.done()).is_empty());
    }
}

/// Stops a scan by what it has done.
struct Halt {
    done: PathBuf,
    when: When,
    /// All lengths that the journal had.
    lengths: Mutex<BTreeSet<u64>>,
    /// The most partitions that there were.
    partitions: AtomicUsize,
}

/// When a scan is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// It has dealt for a while.
    Dealing,
    /// It has analysed a partition.
    Analysing,
    /// It has dealt a partition again.
    Divided,
}

impl Progress for Halt {
    fn bytes(&self, _: u64, _: Option<u64>) {}

    fn cancelled(&self) -> bool {
        let journal = fs::metadata(self.done.join("scan.journal"));
        let mut lengths = self.lengths.lock().expect("no panic");
        lengths.extend(journal.map(|meta| meta.len()));
        let spills = spills(&self.done);
        let most = self.partitions.fetch_max(spills.len(), Ordering::Relaxed);
        match self.when {
            When::Dealing => lengths.len() > 4,
            When::Analysing => spills.len() + 1 < most,
            When::Divided => spills.iter().any(|path| is_divided(path)) && spills.len() > most,
        }
    }
}

fn spills(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let is_spill = |path: &PathBuf| path.extension().is_some_and(|end| end == "spill");
    paths.filter(is_spill).collect()
}

/// True for a file such as `partition-3-1.spill`.
fn is_divided(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.matches('-').count() > 1
}

fn export(name: &str, seed: u64, spans: u64) -> Vec<u8> {
    let simulation = Simulation::default().seed(seed).limit(Limit::Spans(spans));
    let format = spanwise::format(name).expect("a format");
    let mut bytes = Vec::new();
    for batch in simulation.batch_spans(20).run().expect("the shop is sound") {
        format.write(&batch, &mut bytes).expect("memory");
        if name.ends_with("otlp-json") {
            bytes.push(b'\n');
        }
    }
    bytes
}

/// An archive of these files.
fn tar(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in entries {
        let mut header = [0; 512];
        let mut put =
            |at: usize, text: &str| header[at..][..text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644");
        put(124, &format!("{:011o}", content.len()));
        put(148, "        0");
        put(257, "ustar\u{0}00");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\u{0} ").as_bytes());
        archive.extend(header);
        archive.extend(content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.extend([0; 1024]);
    archive
}

fn text(table: &Table) -> String {
    let mut text = Vec::new();
    csv::write(table, &mut text).expect("memory");
    String::from_utf8(text).expect("text")
}

fn refusal<T>(answer: Result<T>) -> Error {
    answer.map(|_| ()).expect_err("it is refused")
}

#[test]
fn answers_do_not_depend_on_interrupts() {
    let place = Place::new();
    let traces = spanwise::read(place.exports().as_path()).expect("spans");
    let (path, hotspots) = (CriticalPath::default(), Hotspots::default());
    let (errors, calls) = (Errors::default(), Dependencies::default());
    let analyses: [&dyn Analysis; 4] = [&path, &hotspots, &errors, &calls];
    let (found, interrupts) = place.interrupted(|scan| scan.partials(&analyses));
    assert!(interrupts > 12, "{interrupts} are too few to tell");
    assert!(found.spilled_bytes() > 0);
    assert_eq!(found.summary(), traces.summary());
    let issues = IssueList::default();
    assert_eq!(
        text(&found.issue_list(&issues)),
        text(&traces.issues(&issues))
    );
    for (analysis, table) in analyses.iter().zip(traces.run(&analyses)) {
        let resumed = found.table(*analysis).expect("a partial");
        assert_eq!(text(&resumed), text(&table), "{}", analysis.name());
    }
    assert!(!place.done().exists(), "what was kept is removed");
}

#[test]
fn listings_do_not_depend_on_interrupts() {
    let place = Place::new();
    let traces = spanwise::read(place.exports().as_path()).expect("spans");
    let list = SpanList::default().attributes(["http.response.status_code"]);
    let (listed, interrupts) = place.interrupted(|scan| {
        let listed = scan.list(&list, &RowOptions::default())?;
        listed.table()
    });
    assert!(interrupts > 12, "{interrupts} are too few to tell");
    assert_eq!(text(&listed), text(&traces.list(&list)));
}

#[test]
fn what_is_found_first_is_resumed_too() {
    let place = Place::new();
    let traces = spanwise::read(place.exports().as_path()).expect("spans");
    let options = Edges::default().view(EdgeView::Linked);
    let (listed, interrupts) = place.interrupted(|scan| scan.edges(&options));
    assert!(interrupts > 12, "{interrupts} are too few to tell");
    assert_eq!(text(&listed), text(&traces.edges(&options)));
    let entries = fs::read_dir(place.folder.path()).expect("a folder");
    let left: Vec<_> = entries
        .map(|one| one.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["exports"], "what was kept is removed");
}

#[test]
fn input_of_whole_traces_is_resumed_too() {
    let place = Place::new();
    let (whole, read) = (place.folder.path().join("whole"), ReadOptions::default());
    let line = |n: u32| {
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{n:x}","spanId":"1","name":"GET","startTimeUnixNano":"5","endTimeUnixNano":"9{n}"}}]}}]}}]}}"#
        ) + "\n"
    };
    fs::write(&whole, (1..100).map(line).collect::<String>()).expect("room");
    let scan = |most| {
        let stop = Arc::new(Stop {
            asked: AtomicUsize::new(0),
            most,
        });
        spanwise::scan([whole.as_path()])
            .read_options(read.clone().piece_bytes(700).progress(stop))
            .memory_bytes(100_000)
            .assembly(Assembly::Complete)
            .resume(place.done())
    };
    let hotspots = Hotspots::default();
    let mut runs = (1..).map(|most| scan(most).run(&[&hotspots]));
    let tables = runs.find_map(Result::ok).expect("it ends");
    let expected = spanwise::read(whole.as_path()).expect("spans");
    assert_eq!(text(&tables[0]), text(&expected.hotspots(&hotspots)));
}

#[test]
fn another_scan_is_refused_by_name() {
    let place = Place::new();
    place.halt(When::Dealing);
    let scan = || place.stopping(usize::MAX);
    let hotspots = Hotspots::default();
    for (answer, name) in [
        (scan().memory_bytes(140_000).summary().map(|_| ()), "memory"),
        (scan().run(&[&hotspots]).map(|_| ()), "analyses"),
        (
            scan()
                .filter(spanwise::Filter::default().error(true))
                .summary()
                .map(|_| ()),
            "filter",
        ),
    ] {
        let error = refusal(answer);
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        let told = format!("was begun with {name}");
        assert!(error.to_string().contains(&told), "{error}");
    }
    assert!(scan().summary().is_ok(), "the same scan goes on");
}

#[test]
fn changed_inputs_are_refused_by_name() {
    let place = Place::new();
    let file = place.exports().join("broken");
    let content = fs::read(&file).expect("a file");
    place.halt(When::Analysing);
    let resumed = || place.stopping(usize::MAX).summary();
    let mut longer = content.clone();
    longer.extend(b" ");
    fs::write(&file, longer).expect("room");
    let error = refusal(resumed());
    assert!(
        error.to_string().contains("broken: not the same inputs"),
        "{error}"
    );
    let mut other = content.clone();
    other[content.len() / 2] ^= 1;
    fs::write(&file, other).expect("room");
    // All was dealt, so that nothing is read again but what looks different.
    let extra = place.exports().join("extra");
    fs::write(&extra, "shop GET 0..9").expect("room");
    let error = refusal(resumed());
    assert!(
        error.to_string().contains("extra: not the same inputs"),
        "{error}"
    );
    fs::remove_file(extra).expect("a file");
    fs::write(&file, content).expect("room");
    assert!(resumed().is_ok(), "what was written again is what it was");
}

#[test]
fn a_file_that_changes_without_growing_is_noticed() {
    let place = Place::new();
    let file = place.exports().join("broken");
    let content = fs::read(&file).expect("a file");
    place.halt(When::Dealing);
    let mut other = content.clone();
    other[content.len() / 2] ^= 1;
    fs::write(&file, other).expect("room");
    let error = refusal(place.stopping(usize::MAX).summary());
    assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
    assert!(
        error.to_string().contains("broken: it has changed"),
        "{error}"
    );
}

#[test]
fn damage_is_noticed() {
    for harm in [
        |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1),
        |bytes: &mut Vec<u8>| {
            let at = bytes.len() / 2;
            bytes[at] ^= 0x10;
        },
    ] {
        let place = Place::new();
        place.halt(When::Analysing);
        for spill in spills(&place.done()) {
            let mut bytes = fs::read(&spill).expect("a file");
            harm(&mut bytes);
            fs::write(&spill, bytes).expect("room");
        }
        let error = refusal(place.stopping(usize::MAX).summary());
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        assert!(error.to_string().contains("partition-"), "{error}");
    }
}

#[test]
fn a_journal_that_breaks_off_loses_its_last_entry_alone() {
    let place = Place::new();
    place.halt(When::Dealing);
    let journal = place.done().join("scan.journal");
    let bytes = fs::read(&journal).expect("a journal");
    fs::write(&journal, &bytes[..bytes.len() - 3]).expect("room");
    let found = place.stopping(usize::MAX).summary().expect("it goes on");
    let traces = spanwise::read(place.exports().as_path()).expect("spans");
    assert_eq!(found, traces.summary());
}

#[test]
fn partitions_that_are_dealt_again_are_resumed() {
    let place = Place::new();
    // The size of a compressed file tells too few partitions.
    let packed = zstd::encode_all(&export("otlp-json", 6, 9_000)[..], 3).expect("memory");
    fs::write(place.exports().join("large"), packed).expect("room");
    place.halt(When::Divided);
    assert!(spills(&place.done()).iter().any(|path| is_divided(path)));
    let found = place.stopping(usize::MAX).summary().expect("it goes on");
    let traces = spanwise::read(place.exports().as_path()).expect("spans");
    assert_eq!(found, traces.summary());
}

#[test]
fn a_folder_is_for_one_scan() {
    let place = Place::new();
    fs::create_dir(place.done()).expect("a folder");
    fs::write(place.done().join("letter.txt"), "dear").expect("room");
    let error = refusal(place.stopping(usize::MAX).summary());
    assert!(error.to_string().contains("must be its own"), "{error}");
    assert!(place.done().join("letter.txt").exists());
    let without = spanwise::scan([place.exports().as_path()]).resume(place.folder.path().join("x"));
    assert!(refusal(without.summary())
        .to_string()
        .contains("how much memory"));
}

/// Asks for its own scan while one is going on.
struct Nested {
    scan: Scan,
    refused: AtomicUsize,
}

impl Progress for Nested {
    fn bytes(&self, _: u64, _: Option<u64>) {
        let refused = self
            .scan
            .summary()
            .is_err_and(|error| error.to_string().contains("another scan"));
        self.refused
            .fetch_add(usize::from(refused), Ordering::Relaxed);
    }
}

#[test]
fn two_scans_at_once_are_refused() {
    let place = Place::new();
    let (scan, refused) = (place.stopping(usize::MAX), AtomicUsize::new(0));
    let nested = Arc::new(Nested { scan, refused });
    let read = ReadOptions::default()
        .piece_bytes(6_000)
        .progress(nested.clone());
    let scan = place.scan().read_options(read).resume(place.done());
    scan.summary().expect("spans");
    assert!(nested.refused.load(Ordering::Relaxed) > 0);
}
