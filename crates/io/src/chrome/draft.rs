//! An event while it is read.

use super::event::{Event, Phase};
use super::tracks::{Lane, Track, Tracks};
use crate::json::{Records, Walked};
use spanwise_model::Symbol;

/// An event while it is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Draft {
    pub(super) phase: Phase,
    /// True where it is on no thread.
    is_async: bool,
    pub(super) name: Symbol,
    category: Symbol,
    time: Option<i64>,
    duration: Option<i64>,
    thread_duration: Option<i64>,
    pub(super) process: Symbol,
    pub(super) thread: Symbol,
    id: Symbol,
    has_local_id: bool,
    scope: Symbol,
    binds_around: bool,
    /// Where its arguments stand.
    pub(super) args: Option<usize>,
}

impl Draft {
    /// Reads a member of the event.
    pub(super) fn member(&mut self, records: &mut Records<'_, '_>, key: &str) -> Walked {
        match key {
            "ph" => {
                let letter = records.word()?.map_or("", |raw| raw.text);
                (self.phase, self.is_async) = Phase::of(letter);
            }
            "name" => self.name = records.symbol()?,
            "cat" => self.category = records.symbol()?,
            "ts" => self.time = records.micros()?,
            "dur" => self.duration = records.micros()?,
            "tdur" => self.thread_duration = records.micros()?,
            "pid" => self.process = records.symbol()?,
            "tid" => self.thread = records.symbol()?,
            "id" => self.id = records.symbol()?,
            "id2" => self.id2(records)?,
            "scope" => self.scope = records.symbol()?,
            "bp" => self.binds_around = records.word()?.is_some_and(|raw| raw.text == "e"),
            "args" => {
                records.cursor.peek();
                self.args = Some(records.cursor.at);
                records.cursor.skip()?;
            }
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    /// An id of the process or of the file.
    fn id2(&mut self, records: &mut Records<'_, '_>) -> Walked {
        if !records.enter_object()? {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            self.has_local_id |= key == "local";
            match key {
                "local" | "global" => self.id = records.symbol()?,
                _ => records.cursor.skip()?,
            }
        }
        Ok(())
    }

    /// The event, if it is whole; else what it lacks.
    pub(super) fn event(&self, at: usize, tracks: &mut Tracks) -> Result<Event, &'static str> {
        if self.is_async && self.id == Symbol::EMPTY {
            return Err("an event of no thread without an id");
        }
        let flow = match self.phase {
            Phase::FlowStart | Phase::FlowStep | Phase::FlowEnd => {
                tracks.flow(self.category, self.name, self.id)
            }
            _ => 0,
        };
        Ok(Event {
            phase: self.phase,
            at,
            time: self.time.ok_or("an event without a ts")?,
            track: tracks.number(self.track()),
            duration: self.duration.or(self.thread_duration),
            name: self.name,
            flow,
            binds_around: self.binds_around,
        })
    }

    fn track(&self) -> Track {
        let lane = match self.is_async {
            true => Lane::Async {
                category: self.category,
                id: self.id,
                scope: self.scope,
                is_local: self.has_local_id,
            },
            false => Lane::Thread(self.thread),
        };
        Track {
            process: self.process,
            thread: self.thread,
            lane,
        }
    }
}
