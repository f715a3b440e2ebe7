//! How a scan is done, and what that means in bytes.

use crate::source::Expansion;
use std::path::PathBuf;

/// How a scan makes traces whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assembly {
    /// In memory where they have room, else by partitions on disk.
    #[default]
    Partition,
    /// They are whole already: no trace is in two files, nor in two pieces of
    /// a large one, as in answers of a tracing backend. Merging partials
    /// refuses traces that are cut, where it comes across them.
    Complete,
}

/// How a scan is done.
///
/// ```
/// use spanwise_io::scan::{Assembly, ScanOptions};
/// let options = ScanOptions::default().memory_bytes(512 << 20);
/// assert_eq!((options.memory_bytes, options.assembly), (Some(512 << 20), Assembly::Partition));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScanOptions {
    /// The memory to keep within; as much as there is where it is not said.
    /// A single trace that is larger is held all the same.
    pub memory_bytes: Option<u64>,
    /// Where temporary files are made; where the system keeps them unless said.
    pub spill_folder: Option<PathBuf>,
    /// How traces are made whole.
    pub assembly: Assembly,
    /// Where the scan keeps what it has done, so that it can be resumed.
    pub resume: Option<Resume>,
}

/// How a scan can be resumed that was interrupted.
///
/// ```
/// use spanwise_io::scan::Resume;
/// assert!(Resume::new("month.scan").keep(true).keep);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resume {
    /// The folder of the scan, which is for nothing else.
    pub folder: PathBuf,
    /// True where the folder is to stay when the scan has ended: a later run
    /// then has the same answer at once. [`super::remove_scan`] removes it.
    pub keep: bool,
    /// What the answer depends on besides the input and the options here, by
    /// name. A scan to which something else was told is not resumed.
    pub told: Vec<(String, String)>,
}

impl Resume {
    /// Resumes the scan in this folder, or begins it.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            ..Self::default()
        }
    }

    /// The same, whose folder stays, or not.
    #[must_use]
    pub fn keep(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }
}

impl ScanOptions {
    /// The same options within this much memory.
    #[must_use]
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory_bytes = Some(bytes);
        self
    }

    /// The same options with temporary files in this folder.
    #[must_use]
    pub fn spill_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.spill_folder = Some(folder.into());
        self
    }

    /// The same options for a scan that can be resumed.
    #[must_use]
    pub fn resume(mut self, resume: Resume) -> Self {
        self.resume = Some(resume);
        self
    }

    /// The same options with traces made whole in this way.
    #[must_use]
    pub fn assembly(mut self, assembly: Assembly) -> Self {
        self.assembly = assembly;
        self
    }

    pub(super) fn budget(&self, expansion: &Expansion) -> Budget {
        let Some(memory) = self.memory_bytes else {
            return Budget::UNLIMITED;
        };
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        let sizes = expansion.items.iter();
        let input: u64 = sizes.map(|item| item.size.unwrap_or(0)).sum();
        let partition_bytes = (memory / 5).max(LEAST_PARTITION);
        let expected = usize::try_from(input).unwrap_or(usize::MAX) / partition_bytes.max(1);
        Budget {
            piece_bytes: (memory / 64).max(1 << 16),
            held_bytes: memory / 5,
            partition_bytes,
            partitions: expected.clamp(8, 256),
        }
    }
}

/// What the parts of a scan may take. Assembly and facts take about as much
/// again as the records of a table, and so do the copies of a deal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Bytes of input that are read at once.
    pub(super) piece_bytes: usize,
    /// Bytes of records that are held before they are dealt.
    pub(super) held_bytes: usize,
    /// Bytes of records of one partition.
    pub(super) partition_bytes: usize,
    /// How many partitions there are.
    pub(super) partitions: usize,
}

/// Fewer bytes than this are not worth a partition of their own.
const LEAST_PARTITION: usize = 256 << 10;

impl Budget {
    const UNLIMITED: Self = Self {
        piece_bytes: usize::MAX,
        held_bytes: usize::MAX,
        partition_bytes: usize::MAX,
        partitions: 1,
    };
}
