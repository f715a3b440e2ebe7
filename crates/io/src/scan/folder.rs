//! The folder of a scan that can be resumed.
//!
//! It is for one scan, by one process at a time, and holds nothing else: what
//! is in it is removed when the scan is done.

use spanwise_model::{Error, ErrorKind, Result};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The journal, without which a folder is none of a scan.
const JOURNAL: &str = "scan.journal";

/// What files of partitions end in.
const SPILL: &str = ".spill";

/// Opens the journal in a folder, which is made where it does not exist. No
/// other process may have it open.
pub(super) fn open_journal(folder: &Path) -> Result<(File, PathBuf)> {
    let place = |error: Error| error.in_file(folder.display().to_string());
    let journal = folder.join(JOURNAL);
    let open = || -> Result<File> {
        fs::create_dir_all(folder)?;
        if !journal.exists() && fs::read_dir(folder)?.next().is_some() {
            let message = "a folder for a scan to be resumed must be its own; this one holds files";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        locked(&journal)
    };
    Ok((open().map_err(place)?, journal))
}

#[cfg(unix)]
fn locked(journal: &Path) -> Result<File> {
    use rustix::fs::{flock, FlockOperation};
    let file = options().open(journal)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| in_use())?;
    Ok(file)
}

#[cfg(windows)]
fn locked(journal: &Path) -> Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    options().share_mode(0).open(journal).map_err(|_| in_use())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

fn in_use() -> Error {
    Error::new(ErrorKind::Usage, "another scan is using this folder")
}

/// The file of a partition.
pub(super) fn spill_path(folder: &Path, partition: &[u32]) -> PathBuf {
    let numbers: Vec<String> = partition.iter().map(ToString::to_string).collect();
    folder.join(format!("partition-{}{SPILL}", numbers.join("-")))
}

/// Removes a scan that was to be resumed, and its folder where nothing else is
/// in it. Does nothing where there is none.
///
/// ```
/// let folder = std::env::temp_dir().join("spanwise-no-such-scan");
/// spanwise_io::scan::remove_scan(&folder)?;
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Io`] where a file cannot be removed.
pub fn remove_scan(folder: &Path) -> Result<()> {
    let place = |error: io::Error| Error::from(error).in_file(folder.display().to_string());
    let journal = folder.join(JOURNAL);
    if !journal.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(place)? {
        let path = entry.map_err(place)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("partition-") && name.ends_with(SPILL) {
            fs::remove_file(&path).map_err(place)?;
        }
    }
    fs::remove_file(journal).map_err(place)?;
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(place(error)),
        _ => Ok(()),
    }
}
