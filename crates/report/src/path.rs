//! The critical path of one trace: the document and the table of its segments.
//!
//! Tiles that follow each other on one span are one segment, so the list reads
//! as the request ran: who held it, from when to when.

use serde::Serialize;
use spanwise_analyze::facts::critical_path::Tile;
use spanwise_analyze::facts::time_kind::Piece;
use spanwise_analyze::facts::TypedPath;
use spanwise_model::{ColumnData, Span, Table, Trace};

/// The critical path of a component of a trace, as `critical-path --trace`
/// gives it. The segments' lengths sum to `duration_ns`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TracePath {
    /// The trace's id.
    pub trace_id: String,
    /// The top span whose interval the segments fill.
    pub root_span_id: String,
    /// The length of the path.
    pub duration_ns: u64,
    /// Whether the trace is one whole component under a root.
    pub complete: bool,
    /// Whether the path stays the same whatever clocks leave open; nothing where
    /// clocks are not compared and it hangs on them. See [`TypedPath::robust`].
    pub robust: Option<bool>,
    /// The path in the order of time.
    pub segments: Vec<Segment>,
    /// The components of the trace that the path says nothing about.
    pub other_components: Vec<Component>,
}

/// A time during which one span held the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// The span.
    pub span_id: String,
    /// Its service.
    pub service: String,
    /// Its operation.
    pub operation: String,
    /// The beginning, nanoseconds since the epoch.
    pub start_unix_nano: i64,
    /// The end, nanoseconds since the epoch.
    pub end_unix_nano: i64,
    /// Another span could have been chosen as well.
    pub tied: bool,
    /// A blocking child of the span ran during a part of it.
    pub overlapped: bool,
    /// The span was cut to its parent.
    pub clipped: bool,
    /// What the time was spent on, in the order of time; neighbours of one kind
    /// are one.
    pub time_kinds: Vec<TimeShare>,
    /// Siblings of the span with the same end: each could stand in its place.
    pub co_critical: Vec<String>,
}

/// A time of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeShare {
    /// The kind, such as `own_work`; see
    /// [`spanwise_analyze::facts::time_kind::TimeKind`].
    pub time_kind: &'static str,
    /// How long.
    pub duration_ns: u64,
}

/// A component beside the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Component {
    /// Its top span.
    pub root_span_id: String,
    /// `root`, `orphan` or `cycle_head`.
    pub kind: &'static str,
    /// The duration of its top span.
    pub duration_ns: u64,
    /// How many spans it has.
    pub spans: usize,
}

impl TracePath {
    /// The path under `top`.
    #[must_use]
    pub fn new(trace: Trace<'_>, top: Span<'_>, path: &TypedPath) -> Self {
        let others = trace.tops().filter(|other| other.row() != top.row());
        let mut pieces = path.pieces.iter().peekable();
        let segments = merge(&path.tiles).into_iter().map(|tile| {
            let mut segment = Segment::of(trace, &tile);
            while let Some(piece) = pieces.next_if(|piece| is_within(piece, &tile)) {
                segment.add(piece);
            }
            segment.co_critical = ids_beside(trace, tile.row, path);
            segment
        });
        Self {
            trace_id: trace.id_text().into_owned(),
            root_span_id: top.id_text().into_owned(),
            duration_ns: path.tiles.iter().map(|tile| tile.duration_nano()).sum(),
            complete: trace.is_complete(),
            robust: path.robust,
            segments: segments.collect(),
            other_components: others.map(Component::of).collect(),
        }
    }

    /// The segments, one row each, with their durations and shares.
    #[must_use]
    pub fn table(&self) -> Table {
        let names =
            |get: fn(&Segment) -> &str| ColumnData::Name(self.segments.iter().map(get).collect());
        let times =
            |get: fn(&Segment) -> i64| ColumnData::Time(self.segments.iter().map(get).collect());
        let flags =
            |get: fn(&Segment) -> bool| ColumnData::Bool(self.segments.iter().map(get).collect());
        let lists = |get: fn(&Segment) -> Vec<String>| {
            ColumnData::TextList(self.segments.iter().map(get).map(Some).collect())
        };
        let ids = self.segments.iter().map(|segment| Some(&segment.span_id));
        let durations = self
            .segments
            .iter()
            .map(|s| i64::try_from(s.duration_ns()).ok());
        let shares = self.segments.iter().map(|segment| self.share(segment));
        Table::new()
            .with("start", times(|segment| segment.start_unix_nano))
            .with("end", times(|segment| segment.end_unix_nano))
            .with("duration", ColumnData::Duration(durations.collect()))
            .with("share", ColumnData::F64(shares.collect()))
            .with("service", names(|segment| &segment.service))
            .with("operation", names(|segment| &segment.operation))
            .with("span_id", ColumnData::Text(ids.collect()))
            .with("tied", flags(|segment| segment.tied))
            .with("overlapped", flags(|segment| segment.overlapped))
            .with("clipped", flags(|segment| segment.clipped))
            .with("time_kinds", lists(Segment::kinds))
            .with("co_critical", lists(|segment| segment.co_critical.clone()))
    }

    fn share(&self, segment: &Segment) -> Option<f64> {
        (self.duration_ns > 0).then(|| segment.duration_ns() as f64 / self.duration_ns as f64)
    }
}

impl Segment {
    fn of(trace: Trace<'_>, tile: &Tile) -> Self {
        let span = Span::new(trace.table(), tile.row);
        Self {
            span_id: span.id_text().into_owned(),
            service: span.service().to_owned(),
            operation: span.operation().to_owned(),
            start_unix_nano: tile.from_unix_nano,
            end_unix_nano: tile.to_unix_nano,
            tied: tile.tied,
            overlapped: tile.overlapped,
            clipped: tile.clipped,
            time_kinds: Vec::new(),
            co_critical: Vec::new(),
        }
    }

    fn add(&mut self, piece: &Piece) {
        let (time_kind, duration_ns) = (piece.kind.name(), piece.duration_nano());
        match self
            .time_kinds
            .last_mut()
            .filter(|last| last.time_kind == time_kind)
        {
            Some(last) => last.duration_ns += duration_ns,
            None => self.time_kinds.push(TimeShare {
                time_kind,
                duration_ns,
            }),
        }
    }

    /// The names of its kinds of time.
    fn kinds(&self) -> Vec<String> {
        let kinds = self.time_kinds.iter();
        kinds.map(|share| share.time_kind.to_owned()).collect()
    }

    fn duration_ns(&self) -> u64 {
        self.end_unix_nano.abs_diff(self.start_unix_nano)
    }
}

impl Component {
    fn of(top: Span<'_>) -> Self {
        Self {
            root_span_id: top.id_text().into_owned(),
            kind: top.top_kind().name(),
            duration_ns: top.duration_nano(),
            spans: top.subtree().len(),
        }
    }
}

fn is_within(piece: &Piece, tile: &Tile) -> bool {
    piece.row == tile.row && piece.to_unix_nano <= tile.to_unix_nano
}

/// The siblings that could stand in the place of a span.
fn ids_beside(trace: Trace<'_>, row: u32, path: &TypedPath) -> Vec<String> {
    let from = path.co_critical.partition_point(|pair| pair.0 < row);
    let pairs = path.co_critical[from..]
        .iter()
        .take_while(|pair| pair.0 == row);
    let id = |pair: &(u32, u32)| Span::new(trace.table(), pair.1).id_text().into_owned();
    pairs.map(id).collect()
}

fn merge(tiles: &[Tile]) -> Vec<Tile> {
    let mut merged: Vec<Tile> = Vec::with_capacity(tiles.len());
    for tile in tiles {
        match merged.last_mut() {
            Some(last) if last.row == tile.row => {
                last.to_unix_nano = tile.to_unix_nano;
                last.tied |= tile.tied;
                last.overlapped |= tile.overlapped;
                last.clipped |= tile.clipped;
            }
            _ => merged.push(*tile),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_io::{assemble::assemble, notation::parse};

    fn tile(row: u32, from: i64, to: i64) -> Tile {
        Tile {
            row,
            from_unix_nano: from,
            to_unix_nano: to,
            tied: false,
            overlapped: row == 0,
            clipped: false,
        }
    }

    #[test]
    fn the_document_is_the_contract() {
        let notation = "
a GET / 0ns..10ns id=1
  b SELECT 2ns..4ns id=2
late job 50ns..51ns parent=99 id=3
";
        let table = assemble(parse(notation)).expect("a small table");
        let trace = table.trace(0);
        let tiles = vec![tile(0, 0, 1), tile(0, 1, 2), tile(1, 2, 4), tile(0, 4, 10)];
        let facts = spanwise_analyze::facts::compute(&table, &spanwise_analyze::Policy::default());
        let mut path = TypedPath::of(trace.primary(), &facts);
        path.tiles = tiles;
        let path = TracePath::new(trace, trace.primary(), &path);
        let mut out = Vec::new();
        crate::json::write_object(&path, &mut out).expect("a vector takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r#"{"version":1,"trace_id":"00000000000000000000000000000001","root_span_id":"0000000000000001","duration_ns":10,"complete":false,"robust":null,"segments":[{"span_id":"0000000000000001","service":"a","operation":"GET /","start_unix_nano":0,"end_unix_nano":2,"tied":false,"overlapped":true,"clipped":false,"time_kinds":[{"time_kind":"gap","duration_ns":2}],"co_critical":[]},{"span_id":"0000000000000002","service":"b","operation":"SELECT","start_unix_nano":2,"end_unix_nano":4,"tied":false,"overlapped":false,"clipped":false,"time_kinds":[{"time_kind":"own_work","duration_ns":2}],"co_critical":[]},{"span_id":"0000000000000001","service":"a","operation":"GET /","start_unix_nano":4,"end_unix_nano":10,"tied":false,"overlapped":true,"clipped":false,"time_kinds":[{"time_kind":"gap","duration_ns":6}],"co_critical":[]}],"other_components":[{"root_span_id":"0000000000000003","kind":"orphan","duration_ns":1,"spans":1}]}"#);
        let sum: u64 = path.segments.iter().map(Segment::duration_ns).sum();
        assert_eq!(sum, path.duration_ns);
        assert_eq!(path.table().rows(), path.segments.len());
    }
}
