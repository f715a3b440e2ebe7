//! Widths: what is cut and what is left out where a table is too wide.

use super::block::Block;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands between two columns.
pub(super) const GAP: &str = "  ";

/// Texts are not cut below this many cells.
const NARROWEST: usize = 16;

/// Leaves out the last columns that do not fit into `width` even with narrow
/// texts, then gives the texts that stay all the room there is. The answer is
/// how many columns stay.
pub(super) fn fit(blocks: &mut [Block], width: Option<usize>) -> usize {
    let Some(width) = width else {
        return blocks.len();
    };
    let mut used = 0;
    let fits = |block: &&Block| {
        used += block.at_most(NARROWEST) + GAP.len();
        used <= width + GAP.len()
    };
    let shown = blocks
        .iter()
        .take_while(fits)
        .count()
        .max(1)
        .min(blocks.len());
    let cap = widest_allowed(&blocks[..shown], width);
    for block in &mut blocks[..shown] {
        block.width = block.at_most(cap);
    }
    shown
}

/// The greatest width of text columns with which all columns fit.
fn widest_allowed(blocks: &[Block], width: usize) -> usize {
    let total = |cap: usize| -> usize {
        let widths = blocks.iter().map(|block| block.at_most(cap));
        widths.map(|width| width + GAP.len()).sum()
    };
    let widest = blocks.iter().map(|block| block.width).max().unwrap_or(0);
    let mut caps = NARROWEST..widest.max(NARROWEST) + 1;
    while caps.len() > 1 {
        let middle = caps.start + caps.len() / 2;
        if total(middle) <= width + GAP.len() {
            caps.start = middle;
        } else {
            caps.end = middle;
        }
    }
    caps.start
}

/// The text cut to a width, with an ellipsis where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= width {
            break;
        }
        cut.push(c);
    }
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// The text filled with blanks to a width.
pub(crate) fn pad(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right {
        blanks + text
    } else {
        text.to_owned() + &blanks
    }
}
