//! A waterfall as a figure: SVG without script or style sheet.
//!
//! Each line is a label, a pale bar where the span ran and a strong one where
//! it held the critical path. Thin lines lead from one stretch of the path to
//! the next, and a ribbon above shows the whole path by service. All text is
//! drawn in the colour of its surroundings.

use super::axis::Axis;
use super::layout::{Entry, Layout, Line};
use super::palette::{Palette, ERROR};
use super::text::{counted, name, top_note};
use super::{Marks, Stretch, WaterfallOptions};
use crate::escape::for_markup;
use crate::units;
use rustc_hash::FxHashMap;
use spanwise_model::{Span, Trace};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

const WIDTH: usize = 1_000;
const NARROWEST: usize = 480;
const LINE: f64 = 20.0;
const TOP: f64 = 74.0;
const VALUES: f64 = 150.0;
const INDENT: f64 = 12.0;

/// The trace as a document of its own, dark where the reader prefers that.
#[must_use]
pub fn svg(trace: Trace<'_>, marks: &Marks, options: &WaterfallOptions) -> String {
    let style = "<style>svg{color:#1f2328;background:#fff}\
        @media(prefers-color-scheme:dark){svg{color:#e6edf3;background:#0d1117}}</style>";
    figure(trace, marks, options, style)
}

/// The trace as an element; `inside` goes in before everything else.
pub(super) fn figure(
    trace: Trace<'_>,
    marks: &Marks,
    options: &WaterfallOptions,
    inside: &str,
) -> String {
    let layout = Layout::of(trace, marks, options);
    let mut figure = Figure::of(&layout, options);
    figure.open(inside);
    figure.headline(&layout);
    figure.ticks();
    figure.ribbon(&layout);
    figure.connect(&layout);
    for (at, line) in layout.lines.iter().enumerate() {
        figure.line(&layout, line, at);
    }
    figure.key(&layout);
    figure.out.push_str("</svg>\n");
    figure.out
}

struct Figure<'a> {
    out: String,
    palette: Palette<'a>,
    axis: Axis,
    lines: usize,
    width: f64,
    label: f64,
    bar: f64,
}

impl<'a> Figure<'a> {
    fn of(layout: &Layout<'a>, options: &WaterfallOptions) -> Self {
        let width = options.width.unwrap_or(WIDTH).max(NARROWEST) as f64;
        let wanted = layout
            .lines
            .iter()
            .map(|line| indent(line) + 7.0 * name(line).width() as f64);
        let wanted = wanted.fold(0.0, f64::max) + 36.0;
        let label = wanted.clamp(width * 0.16, width * 0.4).round();
        let mut palette = Palette::default();
        for line in &layout.lines {
            if let Entry::Span(span) = line.entry {
                palette.color(span.service());
            }
        }
        Self {
            out: String::new(),
            palette,
            axis: Axis::of(layout.trace),
            lines: layout.lines.len(),
            width,
            label,
            bar: width - label - VALUES,
        }
    }

    /// Writing to a string cannot fail, so its result is dropped here, once.
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text);
    }

    fn height(&self) -> f64 {
        TOP + self.lines as f64 * LINE + 34.0
    }

    fn y(&self, line: usize) -> f64 {
        TOP + line as f64 * LINE
    }

    fn x(&self, time: i64) -> f64 {
        let at = time.clamp(self.axis.from, self.axis.to);
        let part = at.abs_diff(self.axis.from) as f64 / self.axis.length().max(1) as f64;
        self.label + part * self.bar
    }

    /// Left edge and width of an interval, never too thin to be seen.
    fn extent(&self, from: i64, to: i64) -> (f64, f64) {
        let (left, right) = (self.x(from), self.x(to));
        let wide = (right - left).max(1.5);
        (left.min(self.label + self.bar - wide), wide)
    }

    fn open(&mut self, inside: &str) {
        let (width, height) = (self.width, self.height());
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\" fill=\"currentColor\" \
             font-family=\"system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif\" \
             font-size=\"11.5\">{inside}\n"
        ));
    }

    fn headline(&mut self, layout: &Layout<'_>) {
        let trace = layout.trace;
        let root = trace.primary();
        let name = for_markup(&format!("{} {}", root.service(), root.operation()));
        let mut facts = vec![
            units::unsigned_duration(trace.duration_nano()),
            counted(trace.len(), "span"),
            counted(self.palette.len(), "service"),
            counted(layout.marks.error_count(), "error"),
        ];
        if !trace.is_complete() {
            facts.push("incomplete".to_owned());
        }
        let facts = facts.join(" · ");
        let id = for_markup(&trace.id_text());
        self.put(format_args!(
            "<title>Trace {id}</title>\n<text x=\"8\" y=\"20\" font-size=\"14\">\
             <tspan font-weight=\"600\">{name}</tspan>\
             <tspan dx=\"12\" fill-opacity=\".7\" font-size=\"12\">{facts}</tspan></text>\n"
        ));
        let right = self.width - 8.0;
        self.put(format_args!(
            "<text x=\"{right}\" y=\"20\" text-anchor=\"end\" font-size=\"10\" \
             font-family=\"ui-monospace,'DejaVu Sans Mono',monospace\" fill-opacity=\".55\">{id}</text>\n"
        ));
    }

    fn ticks(&mut self) {
        let bottom = self.y(self.lines);
        for offset in self.axis.ticks() {
            let x = self.x(self.axis.from.saturating_add_unsigned(offset));
            let text = units::short_duration(offset);
            self.put(format_args!(
                "<path d=\"M{x:.1} 42V{bottom}\" stroke=\"currentColor\" stroke-opacity=\".14\"/>\
                 <text x=\"{x:.1}\" y=\"38\" text-anchor=\"middle\" font-size=\"10\" \
                 fill-opacity=\".65\">{text}</text>\n"
            ));
        }
        let (right, y) = (self.width - 8.0, 38);
        self.put(format_args!(
            "<g font-size=\"10\" fill-opacity=\".65\" text-anchor=\"end\">\
             <text x=\"{:.1}\" y=\"{y}\">duration</text>\
             <text x=\"{right:.1}\" y=\"{y}\">critical</text></g>\n",
            right - 68.0
        ));
    }

    /// The critical path in one line, coloured by service.
    fn ribbon(&mut self, layout: &Layout<'a>) {
        if layout.marks.path().is_empty() {
            return;
        }
        self.put(format_args!(
            "<text x=\"8\" y=\"58\" font-weight=\"600\">critical path</text>\n"
        ));
        for stretch in layout.marks.path() {
            let span = Span::new(layout.trace.table(), stretch.row);
            let color = self.palette.color(span.service());
            let title = self.stretch_title(span, stretch);
            self.rect(stretch, 47.0, &format!("fill=\"{color}\""), &title);
        }
    }

    fn stretch_title(&self, span: Span<'_>, stretch: &Stretch) -> String {
        let length = stretch.to_unix_nano.abs_diff(stretch.from_unix_nano);
        let from = stretch.from_unix_nano.abs_diff(self.axis.from);
        format!(
            "{} {}\n{} on the critical path, from {}",
            span.service(),
            span.operation(),
            units::unsigned_duration(length),
            units::unsigned_duration(from),
        )
    }

    fn rect(&mut self, stretch: &Stretch, y: f64, look: &str, title: &str) {
        let (x, width) = self.extent(stretch.from_unix_nano, stretch.to_unix_nano);
        let title = for_markup(title);
        self.put(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"14\" {look}>\
             <title>{title}</title></rect>\n"
        ));
    }

    /// Thin lines from each stretch of the path to the next.
    fn connect(&mut self, layout: &Layout<'_>) {
        let at_line = |(at, line): (usize, &Line<'_>)| match line.entry {
            Entry::Span(span) => Some((span.row(), at)),
            Entry::More(_) => None,
        };
        let lines: FxHashMap<u32, usize> = layout
            .lines
            .iter()
            .enumerate()
            .filter_map(at_line)
            .collect();
        let mut path = String::new();
        for pair in layout.marks.path().windows(2) {
            let (Some(&from), Some(&to)) = (lines.get(&pair[0].row), lines.get(&pair[1].row))
            else {
                continue;
            };
            let x = self.x(pair[1].from_unix_nano);
            let (from, to) = (self.y(from) + LINE / 2.0, self.y(to) + LINE / 2.0);
            let _ = write!(path, "M{x:.1} {from}V{to}");
        }
        self.put(format_args!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".6\"/>\n"
        ));
    }

    fn line(&mut self, layout: &Layout<'a>, line: &Line<'a>, at: usize) {
        let y = self.y(at);
        let indent = indent(line).min(self.label * 0.5) + 8.0;
        match line.entry {
            Entry::More(spans) => self.put(format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" font-style=\"italic\" fill-opacity=\".65\">\
                 … {} more spans</text>\n",
                indent + 14.0,
                y + 14.0,
                units::count(spans as u64)
            )),
            Entry::Span(span) => {
                let title = tooltip(layout, span);
                self.put(format_args!("<g><title>{}</title>\n", for_markup(&title)));
                self.label(layout.marks, span, indent, y);
                self.bars(layout.marks, span, y);
                self.values(layout.marks, span, y);
                self.put(format_args!("</g>\n"));
            }
        }
    }

    /// A square in the service's colour, the name, and a mark for errors; a
    /// nested element cuts what is too long.
    fn label(&mut self, marks: &Marks, span: Span<'a>, indent: f64, y: f64) {
        let color = self.palette.color(span.service());
        let operation = format!("{}{}", span.operation(), top_note(span));
        let (service, operation) = (for_markup(span.service()), for_markup(&operation));
        let (weight, mark) = match () {
            () if marks.is_origin(span.row()) => ("600", "✕"),
            () if marks.errs(span.row()) => ("600", "!"),
            () => ("400", ""),
        };
        let gap = if mark.is_empty() { 0 } else { 4 };
        let opacity = if marks.of(span.row()).is_empty() {
            ".75"
        } else {
            "1"
        };
        let width = self.label - 10.0;
        self.put(format_args!(
            "<rect x=\"{indent:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\" rx=\"1.5\" fill=\"{color}\"/>\
             <svg x=\"0\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{LINE}\">\
             <text x=\"{:.1}\" y=\"14\" fill-opacity=\"{opacity}\">\
             <tspan fill=\"{ERROR}\" font-weight=\"{weight}\">{mark}</tspan>\
             <tspan dx=\"{gap}\" font-weight=\"600\">{service}</tspan> {operation}</text></svg>\n",
            y + 6.0,
            indent + 14.0,
        ));
    }

    fn bars(&mut self, marks: &Marks, span: Span<'a>, y: f64) {
        let color = self.palette.color(span.service());
        let (x, width) = self.extent(span.start_unix_nano(), span.end_unix_nano());
        self.put(format_args!(
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"8\" rx=\"1\" \
             fill=\"{color}\" fill-opacity=\".32\"/>\n",
            y + 6.0,
        ));
        for stretch in marks.of(span.row()) {
            let title = self.stretch_title(span, stretch);
            let look = format!("rx=\"1\" fill=\"{color}\"");
            self.rect(stretch, y + 3.0, &look, &title);
        }
        if marks.errs(span.row()) {
            self.put(format_args!(
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"4\" height=\"18\" rx=\"1\" fill=\"{ERROR}\"/>\n",
                x + width - 2.0,
                y + 1.0,
            ));
        }
    }

    fn values(&mut self, marks: &Marks, span: Span<'_>, y: f64) {
        let critical = match marks.of(span.row()) {
            [] => String::new(),
            _ => units::unsigned_duration(marks.critical_nano(span.row())),
        };
        let right = self.width - 8.0;
        self.put(format_args!(
            "<g text-anchor=\"end\" font-size=\"11\">\
             <text x=\"{:.1}\" y=\"{:.1}\" fill-opacity=\".75\">{}</text>\
             <text x=\"{right:.1}\" y=\"{:.1}\" font-weight=\"600\">{critical}</text></g>\n",
            right - 68.0,
            y + 14.0,
            units::unsigned_duration(span.duration_nano()),
            y + 14.0,
        ));
    }

    fn key(&mut self, layout: &Layout<'_>) {
        let mut key = "strong: on the critical path · pale: off it".to_owned();
        if layout.marks.error_count() > 0 {
            key.push_str(" · ✕ an error began here · ! an error passed through");
        }
        if layout.hidden > 0 {
            let shown = units::count((layout.trace.len() - layout.hidden) as u64);
            let all = counted(layout.trace.len(), "span");
            let _ = write!(key, " · {shown} of {all} shown");
        }
        let y = self.height() - 12.0;
        self.put(format_args!(
            "<text x=\"8\" y=\"{y:.1}\" font-size=\"10\" fill-opacity=\".65\">{key}</text>\n"
        ));
    }
}

fn indent(line: &Line<'_>) -> f64 {
    line.depth as f64 * INDENT
}

fn tooltip(layout: &Layout<'_>, span: Span<'_>) -> String {
    let start = span.start_unix_nano();
    let mut lines = vec![
        format!("{} {}", span.service(), span.operation()),
        format!("{} span {}", span.kind().name(), span.id_text()),
        format!("starts {}", units::time(start, units::time_digits(start))),
        format!("lasts {}", units::unsigned_duration(span.duration_nano())),
    ];
    if !layout.marks.of(span.row()).is_empty() {
        let critical = layout.marks.critical_nano(span.row());
        lines.push(format!(
            "on the critical path for {}",
            units::unsigned_duration(critical)
        ));
    }
    if layout.marks.errs(span.row()) {
        let origin = layout.marks.is_origin(span.row());
        lines.push(
            if origin {
                "an error began here"
            } else {
                "an error passed through"
            }
            .to_owned(),
        );
    }
    lines.extend(span.status_message().map(ToOwned::to_owned));
    lines.join("\n")
}
