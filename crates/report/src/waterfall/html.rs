//! A waterfall for notebooks: the figure in an element that scrolls.

use super::{svg, Marks, WaterfallOptions};
use spanwise_model::Trace;

/// The trace as a fragment of HTML. It takes its text colour from what is
/// around it, so it is legible in light and dark themes.
#[must_use]
pub fn html(trace: Trace<'_>, marks: &Marks, options: &WaterfallOptions) -> String {
    let figure = svg::figure(trace, marks, options, "");
    format!("<div style=\"overflow:auto;max-height:80vh\">\n{figure}</div>\n")
}
