//! A waterfall for terminals.

use super::axis::{Axis, Place};
use super::layout::{Entry, Layout, Line};
use super::{Marks, WaterfallOptions};
use crate::escape::for_terminal;
use crate::text::{cut, pad};
use crate::units;
use spanwise_model::trace::TopKind;
use spanwise_model::{Span, Trace};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

const WIDTH: usize = 120;
const NARROWEST: usize = 60;
const SHORTEST_BAR: usize = 16;
const VALUE: usize = 11;

/// Writes the trace as one line a span: a mark for errors, the tree of service
/// and operation, a bar, the duration and the time on the critical path.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn text(
    trace: Trace<'_>,
    marks: &Marks,
    options: &WaterfallOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let layout = Layout::of(trace, marks, options);
    let page = Page::of(&layout, options);
    writeln!(out, "{}", headline(&layout))?;
    writeln!(out, "{}", page.head())?;
    let mut rails: Vec<bool> = Vec::new();
    for line in &layout.lines {
        rails.truncate(line.depth);
        writeln!(out, "{}", page.line(&layout, line, &rails))?;
        rails.push(!line.last);
    }
    writeln!(out, "{}", legend(&layout, page.width))
}

fn headline(layout: &Layout<'_>) -> String {
    let trace = layout.trace;
    let mut services: Vec<&str> = trace.spans().map(Span::service).collect();
    services.sort_unstable();
    services.dedup();
    let mut parts = vec![
        format!("trace {}", for_terminal(&trace.id_text())),
        units::unsigned_duration(trace.duration_nano()),
        counted(trace.len(), "span"),
        counted(services.len(), "service"),
        counted(layout.marks.error_count(), "error"),
    ];
    if !trace.is_complete() {
        parts.push("incomplete".to_owned());
    }
    parts.join(" · ")
}

pub(super) fn counted(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", units::count(n as u64))
}

fn legend(layout: &Layout<'_>, width: usize) -> String {
    let mut parts = vec!["█ on the critical path", "░ off it"];
    if layout.marks.error_count() > 0 {
        parts.extend(["✗ an error began here", "! an error passed through"]);
    }
    let mut legend = parts.join("   ");
    if legend.width() > width {
        legend = parts.join("\n");
    }
    if layout.hidden > 0 {
        let shown = units::count((layout.trace.len() - layout.hidden) as u64);
        let all = counted(layout.trace.len(), "span");
        legend.push_str(&format!("\n{shown} of {all} shown"));
    }
    legend
}

/// The widths of the columns.
struct Page {
    axis: Axis,
    width: usize,
    label: usize,
    bar: usize,
    color: bool,
}

impl Page {
    fn of(layout: &Layout<'_>, options: &WaterfallOptions) -> Self {
        let width = options.width.unwrap_or(WIDTH).max(NARROWEST);
        let room = width - 2 - 2 * VALUE;
        let widest = layout
            .lines
            .iter()
            .map(|line| 2 * line.depth + name(line).width());
        let most = (room / 2).min(room - SHORTEST_BAR);
        let label = widest.max().unwrap_or(0).clamp(8, most);
        Self {
            axis: Axis::of(layout.trace),
            width,
            label,
            bar: room - label - 2,
            color: options.color,
        }
    }

    fn head(&self) -> String {
        let end = units::unsigned_duration(self.axis.length());
        let scale = format!("0{}", pad(&end, self.bar.saturating_sub(1), true));
        let label = pad("", self.label, false);
        let values = pad("duration", VALUE, true) + &pad("critical", VALUE, true);
        self.dim(&format!("  {label}  {scale}{values}"))
    }

    fn line(&self, layout: &Layout<'_>, line: &Line<'_>, rails: &[bool]) -> String {
        let label = self.tree(line, rails) + &name(line);
        let label = pad(&cut(&label, self.label), self.label, false);
        match line.entry {
            Entry::More(_) => format!("  {}", self.dim(label.trim_end())),
            Entry::Span(span) => self.span(layout.marks, span, &label),
        }
    }

    fn span(&self, marks: &Marks, span: Span<'_>, label: &str) -> String {
        let row = span.row();
        let mark = match () {
            () if marks.is_origin(row) => self.paint("✗", "1;31"),
            () if marks.errs(row) => self.paint("!", "31"),
            () => " ".to_owned(),
        };
        let duration = units::unsigned_duration(span.duration_nano());
        let critical = match marks.of(row) {
            [] => String::new(),
            _ => units::unsigned_duration(marks.critical_nano(row)),
        };
        let bar = self.bar(marks, span);
        let values = pad(&duration, VALUE, true) + &pad(&critical, VALUE, true);
        format!("{mark} {label}  {bar}{}", values.trim_end())
    }

    fn bar(&self, marks: &Marks, span: Span<'_>) -> String {
        let units = self.bar as u32;
        let mut cells = vec![' '; self.bar];
        match self
            .axis
            .place(span.start_unix_nano(), span.end_unix_nano(), units)
        {
            Place::Before => cells[0] = '◂',
            Place::After => cells[self.bar - 1] = '▸',
            Place::At(from, to) => cells[from as usize..to as usize].fill('░'),
        }
        for stretch in marks.of(span.row()) {
            let place = self
                .axis
                .place(stretch.from_unix_nano, stretch.to_unix_nano, units);
            if let Place::At(from, to) = place {
                cells[from as usize..to as usize].fill('█');
            }
        }
        let bar: String = cells.into_iter().collect();
        if marks.errs(span.row()) {
            return self.paint(&bar, "31");
        }
        bar
    }

    /// The lines of the tree before a name; deep ones are cut to a number.
    fn tree(&self, line: &Line<'_>, rails: &[bool]) -> String {
        if line.depth == 0 {
            return String::new();
        }
        if 2 * line.depth + 12 > self.label {
            return format!("⋯{} ", line.depth);
        }
        let mut tree = String::new();
        for &open in &rails[1..line.depth] {
            tree.push_str(if open { "│ " } else { "  " });
        }
        tree + if line.last { "└ " } else { "├ " }
    }

    fn dim(&self, text: &str) -> String {
        self.paint(text, "2")
    }

    fn paint(&self, text: &str, code: &str) -> String {
        if self.color {
            return format!("\u{1b}[{code}m{text}\u{1b}[0m");
        }
        text.to_owned()
    }
}

/// What a line says.
pub(super) fn name(line: &Line<'_>) -> String {
    let span = match line.entry {
        Entry::More(spans) => {
            return format!(
                "… {} more {}",
                units::count(spans as u64),
                if spans == 1 { "span" } else { "spans" }
            )
        }
        Entry::Span(span) => span,
    };
    let text = format!("{} {}{}", span.service(), span.operation(), top_note(span));
    for_terminal(text.trim_start()).into_owned()
}

/// What a top span is, where it is no root.
pub(super) fn top_note(span: Span<'_>) -> &'static str {
    match span.is_top().then(|| span.top_kind()) {
        Some(TopKind::Orphan) => " (orphan)",
        Some(TopKind::CycleHead) => " (cycle)",
        Some(TopKind::Root) | None => "",
    }
}
