//! What the fuzz targets check: nothing panics, readers give no more spans than
//! they were given bytes, and results do not depend on the order of records.

pub mod partials;
pub mod spans;

use spans::Spans;
use spanwise::analyses::{
    CriticalPath, CriticalPathBy, Dependencies, Errors, EventList, Hotspots, IssueList, LinkList,
    SpanList, TraceList,
};
use spanwise::model::IssueKind;
use spanwise::{ErrorKind, Input, Limits, Query, ReadOptions, SpanBatch, Table, Traces};
use std::sync::{Once, OnceLock};

/// Reads bytes as one format, then assembles and analyses what was read, and
/// writes it down again where the format is written.
pub fn read_format(name: &str, bytes: &[u8]) {
    let format = spanwise::format(name).expect("a format of ours");
    format.recognises(bytes);
    let mut batch = SpanBatch::default();
    if format.read(bytes, &mut batch).is_err() {
        return;
    }
    assert!(batch.len() <= bytes.len(), "more spans than bytes");
    if let Some(write) = format.writer() {
        write(&batch, &mut Vec::new()).expect("memory");
    }
    if !batch.is_empty() {
        analyse(batch);
    }
}

/// Reads bytes as a format of columns, as [`read_format`] does.
pub fn read_columns(name: &str, bytes: &[u8]) {
    pass_over_libraries();
    read_format(name, bytes);
}

/// The libraries that read columns panic over what is forged, which readers
/// catch: such a panic is no finding.
fn pass_over_libraries() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let file = panic.location().map_or("", |place| place.file());
            let libraries = ["/parquet-", "/arrow-", "/bytes-", "/snap-", "/flatbuffers-", "/library/"];
            if !libraries.iter().any(|library| file.contains(library)) {
                eprintln!("{panic}");
                std::process::abort();
            }
        }));
    });
}

/// Decompresses and guesses, as for a file of which nothing is known.
pub fn read_any(bytes: &[u8]) {
    pass_over_libraries();
    if let Ok(traces) = spanwise::read_with([Input::bytes(bytes)], &limited()) {
        assert!(traces.table().len() <= 2 << 20, "more spans than the limit");
        tables(&traces);
    }
}

/// Reads in pieces, and scans in next to no memory, as a file of which nothing
/// is known; the first byte says how long the pieces are. Where no record is
/// broken, both find the same.
pub fn scan(bytes: &[u8]) {
    pass_over_libraries();
    let Some((&size, bytes)) = bytes.split_first() else {
        return;
    };
    let pieces = limited().piece_bytes(usize::from(size) + 1);
    let input = Input::bytes(bytes);
    agree([input.clone(), input], pieces);
}

/// Scans bytes as a file on disk, where formats of columns are read row group by
/// row group, and reads them as they are in memory, where they are read as a whole.
pub fn scan_file(bytes: &[u8]) {
    pass_over_libraries();
    let path = std::env::temp_dir().join(format!("spanwise-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("room");
    let whole = Input::Bytes {
        name: path.display().to_string(),
        bytes: bytes.into(),
    };
    agree([whole, Input::Path(path)], limited());
}

fn limited() -> ReadOptions {
    let limits = Limits::default().file_bytes(1 << 20).ratio(100);
    ReadOptions::default().threads(1).limits(limits)
}

/// Reads an input, and scans one of the same bytes. Where no record is broken, both
/// find the same.
fn agree([read, scanned]: [Input; 2], options: ReadOptions) {
    let traces = spanwise::read_with([read], &options);
    let hotspots = Hotspots::default();
    let scan = spanwise::scan([scanned]).read_options(options);
    let scanned = scan.memory_bytes(1).partials(&[&hotspots]);
    if let (Ok(traces), Ok(scanned)) = (traces, scanned) {
        let is_broken = |issue: IssueKind| {
            use IssueKind::{InvalidUtf8, MalformedRecord, TruncatedFile};
            matches!(issue, InvalidUtf8 | MalformedRecord | TruncatedFile)
        };
        let mut issues = scanned.issues().iter();
        if !issues.any(|(issue, ..)| is_broken(issue))
            && !traces
                .summary()
                .issues
                .iter()
                .any(|row| is_broken(row.issue))
        {
            assert_eq!(
                scanned.summary(),
                traces.summary(),
                "a scan finds something else"
            );
        }
    }
}

/// Reads an expression; one that is sound reads the same when it is written, and
/// has no more matches than there are spans. Written it may be some times as
/// long, and there is a longest expression.
pub fn query(text: &str) {
    if text.len() > 1 << 13 {
        return;
    }
    const SPANS: &str = "shop GET 0..100 server\n  cart Get 10..60 client error link=1 a=b\n  \
        cache get 60..60\n  db SELECT 60..90\n    db row 60..90 link=2 n=5\ntrace 2\nshop GET 5..";
    static TRACES: OnceLock<Traces> = OnceLock::new();
    let traces = TRACES.get_or_init(|| spanwise::notation(SPANS).expect("spans"));
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Usage),
    };
    let again = Query::parse(&query.to_string());
    assert!(again.is_ok_and(|again| again == query), "{query}");
    assert!(traces.list(&query).rows() <= traces.table().len(), "too many matches");
}

/// Assembles spans that no reader would give, in two orders, and compares.
pub fn assemble_analyze(spans: &Spans) {
    let forward = analyse(spans.batch(false));
    let backward = analyse(spans.batch(true));
    assert_eq!(forward, backward, "the order of records shows");
}

fn analyse(batch: SpanBatch) -> Vec<Table> {
    let records = batch.len();
    let traces = Traces::from_batch(batch).expect("few spans");
    assert!(traces.table().len() <= 2 * records, "rows out of nowhere");
    tables(&traces)
}

/// All tables that can be asked for.
fn tables(traces: &Traces) -> Vec<Table> {
    let by = |by| CriticalPath::default().by(by);
    let mut tables = traces.run(&[
        &by(CriticalPathBy::Operation),
        &by(CriticalPathBy::Service),
        &by(CriticalPathBy::Path),
        &Hotspots::default(),
        &Errors::default(),
        &Dependencies::default(),
    ]);
    tables.push(traces.traces(&TraceList::default()));
    tables.push(traces.spans(&SpanList::default()));
    tables.push(traces.events(&EventList::default()));
    tables.push(traces.links(&LinkList::default()));
    tables.push(traces.issues(&IssueList::default()));
    check_tiles(traces);
    tables
}

/// The tiles of a trace's critical path fill its root exactly.
fn check_tiles(traces: &Traces) {
    for trace in traces.iter() {
        let tiles = trace.critical_path();
        assert!(!tiles.is_empty(), "an empty path");
        for pair in tiles.windows(2) {
            assert_eq!(
                pair[0].to_unix_nano, pair[1].from_unix_nano,
                "a gap in the path"
            );
        }
    }
}
