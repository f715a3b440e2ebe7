//! Latency bands of requests: which of them a percentile chooses.
//!
//! A request falls into a band by the duration of its root, 16 bands an
//! octave. Because aggregates are kept by band, any percentile can be chosen
//! when finishing; the price is that a choice falls on the edge of a band,
//! which is therefore printed.

use crate::histogram::{bucket, bucket_start, nearest_rank};
use crate::partial::{Key, Partial, Row};
use std::collections::BTreeMap;

/// 16 bands an octave.
pub(super) const BITS: u32 = 4;

/// The band of a duration.
pub(super) fn band_of(nano: u64) -> u64 {
    bucket(nano, BITS).into()
}

/// The smallest duration of a band.
pub(super) fn band_start(band: u64) -> u64 {
    bucket_start(band as u32, BITS)
}

/// A root operation: service, name, kind.
pub(super) type Root<'a> = [&'a str; 3];

/// How many requests each root operation had in each band.
#[derive(Debug, Default)]
struct Requests<'a>(BTreeMap<Root<'a>, BTreeMap<u64, u64>>);

impl<'a> Requests<'a> {
    /// Reads a partial whose keys begin with a root operation and a band.
    fn read(partial: &'a Partial, requests: usize) -> Self {
        let mut roots: BTreeMap<Root<'a>, BTreeMap<u64, u64>> = BTreeMap::new();
        for row in 0..partial.len() {
            let count = partial.number(row, requests);
            if count > 0 {
                let bands = roots.entry(root_of(partial, row)).or_default();
                let held = bands.entry(band_at(partial, row)).or_default();
                let count = u64::try_from(count).unwrap_or(u64::MAX);
                *held = held.saturating_add(count);
            }
        }
        Self(roots)
    }

    /// The bands that hold the percentiles from `low` to `high` of each root
    /// operation that `wanted` accepts.
    fn choose(&self, (low, high): (f64, f64), wanted: impl Fn(&Root<'a>) -> bool) -> Bands<'a> {
        let roots = self.0.iter().filter(|(root, _)| wanted(root));
        let band = |bands: &BTreeMap<u64, u64>, percentile: f64| {
            let all = bands.values().copied().fold(0, u64::saturating_add);
            let rank = nearest_rank(percentile / 100.0, all)?;
            let mut seen = 0_u64;
            bands.iter().find_map(|(&band, &count)| {
                seen = seen.saturating_add(count);
                (seen >= rank).then_some(band)
            })
        };
        roots
            .filter_map(|(&root, bands)| Some((root, (band(bands, low)?, band(bands, high)?))))
            .collect()
    }
}

/// By root operation, the first and the last band that are chosen.
pub(super) type Bands<'a> = BTreeMap<Root<'a>, (u64, u64)>;

/// Which requests are chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice<'a> {
    /// At or above this percentile of their root operation.
    pub(super) percentile: Option<f64>,
    /// Or between two of them.
    pub(super) band: Option<(f64, f64)>,
    /// Of this root operation alone.
    pub(super) root_operation: Option<&'a str>,
}

impl Choice<'_> {
    /// The bands of a partial whose keys begin with a root operation and a band,
    /// and that counts requests in this column.
    pub(super) fn bands<'p>(&self, partial: &'p Partial, requests: usize) -> Bands<'p> {
        let from = self.percentile.map(|low| (low, 100.0));
        let percentiles = self.band.or(from).unwrap_or((0.0, 100.0));
        let wanted = |root: &Root<'p>| accepts(self.root_operation, root);
        Requests::read(partial, requests).choose(percentiles, wanted)
    }
}

/// The rows of a partial that are of chosen requests.
pub(super) fn rows_within<'a>(
    partial: &'a Partial,
    bands: &'a Bands<'a>,
) -> impl Iterator<Item = Row> + 'a {
    (0..partial.len()).filter(|&row| {
        let (chosen, band) = (bands.get(&root_of(partial, row)), band_at(partial, row));
        chosen.is_some_and(|&(low, high)| low <= band && band <= high)
    })
}

/// Whether a root operation is the wanted one: its name, or service and name
/// with a space between.
pub(super) fn accepts(wanted: Option<&str>, [service, name, _]: &Root<'_>) -> bool {
    let Some(wanted) = wanted else { return true };
    let rest = wanted.strip_prefix(service);
    wanted == *name || rest.and_then(|rest| rest.strip_prefix(' ')) == Some(name)
}

/// The root operation of a row.
pub(super) fn root_of(partial: &Partial, row: usize) -> Root<'_> {
    [0, 1, 2].map(|column| partial.name(row, column))
}

/// The band of a row.
pub(super) fn band_at(partial: &Partial, row: usize) -> u64 {
    match partial.key(row, 3) {
        Key::U64(band) => band,
        _ => 0,
    }
}
