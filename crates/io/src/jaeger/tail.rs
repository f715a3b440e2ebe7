//! What stands behind the tags of a span: mostly what stood there last time, but
//! for the process.

use super::member::Member;
use super::reader::Reader;
use crate::json::Walked;
use std::ops::Range;

/// The end of a span: the texts before and behind the name of its process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tail<'a> {
    before: &'a str,
    behind: &'a str,
}

/// What is noted of the end of a span while its members are read.
#[derive(Clone, Debug)]
pub(super) struct Notes {
    start: usize,
    process: Option<Range<usize>>,
    /// False where it says more than the process.
    fits: bool,
}

impl Notes {
    /// The end of a span begins here.
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            process: None,
            fits: true,
        }
    }

    /// Notes a member whose value this is.
    pub(super) fn note(&mut self, member: Member, (start, value): (usize, &str)) {
        self.fits &= match member {
            Member::Other => true,
            Member::Logs => value == "[]",
            Member::ProcessId => {
                let name = start + 1..(start + value.len()).saturating_sub(1);
                value.starts_with('"') && self.process.replace(name).is_none()
            }
            _ => false,
        };
    }
}

impl Reader<'_, '_> {
    /// Reads the rest of a span, if it is like that of an earlier one. If not,
    /// the answer is false, and nothing was read.
    #[inline]
    pub(super) fn usual_tail(&mut self) -> Walked<bool> {
        let start = self.records.cursor.at;
        if self.tail.before.is_empty() || !self.records.cursor.take(self.tail.before) {
            return Ok(false);
        }
        if let Ok(process) = self.records.cursor.string_rest() {
            let process = self.records.intern(process)?;
            if self.records.cursor.take(self.tail.behind) {
                self.draft.set_process(process);
                return Ok(true);
            }
        }
        self.records.cursor.at = start;
        Ok(false)
    }

    /// Learns the end of a span that was read up to here.
    pub(super) fn learn_tail(&mut self, notes: &Notes) {
        let Some(process) = notes.process.clone().filter(|_| notes.fits) else {
            return;
        };
        if self.records.open.is_faultless() {
            let all = self.records.cursor.since(notes.start);
            let [start, end] = [process.start, process.end].map(|at| at - notes.start);
            self.tail = Tail {
                before: &all[..start],
                behind: &all[end + 1..],
            };
        }
    }
}
