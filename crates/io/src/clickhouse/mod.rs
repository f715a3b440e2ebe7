//! Exports of tables of traces from ClickHouse: the collector's `otel_traces`
//! with maps or with columns of JSON, and Jaeger's `spans`.
//!
//! They are read in the formats in which people export: CSV and TSV with or
//! without names and types, JSONEachRow and JSON; Parquet is read as any table
//! of spans in Parquet. Without a header, columns are those of the collector's
//! table in its order. Times without a zone are taken to be in UTC, and
//! durations count nanoseconds. Columns that say nothing of spans in general
//! are attributes.

mod delimited;
mod dialect;
mod json;
mod layout;
mod literal;
#[cfg(test)]
mod tests;

use crate::format::{Cut, Cutting, Ended, Format};
use dialect::Dialect;
use spanwise_model::{Result, SpanBatch};

/// CSV, with names, with names and types, or as it stands in the collector's
/// table.
///
/// ```
/// use spanwise_io::{read_batch, Input, ReadOptions};
/// let csv = "Timestamp,TraceId,SpanId,SpanName,Duration,SpanAttributes
/// \"2024-10-30 12:24:00.218138154\",a1,b2,GET,5,\"{'http.route':'/cart'}\"
/// ";
/// let batch = read_batch(&[Input::bytes(csv)], &ReadOptions::default())?;
/// assert_eq!(batch.sources[0].format, "clickhouse-csv");
/// assert_eq!(batch.head(0).start_unix_nano, 1_730_291_040_218_138_154);
/// assert_eq!(batch.head(0).end_unix_nano, Some(1_730_291_040_218_138_159));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ClickHouseCsv;

/// TSV, with names, with names and types, or as it stands in the collector's
/// table.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClickHouseTsv;

/// JSONEachRow, in lines or in one list, and JSON with its `data`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClickHouseJson;

impl Format for ClickHouseCsv {
    fn name(&self) -> &'static str {
        "clickhouse-csv"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        delimited::recognises(head, Dialect::Commas)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read(bytes, Dialect::Commas, batch)
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        delimited::cut(window, cutting, Dialect::Commas)
    }
}

impl Format for ClickHouseTsv {
    fn name(&self) -> &'static str {
        "clickhouse-tsv"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        delimited::recognises(head, Dialect::Tabs)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read(bytes, Dialect::Tabs, batch)
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        delimited::cut(window, cutting, Dialect::Tabs)
    }
}

impl Format for ClickHouseJson {
    fn name(&self) -> &'static str {
        "clickhouse-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        json::recognises(head)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch)
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
    }
}

fn read(bytes: &[u8], dialect: Dialect, batch: &mut SpanBatch) -> Result<Ended> {
    crate::json::read(bytes, batch, |text, batch| {
        delimited::read(text, dialect, batch)
    })
}
