//! Colours of services.
//!
//! Eight colours that stay apart in all common kinds of colour blindness and
//! on white and black alike, after Okabe and Ito and after Tol. Their
//! vermilion is left for errors. With more services colours repeat, which does
//! no harm because every line names its service.

use rustc_hash::FxHashMap;

/// The colour of errors.
pub(super) const ERROR: &str = "#d55e00";

const COLORS: [&str; 8] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#999933", "#aa4499", "#8c8c8c",
];

/// Colours in the order in which services are first met.
#[derive(Default)]
pub(super) struct Palette<'a>(FxHashMap<&'a str, usize>);

impl<'a> Palette<'a> {
    pub(super) fn color(&mut self, service: &'a str) -> &'static str {
        let next = self.0.len();
        COLORS[*self.0.entry(service).or_insert(next) % COLORS.len()]
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
