//! Call trees as files of other tools: folded stacks and speedscope profiles.
//!
//! Both are lists of stacks with a weight each. Rows of a call tree stand in
//! its order, so the stack of a row is what is left of the one before, cut to
//! its depth, and no path is ever searched.

use serde::Serialize;
use spanwise_model::table::Cell;
use spanwise_model::{Error, ErrorKind, Result, Table};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the width of a frame stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weight {
    /// Self times, in nanoseconds: a frame is as wide as the work under it.
    #[default]
    ExclusiveTime,
    /// Critical times, in nanoseconds: all frames together are the requests.
    CriticalTime,
    /// Calls.
    Calls,
    /// Calls that err.
    Errors,
}

impl Weight {
    /// The column of the call tree that it is.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Self::ExclusiveTime => "exclusive_time",
            Self::CriticalTime => "critical_time",
            Self::Calls => "calls",
            Self::Errors => "errors",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::ExclusiveTime | Self::CriticalTime => "nanoseconds",
            Self::Calls | Self::Errors => "none",
        }
    }
}

/// A call tree as folded stacks, a line each: frames with `;` between, a space
/// and the weight. Programs that draw flame graphs read it.
///
/// ```
/// # use spanwise_analyze::{analyses::CallTree, facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// use spanwise_report::flame::{folded, Weight};
///
/// let spans = assemble(parse("shop GET 0..100\n  cart Get 10..60"))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let tree = CallTree::default();
/// let table = tree.finish(&run(&spans, &[0], &facts, &[&tree])[0]);
/// let text = folded(&table, Weight::default())?;
/// assert_eq!(text, "shop GET 50000000\nshop GET;cart Get 50000000\n");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where the table is no call tree.
pub fn folded(table: &Table, weight: Weight) -> Result<String> {
    let mut text = String::new();
    for (stack, weight) in stacks(table, weight)? {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{} {weight}", stack.join(";"));
    }
    Ok(text)
}

/// A call tree as a profile that [speedscope](https://www.speedscope.app)
/// opens.
///
/// # Errors
///
/// [`ErrorKind::Usage`] where the table is no call tree.
pub fn speedscope(table: &Table, weight: Weight, name: &str) -> Result<String> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let (mut frames, mut samples, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (stack, weight) in stacks(table, weight)? {
        let frame = |frame: String| {
            *numbers.entry(frame).or_insert_with_key(|name| {
                frames.push(Frame { name: name.clone() });
                frames.len() - 1
            })
        };
        samples.push(stack.into_iter().map(frame).collect());
        weights.push(weight);
    }
    let profile = Profile {
        kind: "sampled",
        name,
        unit: weight.unit(),
        start_value: 0,
        end_value: weights.iter().sum(),
        samples,
        weights,
    };
    let file = File {
        schema: "https://www.speedscope.app/file-format-schema.json",
        exporter: concat!("spanwise ", env!("CARGO_PKG_VERSION")),
        name,
        shared: Shared { frames },
        profiles: [profile],
    };
    serde_json::to_string(&file).map_err(|error| Error::new(ErrorKind::Io, error.to_string()))
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    exporter: &'static str,
    name: &'a str,
    shared: Shared,
    profiles: [Profile<'a>; 1],
}

#[derive(Serialize)]
struct Shared {
    frames: Vec<Frame>,
}

#[derive(Serialize)]
struct Frame {
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    unit: &'static str,
    start_value: u64,
    end_value: u64,
    samples: Vec<Vec<usize>>,
    weights: Vec<u64>,
}

/// The stacks of a call tree that weigh anything.
fn stacks(table: &Table, weight: Weight) -> Result<Vec<(Vec<String>, u64)>> {
    let column = weight.column();
    for name in ["depth", "service", "operation", column] {
        if table.column(name).is_none() {
            let message = format!("a call tree has a column {name}, and this table has none");
            return Err(Error::new(ErrorKind::Usage, message));
        }
    }
    let mut stack: Vec<String> = Vec::new();
    let mut stacks = Vec::new();
    for row in 0..table.rows() {
        stack.truncate(number(table.cell(row, "depth")) as usize);
        stack.push(frame(table, row));
        let weight = number(table.cell(row, column));
        if weight > 0 {
            stacks.push((stack.clone(), weight));
        }
    }
    Ok(stacks)
}

/// Service and operation, without what separates frames and lines.
fn frame(table: &Table, row: usize) -> String {
    let text = |column| match table.cell(row, column) {
        Cell::Text(text) => text,
        _ => "",
    };
    let name = format!("{} {}", text("service"), text("operation"));
    name.trim().replace(';', ":").replace(['\n', '\r'], " ")
}

fn number(cell: Cell<'_>) -> u64 {
    match cell {
        Cell::U64(n) => n,
        Cell::Duration(nano) => nano.max(0) as u64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_analyze::{analyses::CallTree, facts, run, Analysis, Policy};
    use spanwise_io::{assemble::assemble, notation::parse};

    fn tree(notation: &str) -> Table {
        let spans = assemble(parse(notation)).expect("spans");
        let facts = facts::compute(&spans, &Policy::default());
        let traces: Vec<u32> = (0..spans.trace_count() as u32).collect();
        let tree = CallTree::default();
        tree.finish(&run(&spans, &traces, &facts, &[&tree])[0])
    }

    const SHOP: &str = "
        shop GET 0..100
          cart \"Get;all\" 10..60 error
            db query 20..30
          user Get 60..90
    ";

    #[test]
    fn stacks_sum_to_the_requests() {
        let text = folded(&tree(SHOP), Weight::CriticalTime).expect("a tree");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "shop GET 20000000",
                "shop GET;cart Get:all 40000000",
                "shop GET;cart Get:all;db query 10000000",
                "shop GET;user Get 30000000"
            ]
        );
    }

    #[test]
    fn only_what_weighs_is_written() {
        let text = folded(&tree(SHOP), Weight::Errors).expect("a tree");
        assert_eq!(text, "shop GET;cart Get:all 1\n");
    }

    #[test]
    fn speedscope_has_frames_by_number() {
        let text = speedscope(&tree(SHOP), Weight::Calls, "shop").expect("a tree");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(file["shared"]["frames"].as_array().map(Vec::len), Some(4));
        let profile = &file["profiles"][0];
        assert_eq!(profile["samples"][2], serde_json::json!([0, 1, 2]));
        assert_eq!(
            (&profile["endValue"], &profile["type"]),
            (&4.into(), &"sampled".into())
        );
    }

    #[test]
    fn other_tables_are_no_trees() {
        let error = folded(&Table::new(), Weight::Calls).expect_err("no tree");
        assert_eq!(error.kind(), ErrorKind::Usage);
    }
}
