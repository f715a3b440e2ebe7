//! A test in six lines: a trace in notation, a question, the table expected.

use crate::{Table, Traces};
use spanwise_model::table::Cell;

/// Reads `notation`, asks `question` of it, and compares the answer with
/// `expected`: a line with names of columns, which are those that count, and
/// a line for each row, cells with blanks between. Indentation and blank lines
/// do not count.
///
/// Cells are written as notation writes values: durations and times exactly,
/// in milliseconds (`1.5ms`); other fractions with up to four digits behind
/// the point; `''` for an empty text or list and `-` for a missing cell.
///
/// # Panics
///
/// Where the tables differ, with both of them; where the notation has a bad
/// line.
///
/// ```
/// use spanwise::analyses::{CriticalPath, CriticalPathBy};
///
/// spanwise::check(
///     "
///     shop  GET /cart   0..100
///       cart GetCart   10..60
///     ",
///     |traces| traces.critical_path(&CriticalPath::default().by(CriticalPathBy::Service)),
///     "
///     service critical_time share
///     cart    50ms          0.5
///     shop    50ms          0.5
///     ",
/// );
/// ```
#[allow(clippy::panic, reason = "a check is an assertion")]
#[track_caller]
pub fn check(notation: &str, question: impl FnOnce(&Traces) -> Table, expected: &str) {
    let traces = match crate::notation(notation) {
        Ok(traces) => traces,
        Err(error) => panic!("the notation is wrong: {error}"),
    };
    let expected = lines(expected);
    let columns = expected.iter().take(1).flat_map(|line| line.split(' '));
    let columns: Vec<&str> = columns.collect();
    let got = lines(&plain(&question(&traces).select(&columns)));
    assert!(
        got == expected,
        "\nexpected:\n{}\n\ngot:\n{}\n",
        expected.join("\n"),
        got.join("\n")
    );
}

/// A table as lines of words: the names of columns, then the rows.
fn plain(table: &Table) -> String {
    let columns = table.columns().iter();
    let names: Vec<&str> = columns.map(|column| &*column.name).collect();
    let row = |row| {
        let cells = names.iter().map(|name| word(&table.cell(row, name)));
        cells.collect::<Vec<_>>().join(" ")
    };
    let rows = (0..table.rows()).map(row);
    let lines = std::iter::once(names.join(" ")).chain(rows);
    lines.collect::<Vec<_>>().join("\n")
}

fn word(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Text("") | Cell::TextList([]) => "''".to_owned(),
        Cell::Text(text) => (*text).to_owned(),
        Cell::TextList(texts) => texts.join(", "),
        Cell::U64(n) => n.to_string(),
        Cell::I64(n) => n.to_string(),
        Cell::F64(n) => decimal(&format!("{n:.4}")),
        Cell::Bool(flag) => flag.to_string(),
        Cell::Duration(nano) | Cell::Time(nano) => milliseconds(*nano),
    }
}

fn milliseconds(nano: i64) -> String {
    let (sign, nano) = (if nano < 0 { "-" } else { "" }, nano.unsigned_abs());
    let (whole, fraction) = (nano / 1_000_000, nano % 1_000_000);
    decimal(&format!("{sign}{whole}.{fraction:06}")) + "ms"
}

/// Drops the zeros at the end of a fraction.
fn decimal(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Lines without indentation, runs of blanks as one.
fn lines(text: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines()
        .map(words)
        .filter(|line| !line.is_empty())
        .collect()
}
