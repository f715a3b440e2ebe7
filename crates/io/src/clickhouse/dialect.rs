//! How rows and cells are written: separated by commas, quoted, or by tabs.

use csv::{Reader, ReaderBuilder, StringRecord};
use memchr::{memchr, memchr2_iter, memchr_iter, memrchr};

/// What separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Commas,
    Tabs,
}

/// A row: its cells, and where it begins.
#[derive(Clone, Debug, Default)]
pub(super) struct RawRow {
    pub(super) cells: StringRecord,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The rows of a text, one after the other.
pub(super) enum RawRows<'a> {
    Commas(Box<Reader<&'a [u8]>>),
    Tabs { text: &'a str, at: usize },
}

impl Dialect {
    pub(super) fn rows(self, text: &str) -> RawRows<'_> {
        let mut csv = ReaderBuilder::new();
        match self {
            Self::Tabs => RawRows::Tabs { text, at: 0 },
            Self::Commas => {
                let reader = csv.has_headers(false).flexible(true);
                RawRows::Commas(Box::new(reader.from_reader(text.as_bytes())))
            }
        }
    }

    /// The offset behind the last line that ends in a text, and how many there
    /// are.
    pub(super) fn lines(self, text: &[u8]) -> Option<(usize, u64)> {
        match self {
            Self::Tabs => {
                let end = memrchr(b'\n', text)? + 1;
                Some((end, memchr_iter(b'\n', &text[..end]).count() as u64))
            }
            Self::Commas => {
                let (mut quoted, mut last, mut lines) = (false, None, 0);
                for at in memchr2_iter(b'"', b'\n', text) {
                    match text[at] {
                        b'"' => quoted = !quoted,
                        _ if quoted => {}
                        _ => {
                            lines += 1;
                            last = Some((at + 1, lines));
                        }
                    }
                }
                last
            }
        }
    }
}

impl RawRows<'_> {
    /// Reads the next row; false where there is none. Empty lines are none.
    pub(super) fn read(&mut self, row: &mut RawRow) -> bool {
        match self {
            Self::Commas(reader) => {
                row.start = reader.position().byte() as usize;
                // The text is UTF-8 and in memory, so there is no error to meet.
                let read = reader.read_record(&mut row.cells).unwrap_or(false);
                row.end = reader.position().byte() as usize;
                read
            }
            Self::Tabs { text, at } => {
                let empty = text[*at..]
                    .bytes()
                    .take_while(|byte| matches!(byte, b'\n' | b'\r'));
                row.start = *at + empty.count();
                let rest = &text[row.start..];
                let length = memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
                row.end = row.start + length;
                *at = row.end;
                row.cells.clear();
                let line = rest[..length].trim_end_matches(['\n', '\r']);
                line.split('\t').for_each(|cell| row.cells.push_field(cell));
                !line.is_empty()
            }
        }
    }
}
