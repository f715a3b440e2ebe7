//! Streams that can be read once alone, kept so that they can be read again.
//!
//! A scan reads its input for each answer, and holds no more of it than a
//! piece. So what a stream holds beyond a small part of the memory is copied
//! to a temporary file without a name, as it comes, compressed or not.

use super::input::{beginning, Input};
use crate::at::At;
use crate::progress::Phase;
use crate::read::ReadOptions;
use crate::scan::ScanOptions;
use spanwise_model::{Error, ErrorKind, Guard, Result};
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use tempfile::{spooled_tempfile, spooled_tempfile_in, SpooledData, SpooledTempFile};

/// How many bytes are copied between two looks at who watches.
const STEP: usize = 1 << 20;

/// What a stream held, in a file without a name.
#[derive(Clone, Debug)]
pub struct Spool {
    file: Arc<File>,
    bytes: u64,
}

impl PartialEq for Spool {
    /// True where both are one file.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file)
    }
}

impl Eq for Spool {}

impl Spool {
    /// How many bytes there are.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All bytes, from the first one.
    pub(crate) fn reader(&self) -> At {
        At::new(self.file.clone(), 0)
    }
}

impl Input {
    /// What a stream still holds, copied to a temporary file where it is larger
    /// than an eighth of the scan's memory. Where it is of no known format, its
    /// beginning alone is taken.
    ///
    /// ```
    /// use spanwise_io::scan::ScanOptions;
    /// use spanwise_io::{Input, ReadOptions};
    ///
    /// let spans = "shop GET 0..100\n".repeat(100);
    /// let (read, scan) = (ReadOptions::default(), ScanOptions::default().memory_bytes(800));
    /// let input = Input::spooled("-", &mut spans.as_bytes(), &read, &scan)?;
    /// assert!(matches!(input, Input::Spooled { .. }));
    /// assert_eq!(spanwise_io::read_batch(&[input.clone(), input], &read)?.len(), 200);
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Input::from_stream`], and [`ErrorKind::Io`] where a temporary file
    /// cannot be written.
    pub fn spooled(
        name: impl Into<String>,
        stream: &mut dyn Read,
        read: &ReadOptions,
        scan: &ScanOptions,
    ) -> Result<Self> {
        let name = name.into();
        match copied(stream, read, scan) {
            Ok(SpooledData::InMemory(bytes)) => Ok(Self::Bytes {
                name,
                bytes: bytes.into_inner().into(),
            }),
            Ok(SpooledData::OnDisk(file)) => {
                let bytes = file.metadata()?.len();
                let file = Arc::new(file);
                let spool = Spool { file, bytes };
                Ok(Self::Spooled { name, spool })
            }
            Err(error) => Err(error.in_file(name)),
        }
    }
}

fn copied(stream: &mut dyn Read, read: &ReadOptions, scan: &ScanOptions) -> Result<SpooledData> {
    let held = scan.memory_bytes.map_or(u64::MAX, |bytes| bytes / 8);
    let held = usize::try_from(held).unwrap_or(usize::MAX);
    let mut copy = match &scan.spill_folder {
        Some(folder) => spooled_tempfile_in(held, folder),
        None => spooled_tempfile(held),
    };
    let (head, goes_on) = beginning(stream, read)?;
    copy.write_all(&head).map_err(unwritten)?;
    if goes_on {
        copy_rest(stream, read, &mut copy, head.len() as u64)?;
    }
    Ok(copy.into_inner())
}

fn copy_rest(
    stream: &mut dyn Read,
    read: &ReadOptions,
    copy: &mut SpooledTempFile,
    head: u64,
) -> Result<()> {
    let (mut step, mut done) = (vec![0; STEP], head);
    loop {
        if let Some(progress) = &read.progress {
            progress.phase(Phase::Copying, done, None);
            if progress.cancelled() {
                return Err(Error::new(ErrorKind::Cancelled, "stopped"));
            }
        }
        let came = match stream.read(&mut step) {
            Ok(0) => return Ok(()),
            Ok(came) => came,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        done += came as u64;
        if done > read.limits.file_bytes {
            return Err(Guard::exceeded("file_bytes", read.limits.file_bytes));
        }
        copy.write_all(&step[..came]).map_err(unwritten)?;
    }
}

fn unwritten(error: io::Error) -> Error {
    let message = format!("a temporary file: {error}");
    Error::new(ErrorKind::Io, message).caused_by(error)
}
