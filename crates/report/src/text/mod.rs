//! A table as aligned text, for people at a terminal.
//!
//! Numbers stand to the right and are rounded for reading; where a width is
//! given, texts are cut with an ellipsis and columns that still do not fit are
//! named below the table instead of being wrapped. Widths are known when all
//! rows have been seen, so those of a table in parts are gone through twice.

mod block;
mod cell;
mod fit;

use crate::Parts;
use block::Block;
use std::io::{self, Write};

pub use cell::is_share;
pub(crate) use cell::Texts;
pub(crate) use fit::{cut, pad};

/// How a table is written as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextOptions {
    /// The width of the terminal in cells; unlimited where there is none.
    pub width: Option<usize>,
    /// Whether to use escape sequences for emphasis.
    pub color: bool,
}

impl TextOptions {
    /// The same options for a terminal of this many cells.
    #[must_use]
    pub fn width(mut self, width: Option<usize>) -> Self {
        self.width = width;
        self
    }

    /// The same options with or without escape sequences.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }
}

/// Writes the table with a header line and one line a row.
///
/// ```
/// use spanwise_model::{ColumnData, Table};
/// use spanwise_report::text;
/// let table = Table::new()
///     .with("service", ColumnData::Name(["cart", "redis"].into_iter().collect()))
///     .with("self", ColumnData::Duration([1_500_000, 20].into_iter().collect()));
/// let mut out = Vec::new();
/// text::write(&table, &text::TextOptions::default(), &mut out)?;
/// assert_eq!(String::from_utf8_lossy(&out), "\
/// service      self
/// cart     1.500 ms
/// redis       20 ns
/// ");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(table: &impl Parts, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let (mut blocks, rows) = measured(table)?;
    let shown = fit::fit(&mut blocks, options.width);
    let (blocks, hidden) = blocks.split_at(shown);
    let header = join(blocks.iter().map(|block| (block, block.header.clone())));
    if options.color {
        writeln!(out, "\u{1b}[1m{header}\u{1b}[0m")?;
    } else {
        writeln!(out, "{header}")?;
    }
    table.each(&mut |table| {
        let pairs = blocks.iter().zip(table.columns());
        let texts: Vec<_> = pairs
            .map(|(block, column)| (block, block.texts(column)))
            .collect();
        (0..table.rows()).try_for_each(|row| {
            let cells = texts.iter().map(|(block, texts)| (*block, texts.get(row)));
            writeln!(out, "{}", join(cells))
        })
    })?;
    if rows == 0 {
        writeln!(out, "(no rows)")?;
    }
    name_hidden(hidden, options.width, out)
}

/// The columns of a table with their widths, and how many rows there are.
fn measured(table: &impl Parts) -> io::Result<(Vec<Block>, usize)> {
    let (mut blocks, mut rows) = (Vec::new(), 0);
    table.each(&mut |table| {
        if blocks.is_empty() {
            blocks = table.columns().iter().map(Block::of).collect();
        }
        let pairs = blocks.iter_mut().zip(table.columns());
        pairs.for_each(|(block, column)| block.widen(column));
        rows += table.rows();
        Ok(())
    })?;
    Ok((blocks, rows))
}

fn join<'b>(cells: impl Iterator<Item = (&'b Block, String)>) -> String {
    let mut line = String::new();
    for (at, (block, cell)) in cells.enumerate() {
        if at > 0 {
            line.push_str(fit::GAP);
        }
        let text = cut(&cell, block.width);
        line.push_str(&pad(&text, block.width, block.right));
    }
    line.truncate(line.trim_end().len());
    line
}

fn name_hidden(hidden: &[Block], width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    if hidden.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = hidden.iter().map(|block| block.header.as_str()).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    let line = format!(
        "… {} more column{plural}: {}",
        names.len(),
        names.join(", ")
    );
    writeln!(
        out,
        "{}",
        cut(&line, width.unwrap_or(usize::MAX).max(NAMED))
    )
}

/// The narrowest line on which the columns that are left out are named.
const NAMED: usize = 40;

#[cfg(test)]
mod tests;
