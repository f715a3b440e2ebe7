//! A trace as a waterfall: one line a span, indented under its parent, with a
//! bar where it ran and the critical path marked.
//!
//! One layout decides which spans are shown; text for terminals, SVG for files
//! and HTML for notebooks draw it. The figures hold no script and no style
//! sheet, so that every notebook shows them.

mod axis;
mod html;
mod layout;
mod marks;
mod palette;
mod svg;
mod text;

pub use html::html;
pub use marks::{Marks, Stretch};
pub use svg::svg;
pub use text::text;

/// How a waterfall is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaterfallOptions {
    /// The width: cells of text, or pixels of a figure. 120 and 1000 unless
    /// said.
    pub width: Option<usize>,
    /// The most spans that are shown; the rest is folded into lines that say
    /// how many there are. 200 unless said.
    pub rows: usize,
    /// Spans at this depth and below are folded. 64 unless said.
    pub depth: usize,
    /// Whether text uses escape sequences for emphasis.
    pub color: bool,
}

impl Default for WaterfallOptions {
    fn default() -> Self {
        Self {
            width: None,
            rows: 200,
            depth: 64,
            color: false,
        }
    }
}

impl WaterfallOptions {
    /// The same options with another width.
    #[must_use]
    pub fn width(mut self, width: Option<usize>) -> Self {
        self.width = width;
        self
    }

    /// The same options with another limit of spans.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// The same options with another limit of depth.
    #[must_use]
    pub fn depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// The same options with or without escape sequences.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }
}

#[cfg(test)]
mod tests;
