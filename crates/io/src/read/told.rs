//! What issues say of items that cannot be read, or not to their ends.

use crate::guess::without_mark;
use crate::source::{seems, Item, Window};
use spanwise_model::{Error, ErrorKind, Example, IssueKind, Result, SpanBatch};

pub(super) fn is_of_the_system(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io | ErrorKind::NotFound)
}

/// Says that an item ended too early, where its window ends.
pub(super) fn add_truncated(batch: &mut SpanBatch, item: &Item, window: &Window<'_>) {
    let offset = window.place().offset + window.bytes().len() as i64;
    let offset = Some(offset.unsigned_abs());
    let why = window.broken().unwrap_or("");
    add_issue(batch, IssueKind::TruncatedFile, item, offset, why);
}

/// Says which records could not be unpacked.
pub(super) fn add_flaws(batch: &mut SpanBatch, item: &Item, window: &Window<'_>) {
    for flaw in window.take_flaws() {
        let example = Example::File {
            path: item.name.clone(),
            record: Some(flaw.record),
            offset: Some(flaw.offset),
            detail: flaw.detail,
        };
        batch.issues.add(IssueKind::MalformedRecord, "", example);
    }
}

pub(super) fn add_unreadable(batch: &mut SpanBatch, item: &Item, error: &Error) {
    add_issue(
        batch,
        IssueKind::UnreadableFile,
        item,
        None,
        error.message(),
    );
}

pub(super) fn add_issue(
    batch: &mut SpanBatch,
    kind: IssueKind,
    item: &Item,
    offset: Option<u64>,
    detail: &str,
) {
    let example = Example::File {
        path: item.name.clone(),
        record: None,
        offset,
        detail: detail.to_owned(),
    };
    batch.issues.add(kind, "", example);
}

pub(super) fn not_recognised(
    item: &Item,
    window: &Window<'_>,
    batch: &mut SpanBatch,
) -> Result<()> {
    let bytes = without_mark(window.bytes());
    let empty = bytes.trim_ascii().is_empty();
    let (issue, kind, what) = match (window.broken(), seems(bytes)) {
        (Some(why), _) if empty => {
            let colon = if why.is_empty() { "" } else { ": " };
            let what = format!("compressed data that breaks off at once{colon}{why}");
            (IssueKind::TruncatedFile, ErrorKind::Format, what)
        }
        _ if empty => {
            let what = "the input is empty".to_owned();
            (IssueKind::UnknownFormat, ErrorKind::NoSpans, what)
        }
        (_, seems) => {
            let what = seems.map_or_else(String::new, |seems| format!("; it seems to be {seems}"));
            let what = format!("of no format that is known{what}");
            (IssueKind::UnknownFormat, ErrorKind::Format, what)
        }
    };
    if item.explicit {
        return Err(Error::new(kind, what));
    }
    let detail = if empty {
        &what
    } else {
        seems(bytes).unwrap_or("")
    };
    add_issue(batch, issue, item, None, detail);
    Ok(())
}
