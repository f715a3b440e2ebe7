//! Files that are written: made late, compressed as their name ends.
//!
//! A file is made when the first byte is written to it, so that a run that
//! fails before leaves what was there.

use flate2::write::GzEncoder;
use flate2::Compression;
use spanwise_model::Result;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    fn of(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("gz" | "gzip") => Self::Gzip,
            Some("zst" | "zstd") => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Writes a file. What `write` writes is compressed where the name ends in
/// `.gz` or `.zst`.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("shop.zipkin.json.gz");
/// let batch = spanwise_io::notation::parse("shop GET /cart 0..100 server");
/// let zipkin = spanwise_io::by_name("zipkin-json").expect("a format");
/// spanwise_io::write_file(&path, |out| zipkin.write(&batch, out))?;
/// assert!(std::fs::read(&path)?.starts_with(b"\x1f\x8b"));
/// let inputs = [spanwise_io::Input::from(path)];
/// let table = spanwise_io::read_table(&inputs, &Default::default())?;
/// assert_eq!(table.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where the file cannot be made or written, and what `write` gives.
pub fn write_file<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    packed(path, write).map_err(|error| error.in_file(path.display().to_string()))
}

fn packed<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    let mut file = OutputFile::new(path);
    let written = write(&mut file)?;
    file.finish()?;
    Ok(written)
}

/// A file that is made when something is written to it, and compressed as its
/// name ends; [`write_file`] is the simple way to one.
pub struct OutputFile {
    path: PathBuf,
    packer: Option<Packer>,
}

enum Packer {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Packer {
    fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        Ok(match Packing::of(path) {
            Packing::Plain => Self::Plain(file),
            Packing::Gzip => Self::Gzip(GzEncoder::new(file, Compression::default())),
            Packing::Zstd => Self::Zstd(zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)?),
        })
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(packer) => packer,
            Self::Zstd(packer) => packer,
        }
    }

    fn finish(self) -> io::Result<()> {
        let mut file = match self {
            Self::Plain(file) => file,
            Self::Gzip(packer) => packer.finish()?,
            Self::Zstd(packer) => packer.finish()?,
        };
        file.flush()
    }
}

impl OutputFile {
    /// A file at this path, which is not made yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            packer: None,
        }
    }

    fn writer(&mut self) -> io::Result<&mut dyn Write> {
        let packer = match self.packer.take() {
            Some(packer) => packer,
            None => Packer::create(&self.path)?,
        };
        Ok(self.packer.insert(packer).writer())
    }

    /// Ends the file; one to which nothing was written is empty.
    ///
    /// # Errors
    ///
    /// Where it cannot be made or written.
    pub fn finish(self) -> io::Result<()> {
        match self.packer {
            Some(packer) => packer.finish(),
            None => File::create(&self.path).map(drop),
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.packer {
            Some(packer) => packer.writer().flush(),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_model::{Error, ErrorKind};

    #[test]
    fn names_tell_how_files_are_compressed() {
        let of = |name| Packing::of(Path::new(name));
        assert_eq!(of("a.json"), Packing::Plain);
        assert_eq!(of("a.json.gz"), Packing::Gzip);
        assert_eq!(of("a.ZST"), Packing::Zstd);
        assert_eq!(of(".gz"), Packing::Plain, "a hidden file without an ending");
    }

    #[test]
    fn a_write_that_fails_before_leaves_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["kept", "kept.gz", "kept.zst"] {
            let path = folder.path().join(name);
            std::fs::write(&path, "old").expect("a file");
            let failed = |_: &mut dyn Write| Err::<(), _>(Error::new(ErrorKind::Usage, "no"));
            assert!(write_file(&path, failed).is_err());
            assert_eq!(std::fs::read(&path).expect("a file"), b"old", "{name}");
        }
    }

    #[test]
    fn nothing_written_is_an_empty_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("empty.json");
        write_file(&path, |_| Ok(())).expect("written");
        assert_eq!(std::fs::read(&path).expect("a file"), b"");
    }
}
