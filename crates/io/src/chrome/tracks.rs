//! Tracks: threads, and what runs on none.

use spanwise_model::keyed::KeyedMap;
use spanwise_model::Symbol;

/// What tells a track from others, besides its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    Thread(Symbol),
    /// What has the same category, id and scope.
    Async {
        category: Symbol,
        id: Symbol,
        scope: Symbol,
        /// True where other processes may use the same id for something else.
        is_local: bool,
    },
}

/// A track.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track {
    /// The process of its first event.
    pub(super) process: Symbol,
    /// The thread of its first event.
    pub(super) thread: Symbol,
    pub(super) lane: Lane,
}

/// The tracks of a file, numbered as they come; names of processes and threads;
/// and numbers for what flows together.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    rows: Vec<Track>,
    numbers: KeyedMap<(Symbol, Lane), u32>,
    flows: KeyedMap<(Symbol, Symbol, Symbol), u32>,
    processes: KeyedMap<Symbol, Symbol>,
    threads: KeyedMap<(Symbol, Symbol), Symbol>,
}

impl Tracks {
    /// The number of the track that an event is on.
    pub(super) fn number(&mut self, track: Track) -> u32 {
        let process = match track.lane {
            Lane::Async {
                is_local: false, ..
            } => Symbol::EMPTY,
            _ => track.process,
        };
        let next = self.rows.len() as u32;
        let number = *self.numbers.entry((process, track.lane)).or_insert(next);
        if number == next {
            self.rows.push(track);
        }
        number
    }

    pub(super) fn get(&self, number: u32) -> Track {
        self.rows[number as usize]
    }

    /// The number of flows of this category, name and id.
    pub(super) fn flow(&mut self, category: Symbol, name: Symbol, id: Symbol) -> u32 {
        let next = self.flows.len() as u32;
        *self.flows.entry((category, name, id)).or_insert(next)
    }

    pub(super) fn name_process(&mut self, process: Symbol, name: Symbol) {
        self.processes.insert(process, name);
    }

    pub(super) fn name_thread(&mut self, process: Symbol, thread: Symbol, name: Symbol) {
        self.threads.insert((process, thread), name);
    }

    /// The name of a process; empty where it has none.
    pub(super) fn process(&self, process: Symbol) -> Symbol {
        self.processes.get(&process).copied().unwrap_or_default()
    }

    /// The name of a thread; empty where it has none.
    pub(super) fn thread(&self, track: Track) -> Symbol {
        let key = (track.process, track.thread);
        self.threads.get(&key).copied().unwrap_or_default()
    }
}
