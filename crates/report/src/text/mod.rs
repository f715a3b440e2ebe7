//! A table as aligned text, for people at a terminal.
//!
//! Numbers stand to the right and are rounded for reading; where a width is
//! given, texts are cut with an ellipsis and columns that still do not fit are
//! named below the table instead of being wrapped.

mod cell;
mod fit;

use crate::escape::for_terminal;
use spanwise_model::{Column, ColumnType, Table};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

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

/// A column ready to be written.
struct Block {
    header: String,
    cells: Vec<String>,
    right: bool,
    /// Whether a cut cell would say something else.
    whole: bool,
    width: usize,
}

impl Block {
    fn of(column: &Column) -> Self {
        let texts = Texts::of(column);
        let header = for_terminal(&column.name).into_owned();
        let cells: Vec<String> = (0..column.data.len()).map(|row| texts.get(row)).collect();
        let widest = cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        Self {
            width: widest.max(header.width()),
            right: texts.is_number(),
            whole: texts.is_number() || column.data.column_type() == ColumnType::Time,
            header,
            cells,
        }
    }

    /// The width where texts are cut to `cap`; numbers and times never are.
    fn at_most(&self, cap: usize) -> usize {
        match self.whole {
            true => self.width,
            false => self.width.min(cap),
        }
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
pub fn write(table: &Table, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut blocks: Vec<Block> = table.columns().iter().map(Block::of).collect();
    let shown = fit::fit(&mut blocks, options.width);
    let line = |cell: &dyn Fn(&Block) -> String| join(&blocks[..shown], cell);
    let header = line(&|block| block.header.clone());
    if options.color {
        writeln!(out, "\u{1b}[1m{header}\u{1b}[0m")?;
    } else {
        writeln!(out, "{header}")?;
    }
    for row in 0..table.rows() {
        writeln!(out, "{}", line(&|block| block.cells[row].clone()))?;
    }
    if table.rows() == 0 {
        writeln!(out, "(no rows)")?;
    }
    name_hidden(&blocks[shown..], options.width, out)
}

fn join(blocks: &[Block], cell: &dyn Fn(&Block) -> String) -> String {
    let mut line = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            line.push_str(fit::GAP);
        }
        let text = cut(&cell(block), block.width);
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
