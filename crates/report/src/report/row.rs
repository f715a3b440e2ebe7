//! Rows of result tables, as sentences read them.

use crate::units;
use spanwise_model::table::Cell;
use spanwise_model::Table;

/// A row read by column name.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) table: &'a Table,
    pub(super) at: usize,
}

impl<'a> Row<'a> {
    pub(super) fn first(table: &'a Table) -> impl Iterator<Item = Row<'a>> {
        (0..table.rows()).map(move |at| Row { table, at })
    }

    pub(super) fn text(self, name: &str) -> &'a str {
        match self.table.cell(self.at, name) {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    pub(super) fn count(self, name: &str) -> u64 {
        match self.table.cell(self.at, name) {
            Cell::U64(n) => n,
            _ => 0,
        }
    }

    pub(super) fn number(self, name: &str) -> f64 {
        match self.table.cell(self.at, name) {
            Cell::F64(n) => n,
            _ => 0.0,
        }
    }

    pub(super) fn duration(self, name: &str) -> i64 {
        match self.table.cell(self.at, name) {
            Cell::Duration(nano) => nano,
            _ => 0,
        }
    }

    /// Service and operation.
    pub(super) fn operation(self) -> String {
        format!("{} {}", self.text("service"), self.text("operation"))
            .trim()
            .to_owned()
    }
}

/// So many of something.
pub(super) fn counted(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", units::count(n))
}

/// What was found, or that nothing was.
pub(super) fn or_none(findings: Vec<String>, none: &str) -> Vec<String> {
    if findings.is_empty() {
        vec![none.to_owned()]
    } else {
        findings
    }
}
