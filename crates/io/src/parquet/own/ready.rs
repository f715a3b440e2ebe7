//! The values of a column that come next, by their places among those held.

/// How many values are made ready at once.
pub(super) const AHEAD: usize = 64;

/// The place of a value that stands in no dictionary.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Where values are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Among {
    /// In the dictionary, where a value keeps its place.
    Dictionary,
    /// Among those that were made ready last.
    #[default]
    Window,
}

/// Places of values that are ready, or of one that comes again and again.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    places: [u32; AHEAD],
    pub(super) among: Among,
    /// The next one.
    next: usize,
    /// How far it is from one to the next: 0 where it is one.
    step: usize,
    /// How many are left.
    left: usize,
}

impl Default for Ready {
    fn default() -> Self {
        Self {
            places: [0; AHEAD],
            among: Among::default(),
            next: 0,
            step: 0,
            left: 0,
        }
    }
}

impl Ready {
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Takes the next place.
    #[inline(always)]
    pub(super) fn take(&mut self) -> u32 {
        let place = self.places[self.next % AHEAD];
        (self.next, self.left) = (self.next + self.step, self.left - 1);
        place
    }

    /// The place that was taken last; `None` where none was.
    pub(super) fn last(&self) -> Option<u32> {
        let last = self.next.checked_sub(self.step)?;
        self.places.get(last).copied()
    }

    /// What a place is known by.
    #[inline(always)]
    pub(super) fn name(&self, place: u32) -> u32 {
        match self.among {
            Among::Dictionary => place,
            Among::Window => NOWHERE,
        }
    }

    /// How often the last place comes again at once, as far as that is known.
    #[inline]
    pub(super) fn again(&self) -> usize {
        match self.step {
            0 => self.left,
            _ => 0,
        }
    }

    /// Passes over the last place, which comes again so often.
    pub(super) fn pass_again(&mut self, times: usize) {
        self.left = self.left.saturating_sub(times);
    }

    /// Makes one place ready, which comes so often.
    pub(super) fn repeat(&mut self, place: u32, among: Among, times: usize) {
        self.places[0] = place;
        (self.among, self.next, self.step, self.left) = (among, 0, 0, times);
    }

    /// Makes the first places of a window ready.
    pub(super) fn count(&mut self, count: usize) {
        let places = self.places.iter_mut().zip(0..);
        places.for_each(|(place, nth)| *place = nth);
        (self.among, self.next, self.step) = (Among::Window, 0, 1);
        self.left = count.min(AHEAD);
    }

    /// Makes places of a dictionary ready that `fill` puts down; it answers how
    /// many.
    pub(super) fn fill(&mut self, fill: impl FnOnce(&mut [u32; AHEAD]) -> usize) -> &[u32] {
        let count = fill(&mut self.places).min(AHEAD);
        (self.among, self.next, self.step, self.left) = (Among::Dictionary, 0, 1, count);
        &self.places[..count]
    }
}
