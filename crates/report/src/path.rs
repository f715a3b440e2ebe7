//! The critical path of one trace: the document and the table of its segments.
//!
//! Tiles that follow each other on one span are one segment, so the list reads
//! as the request ran: who held it, from when to when.

use serde::Serialize;
use spanwise_analyze::facts::critical_path::Tile;
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
    /// The path under `top` from its tiles in the order of time.
    #[must_use]
    pub fn new(trace: Trace<'_>, top: Span<'_>, tiles: &[Tile]) -> Self {
        let others = trace.tops().filter(|other| other.row() != top.row());
        let merged = merge(tiles);
        Self {
            trace_id: trace.id_text().into_owned(),
            root_span_id: top.id_text().into_owned(),
            duration_ns: tiles.iter().map(|tile| tile.duration_nano()).sum(),
            complete: trace.is_complete(),
            segments: merged.iter().map(|tile| Segment::of(trace, tile)).collect(),
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
        }
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
        let tiles = [tile(0, 0, 1), tile(0, 1, 2), tile(1, 2, 4), tile(0, 4, 10)];
        let path = TracePath::new(trace, trace.primary(), &tiles);
        let mut out = Vec::new();
        crate::json::write_object(&path, &mut out).expect("a vector takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r#"{"version":1,"trace_id":"00000000000000000000000000000001","root_span_id":"0000000000000001","duration_ns":10,"complete":false,"segments":[{"span_id":"0000000000000001","service":"a","operation":"GET /","start_unix_nano":0,"end_unix_nano":2,"tied":false,"overlapped":true,"clipped":false},{"span_id":"0000000000000002","service":"b","operation":"SELECT","start_unix_nano":2,"end_unix_nano":4,"tied":false,"overlapped":false,"clipped":false},{"span_id":"0000000000000001","service":"a","operation":"GET /","start_unix_nano":4,"end_unix_nano":10,"tied":false,"overlapped":true,"clipped":false}],"other_components":[{"root_span_id":"0000000000000003","kind":"orphan","duration_ns":1,"spans":1}]}"#);
        let sum: u64 = path.segments.iter().map(Segment::duration_ns).sum();
        assert_eq!(sum, path.duration_ns);
        assert_eq!(path.table().rows(), path.segments.len());
    }
}
