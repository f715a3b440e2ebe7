//! Cells in memory, by what they hold.
//!
//! Three stores: plain values, texts of which few are distinct, and texts in
//! one buffer. A store keeps flags for absent cells only where there are some.

use serde::{Deserialize, Serialize};

/// Cells of one type, some of them absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cells<T> {
    values: Vec<T>,
    /// One flag a cell; empty where none is absent.
    valid: Vec<bool>,
}

impl<T> Default for Cells<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            valid: Vec::new(),
        }
    }
}

impl<T: Clone + Default> Cells<T> {
    /// Appends a cell.
    pub fn push(&mut self, cell: Option<T>) {
        if cell.is_none() && self.valid.is_empty() {
            self.valid = Vec::with_capacity(self.values.capacity());
            self.valid.resize(self.values.len(), true);
        }
        if !self.valid.is_empty() || cell.is_none() {
            self.valid.push(cell.is_some());
        }
        self.values.push(cell.unwrap_or_default());
    }

    /// The cell at a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&T> {
        let present = self.valid.get(row).copied().unwrap_or(true);
        self.values.get(row).filter(|_| present)
    }

    /// All values; absent cells hold the type's default.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// One flag a cell; empty where none is absent.
    #[must_use]
    pub fn valid(&self) -> &[bool] {
        &self.valid
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes the values and flags apart.
    #[must_use]
    pub fn into_parts(self) -> (Vec<T>, Vec<bool>) {
        (self.values, self.valid)
    }
}

impl<T: Clone + Default> FromIterator<Option<T>> for Cells<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Self {
        let cells = cells.into_iter();
        let mut column = Self {
            values: Vec::with_capacity(cells.size_hint().0),
            valid: Vec::new(),
        };
        cells.for_each(|cell| column.push(cell));
        column
    }
}

impl<T: Clone + Default> FromIterator<T> for Cells<T> {
    fn from_iter<I: IntoIterator<Item = T>>(cells: I) -> Self {
        Self {
            values: cells.into_iter().collect(),
            valid: Vec::new(),
        }
    }
}

/// Texts of which few are distinct: codes into a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Names {
    codes: Cells<u32>,
    values: Vec<String>,
    /// Where appending finds a text again; made anew for cells that were at
    /// rest.
    #[serde(skip)]
    index: crate::keyed::KeyedMap<String, u32>,
}

impl Names {
    /// Appends a cell.
    pub fn push(&mut self, name: Option<&str>) {
        let code = name.map(|name| self.code(name));
        self.codes.push(code);
    }

    /// Cells that are given as numbers, of which each stands for a text and
    /// equal texts have equal ones. Every number is looked up once alone.
    pub fn of_numbers<'a>(
        numbers: impl IntoIterator<Item = Option<u32>>,
        text: impl Fn(u32) -> &'a str,
    ) -> Self {
        let (mut names, mut codes) = (Self::default(), Vec::new());
        let cells = numbers.into_iter().map(|number| {
            let at = number? as usize;
            if at >= codes.len() {
                codes.resize(at + 1, None);
            }
            Some(*codes[at].get_or_insert_with(|| names.code(text(at as u32))))
        });
        let cells: Cells<u32> = cells.collect();
        Self {
            codes: cells,
            ..names
        }
    }

    fn code(&mut self, name: &str) -> u32 {
        if self.index.len() != self.values.len() {
            let numbered = self.values.iter().cloned().zip(0..);
            self.index = numbered.collect();
        }
        if let Some(&code) = self.index.get(name) {
            return code;
        }
        let code = self.values.len() as u32;
        self.values.push(name.to_owned());
        self.index.insert(name.to_owned(), code);
        code
    }

    /// The cell at a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.codes
            .get(row)
            .map(|&code| self.values[code as usize].as_str())
    }

    /// The codes, one a cell.
    #[must_use]
    pub fn codes(&self) -> &Cells<u32> {
        &self.codes
    }

    /// The distinct texts.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Takes the codes and the distinct texts apart.
    #[must_use]
    pub fn into_parts(self) -> (Cells<u32>, Vec<String>) {
        (self.codes, self.values)
    }
}

impl<'a> FromIterator<Option<&'a str>> for Names {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(cells: I) -> Self {
        let mut names = Self::default();
        cells.into_iter().for_each(|cell| names.push(cell));
        names
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(cells: I) -> Self {
        cells.into_iter().map(Some).collect()
    }
}

/// Texts that mostly differ, in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Texts {
    buffer: String,
    ends: Cells<u64>,
}

impl Texts {
    /// No cells yet, but room for so many of so many bytes together, so that
    /// nothing is copied as they come.
    ///
    /// ```
    /// use spanwise_model::table::Texts;
    /// let mut texts = Texts::with_room(2, 5);
    /// [Some("GET"), Some("PUT")].into_iter().for_each(|text| texts.push(text));
    /// assert_eq!((texts.buffer(), texts.get(1)), ("GETPUT", Some("PUT")));
    /// ```
    #[must_use]
    pub fn with_room(cells: usize, bytes: usize) -> Self {
        Self {
            buffer: String::with_capacity(bytes),
            ends: Cells {
                values: Vec::with_capacity(cells),
                valid: Vec::new(),
            },
        }
    }

    /// Appends a cell.
    pub fn push(&mut self, text: Option<&str>) {
        self.buffer.push_str(text.unwrap_or_default());
        let end = self.buffer.len() as u64;
        self.ends.push(text.map(|_| end));
        if text.is_none() {
            if let Some(last) = self.ends.values.last_mut() {
                *last = end;
            }
        }
    }

    /// The cell at a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)? as usize;
        let start = if row == 0 {
            0
        } else {
            self.ends.values()[row - 1] as usize
        };
        Some(&self.buffer[start..end])
    }

    /// All texts one after the other.
    #[must_use]
    pub fn buffer(&self) -> &str {
        &self.buffer
    }

    /// The end of each text in the buffer.
    #[must_use]
    pub fn ends(&self) -> &Cells<u64> {
        &self.ends
    }

    /// Takes the buffer and the ends apart.
    #[must_use]
    pub fn into_parts(self) -> (String, Cells<u64>) {
        (self.buffer, self.ends)
    }
}

impl<T: AsRef<str>> FromIterator<Option<T>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Self {
        let cells = cells.into_iter();
        let mut texts = Self::with_room(cells.size_hint().0, 0);
        cells.for_each(|cell| texts.push(cell.as_ref().map(AsRef::as_ref)));
        texts
    }
}
