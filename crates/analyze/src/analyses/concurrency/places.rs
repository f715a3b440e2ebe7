//! Which instance each span is of, and which side of it.

use crate::analyses::numbered::Numbered;
use rustc_hash::FxHashMap;
use spanwise_model::{ResourceId, SpanTable, Symbol};
use std::borrow::Cow;

/// What of an instance is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Serving,
    Calling,
}

/// How many sides there are.
pub(super) const SIDES: u32 = 2;

impl Role {
    const ALL: [Self; SIDES as usize] = [Self::Serving, Self::Calling];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Calling => "calling",
        }
    }
}

/// An instance: the symbol of its service, and a number for its name.
type Place = (Symbol, u32);

/// The instances of a table, each with a number.
pub(super) struct Places<'a> {
    table: &'a SpanTable,
    /// The names of instances, and by resource the number of one.
    names: Vec<String>,
    numbers: Vec<u32>,
    places: Numbered<Place>,
    /// By resource: the service that it was asked of last, and the place.
    latest: Vec<(Symbol, u32)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        let store = &table.store;
        let mut held: FxHashMap<String, u32> = FxHashMap::default();
        let mut names = Vec::new();
        let resources = (0..store.resources.len() as u32).map(ResourceId);
        let numbers = resources.map(|id| {
            let instance = store.resources.instance(id, &store.strings);
            let name = instance.map_or_else(String::new, Cow::into_owned);
            *held.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() as u32 - 1
            })
        });
        Self {
            table,
            numbers: numbers.collect(),
            names,
            places: Numbered::default(),
            latest: vec![(Symbol::EMPTY, u32::MAX); store.resources.len()],
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The number of the instance of spans of a service and a resource.
    #[inline]
    pub(super) fn of(&mut self, service: Symbol, resource: ResourceId) -> u32 {
        let (known, place) = self.latest[resource.0 as usize];
        match known == service && place != u32::MAX {
            true => place,
            false => self.find(service, resource),
        }
    }

    #[cold]
    fn find(&mut self, service: Symbol, resource: ResourceId) -> u32 {
        let number = self.numbers[resource.0 as usize];
        let place = self.places.number((service, number));
        self.latest[resource.0 as usize] = (service, place);
        place
    }

    /// Service, instance and side of a number of a place and a side.
    pub(super) fn names(&self, group: u32) -> [&str; 3] {
        let (service, number) = self.places.key(group / SIDES);
        let side = Role::ALL[(group % SIDES) as usize];
        let instance = &self.names[number as usize];
        [self.table.text(service), instance, side.name()]
    }

    /// All places and sides in the order of their names.
    pub(super) fn sorted_sides(&self) -> Vec<u32> {
        let mut groups: Vec<u32> = (0..self.len() as u32 * SIDES).collect();
        groups.sort_unstable_by_key(|&group| self.names(group));
        groups
    }
}
