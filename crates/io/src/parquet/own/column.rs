//! The values of an attribute that has a column.

use super::cells::{Cells, Said};
use super::leaves::Leaves;
use super::ready::{Among, Ready};
use super::trails::Trails;
use super::{cells, Short};
use spanwise_model::{KeyUse, SpanBatch, Spelled, Symbol};

/// The values of a key.
pub(super) struct Column<'f> {
    pub(super) key: Symbol,
    pub(super) is_evidence: bool,
    pub(super) is_kept: bool,
    /// True where orders give its values.
    pub(super) is_given: bool,
    /// True where orders say that they stand here.
    pub(super) is_stepped_on: bool,
    ready: Ready,
    /// The values that are held, as a batch has them, where they are kept.
    dictionary: Spelled,
    window: Spelled,
    /// How many dictionaries were spelled.
    learned: usize,
    /// Nothing where nobody wants them.
    cells: Option<Box<dyn Cells<'f> + 'f>>,
}

impl<'f> Column<'f> {
    /// The next column, which has this key; `None` where it is of a type that
    /// attributes have not, or does not stand in the file.
    pub(super) fn of(leaves: &mut Leaves<'f>, key: Symbol, key_use: KeyUse) -> Option<Self> {
        let cells = match key_use.is_read() {
            true => Some(cells::of(leaves)?),
            false => {
                leaves.skip();
                None
            }
        };
        let spelled = cells.as_ref();
        let spelled = spelled.map_or(Spelled::texts(key), |cells| cells.spelled(key));
        Some(Self {
            key,
            is_evidence: key_use.is_evidence(),
            is_kept: key_use.is_kept(),
            is_given: false,
            is_stepped_on: false,
            ready: Ready::default(),
            dictionary: spelled.clone(),
            window: spelled,
            learned: 0,
            cells,
        })
    }

    /// Adds the next value, if it is kept, to the rows of the open record, and
    /// goes on behind it.
    #[inline(always)]
    pub(super) fn next(&mut self, trails: &mut Trails, batch: &mut SpanBatch) -> Result<(), Short> {
        if self.ready.is_empty() {
            self.make_ready().ok_or(Short)?;
        }
        let place = self.ready.take();
        if self.is_kept {
            let spelled = match self.ready.among {
                Among::Dictionary => &self.dictionary,
                Among::Window => &self.window,
            };
            batch.row_spelled(spelled, place as usize);
        }
        if self.is_evidence {
            trails.go(self.ready.name(place));
        }
        Ok(())
    }

    /// Goes on behind the next value.
    pub(super) fn pass(&mut self) -> Result<(), Short> {
        if self.ready.is_empty() {
            self.make_ready().ok_or(Short)?;
        }
        self.ready.take();
        Ok(())
    }

    /// The last value; `None` where nobody wants it.
    pub(super) fn last(&self) -> Option<Said<'f>> {
        let cells = self.cells.as_ref()?;
        cells.value(self.ready.among, self.ready.last()?)
    }

    /// True where no value is left, or orders give all of them.
    pub(super) fn is_over(&self) -> bool {
        if self.is_given {
            return !self.is_stepped_on;
        }
        let mut cells = self.cells.iter();
        cells.all(|cells| self.ready.is_empty() && cells.is_over())
    }

    /// Makes the next values ready, and spells those that are new.
    #[inline(never)]
    fn make_ready(&mut self) -> Option<()> {
        let Some(cells) = &mut self.cells else {
            self.ready.repeat(0, Among::Window, usize::MAX);
            return Some(());
        };
        cells.make_ready(&mut self.ready)?;
        let learned = cells.learned();
        let spelled = match self.ready.among {
            _ if !self.is_kept => return Some(()),
            Among::Dictionary if self.learned == learned => return Some(()),
            Among::Dictionary => &mut self.dictionary,
            Among::Window => &mut self.window,
        };
        if self.ready.among == Among::Dictionary {
            self.learned = learned;
        }
        spelled.clear();
        cells.spell(self.ready.among, spelled)
    }
}
