//! What a table of concurrency is made of: series, one after the other.

use super::series::Series;
use super::{instances, levels};
use super::{over_time, Concurrency, ConcurrencyBy, OPERATION, SLICE};
use crate::partial::Partial;
use spanwise_model::table::Names;
use spanwise_model::{ColumnData, Table};

/// Service, instance and side.
pub(super) type SeriesKey<'a> = [&'a str; 3];

/// The rows of a table, which series are added to in the order of their keys.
pub(super) trait Rows<'a> {
    fn add(&mut self, key: SeriesKey<'a>, series: &Series);

    fn table(self: Box<Self>) -> Table;
}

/// No rows of the table that these options ask for.
pub(super) fn none<'a>(options: &Concurrency) -> Box<dyn Rows<'a> + 'a> {
    match options.by {
        ConcurrencyBy::Time => Box::new(over_time::Buckets::of_width(options.bucket_nano)),
        ConcurrencyBy::Instance => Box::<instances::Instances<'a>>::default(),
        ConcurrencyBy::Level => Box::<levels::Levels<'a>>::default(),
    }
}

/// Adds all series of a partial.
pub(super) fn add_all<'a>(rows: &mut dyn Rows<'a>, partial: &'a Partial, mut series: Series) {
    let sorted = partial.sorted_rows();
    let side = partial.words_of(0..SLICE);
    let place = partial.words_of(SLICE..OPERATION + 1);
    for of_side in sorted.chunk_by(|&a, &b| side(a) == side(b)) {
        series.clear();
        for &row in of_side {
            let place = place(row);
            let number = |column| partial.number(row, column);
            series.add(place[0] as i64, place[1], number);
        }
        let key = [0, 1, 2].map(|column| partial.name(of_side[0], column));
        rows.add(key, &series);
    }
}

/// The keys of series, and of rows the series that they are of.
#[derive(Default)]
pub(super) struct Keys<'a> {
    series: Vec<SeriesKey<'a>>,
    rows: Vec<u32>,
}

impl<'a> Keys<'a> {
    /// The rows to come are of this series.
    pub(super) fn begin(&mut self, key: SeriesKey<'a>) {
        self.series.push(key);
    }

    /// One more row.
    pub(super) fn push(&mut self) {
        self.rows.push(self.series.len() as u32 - 1);
    }

    /// The columns that tell series apart.
    pub(super) fn table(self) -> Table {
        let column = |at: usize| {
            let rows = self.rows.iter().map(|&number| Some(number));
            let name = |number: u32| self.series[number as usize][at];
            ColumnData::Name(Names::of_numbers(rows, name))
        };
        Table::new()
            .with("service", column(0))
            .with("instance", column(1))
            .with("side", column(2))
    }
}
