//! Segments and subsegments as they are met: what is fixed, and where the rest
//! stands. A document is walked once, however deep its subsegments are nested;
//! then each is read on its own, because what a segment says of its service
//! holds for all within, and may stand behind them.

use crate::flaws::Flaws;
use crate::json::{Records, Walked};
use spanwise_model::{SpanId, Symbol, TraceId};

/// A segment or subsegment.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft<'t> {
    /// Where its object begins.
    pub(super) at: usize,
    /// The draft that it is nested in.
    pub(super) around: Option<usize>,
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: SpanId,
    pub(super) name: Symbol,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    /// True where it says that it is a subsegment.
    pub(super) is_subsegment: bool,
    pub(super) is_inferred: bool,
    pub(super) namespace: Symbol,
    /// What failed, by [`Failure`].
    pub(super) failures: u8,
    pub(super) flaws: Flaws,
    /// Where its parts stand.
    pub(super) parts: [Option<usize>; PARTS.len()],
    /// Members that are none of these, and where their values stand.
    pub(super) others: Vec<(&'t str, usize)>,
}

/// The flags of failures, in the order in which they are told.
pub(super) const FAILURES: [&str; 3] = ["throttle", "fault", "error"];

/// Members that are read once all fixed ones are known, by [`Part`].
const PARTS: [&str; 7] = [
    "http",
    "aws",
    "sql",
    "service",
    "cause",
    "annotations",
    "metadata",
];

/// A member that is read once all fixed ones are known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Http,
    Aws,
    Sql,
    Service,
    Cause,
    Annotations,
    Metadata,
}

impl<'t> Draft<'t> {
    pub(super) fn part(&self, part: Part) -> Option<usize> {
        self.parts[part as usize]
    }

    fn member(&mut self, records: &mut Records<'t, '_>, key: &'t str) -> Walked {
        match key {
            "id" => self.id = records.span_id()?,
            "trace_id" => self.trace = records.trace_id()?,
            "parent_id" => self.parent = records.span_id()?,
            "name" => self.name = records.symbol()?,
            "start_time" => self.start = records.nanos(9)?,
            "end_time" => self.end = records.nanos(9)?,
            "type" => {
                self.is_subsegment = records.word()?.is_some_and(|it| it.text == "subsegment");
            }
            "namespace" => self.namespace = records.symbol()?,
            "inferred" => self.is_inferred = flag(records)?,
            // Whether there is an end says the same.
            "in_progress" => records.cursor.skip()?,
            _ => {
                if let Some(bit) = FAILURES.iter().position(|name| *name == key) {
                    self.failures |= u8::from(flag(records)?) << bit;
                    return Ok(());
                }
                records.cursor.peek();
                let at = records.cursor.at;
                match PARTS.iter().position(|name| *name == key) {
                    Some(part) => self.parts[part] = Some(at),
                    None => self.others.push((key, at)),
                }
                records.cursor.skip()?;
            }
        }
        Ok(())
    }
}

/// The flag that stands here.
pub(super) fn flag(records: &mut Records<'_, '_>) -> Walked<bool> {
    let scalar = records.scalar()?;
    Ok(records.value(scalar).0.as_bool() == Some(true))
}

/// An object that the walk is in.
struct Level {
    draft: usize,
    first: bool,
    /// In its list of subsegments: whether that has begun.
    list: Option<bool>,
}

/// Walks the document that stands here; answers its drafts, each behind the one
/// that it is nested in.
pub(super) fn drafts<'t>(records: &mut Records<'t, '_>) -> Walked<Vec<Draft<'t>>> {
    let (mut drafts, mut open) = (Vec::new(), Vec::new());
    enter(records, &mut drafts, &mut open)?;
    while let Some(top) = open.last_mut() {
        let draft: &mut Draft<'t> = &mut drafts[top.draft];
        if let Some(first) = &mut top.list {
            if !records.cursor.element(first)? {
                top.list = None;
            } else if records.cursor.peek() == b'{' {
                enter(records, &mut drafts, &mut open)?;
            } else {
                records.cursor.skip()?;
            }
            continue;
        }
        match records.cursor.key(&mut top.first)? {
            None => {
                let (at, ended) = (top.draft, top.draft + 1 == drafts.len());
                open.pop();
                if ended && drafts[at].id.is_zero() {
                    let start = drafts[at].at;
                    records.issue(start, start, "a segment without an id");
                    drafts.pop();
                }
            }
            Some("subsegments") if records.cursor.peek() == b'[' => {
                top.list = Some(true);
                records.cursor.open_nested(2 * open.len() - 1)?;
            }
            Some(key) => {
                draft.member(records, key)?;
                draft.flaws.join(records.open.take_flaws());
            }
        }
    }
    Ok(drafts)
}

fn enter<'t>(
    records: &mut Records<'t, '_>,
    drafts: &mut Vec<Draft<'t>>,
    open: &mut Vec<Level>,
) -> Walked {
    drafts.push(Draft {
        at: records.cursor.at,
        around: open.last().map(|level| level.draft),
        ..Draft::default()
    });
    records.cursor.open_nested(2 * open.len())?;
    open.push(Level {
        draft: drafts.len() - 1,
        first: true,
        list: None,
    });
    Ok(())
}
