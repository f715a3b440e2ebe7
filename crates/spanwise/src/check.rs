//! A test in six lines: a trace in notation, an analysis, the table expected.

use crate::{Table, Traces};
use spanwise_report::text::TextOptions;

/// Reads `notation`, asks `question` of it, and compares the answer's text
/// with `expected`; indentation and blank lines around do not count.
///
/// # Panics
///
/// Where the texts differ, with both of them; where the notation has a bad
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
///     |traces| {
///         let table = traces.critical_path(&CriticalPath::default().by(CriticalPathBy::Service));
///         table.select(&["service", "critical_time"])
///     },
///     "
///     service critical_time
///     cart    50ms
///     shop    50ms
///     ",
/// );
/// ```
#[allow(clippy::panic, reason = "a check is an assertion")]
pub fn check(notation: &str, question: impl FnOnce(&Traces) -> Table, expected: &str) {
    let traces = match crate::notation(notation) {
        Ok(traces) => traces,
        Err(error) => panic!("the notation is wrong: {error}"),
    };
    let got = plain(&question(&traces));
    let expected = lines(expected);
    assert!(
        got == expected,
        "\nexpected:\n{}\n\ngot:\n{}\n",
        expected.join("\n"),
        got.join("\n")
    );
}

/// The cells of a table as words, columns as wide as they need.
fn plain(table: &Table) -> Vec<String> {
    let mut bytes = Vec::new();
    let written = spanwise_report::text::write(table, &TextOptions::default(), &mut bytes);
    debug_assert!(written.is_ok(), "memory takes every byte");
    lines(&String::from_utf8_lossy(&bytes))
}

/// Lines without indentation, runs of spaces as one.
fn lines(text: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines()
        .map(words)
        .filter(|line| !line.is_empty())
        .collect()
}
