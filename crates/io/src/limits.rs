//! Limits against hostile input.
//!
//! Each has a default that no ordinary export reaches; exceeding one is an
//! error that names it, because silently cutting data would falsify results.

use spanwise_model::Guard;

/// How much a read may take. Every limit holds for each file by itself.
///
/// ```
/// use spanwise_io::{read_table, Input, Limits, ReadOptions};
/// use spanwise_model::ErrorKind;
///
/// let input = [Input::bytes("shop GET 0..100")];
/// let tight = ReadOptions::default().limits(Limits::default().file_bytes(8));
/// let error = read_table(&input, &tight).err().map(|error| error.kind());
/// assert_eq!(error, Some(ErrorKind::Limit));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of one file, after decompression; of an archive, of all
    /// its entries together.
    pub file_bytes: u64,
    /// The most bytes that one compressed byte may become, in every layer of
    /// compression and in all of them together. It is not looked at before
    /// 64 MiB have been decompressed.
    pub ratio: u64,
    /// The most entries of the archives in one file, together.
    pub entries: u64,
    /// The most layers of compression and archives around one another.
    pub layers: usize,
    /// The longest text in one field, in bytes.
    pub text_bytes: usize,
    /// The most attributes of one span, event or link.
    pub attributes: usize,
    /// The deepest nesting of a document or of an attribute's value.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let guard = Guard::default();
        Self {
            file_bytes: 8 << 30,
            ratio: 200,
            entries: 1_000_000,
            layers: 8,
            text_bytes: guard.text_bytes,
            attributes: guard.attributes,
            depth: guard.depth,
        }
    }
}

impl Limits {
    /// The same limits with another for the bytes of a file.
    #[must_use]
    pub fn file_bytes(mut self, bytes: u64) -> Self {
        self.file_bytes = bytes;
        self
    }

    /// The same limits with another for the ratio of decompression.
    #[must_use]
    pub fn ratio(mut self, ratio: u64) -> Self {
        self.ratio = ratio;
        self
    }

    /// The same limits with another for the entries of archives.
    ///
    /// ```
    /// use spanwise_io::Limits;
    /// assert_eq!(Limits::default().entries(10).entries, 10);
    /// ```
    #[must_use]
    pub fn entries(mut self, entries: u64) -> Self {
        self.entries = entries;
        self
    }

    /// The same limits with another for layers around one another. An archive
    /// that holds itself is refused by it.
    ///
    /// ```
    /// use spanwise_io::Limits;
    /// assert_eq!(Limits::default().layers(2).layers, 2);
    /// ```
    #[must_use]
    pub fn layers(mut self, layers: usize) -> Self {
        self.layers = layers;
        self
    }

    /// The same limits with another for the length of a text.
    #[must_use]
    pub fn text_bytes(mut self, bytes: usize) -> Self {
        self.text_bytes = bytes;
        self
    }

    /// The same limits with another for the attributes of a record.
    #[must_use]
    pub fn attributes(mut self, count: usize) -> Self {
        self.attributes = count;
        self
    }

    /// The same limits with another for the depth of nesting.
    #[must_use]
    pub fn depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }
}
