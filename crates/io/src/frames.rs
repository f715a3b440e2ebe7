//! Values at rest in temporary files, for what is larger than memory.
//!
//! A file is a run of frames: a length, and a value, serialized and compressed
//! with a checksum. Unless it is to outlive its process it has no name: it is
//! gone when the process is, however that ends.

use crate::at::At;
use serde::de::DeserializeOwned;
use serde::Serialize;
use spanwise_model::{Error, ErrorKind, Result};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// The level of compression: the fastest.
const LEVEL: i32 = 1;

/// The bytes of a frame's length.
const LENGTH_BYTES: u64 = 8;

/// A file of frames, made when the first one comes.
///
/// ```
/// use spanwise_io::frames::{Encoder, Frames};
/// let (mut frames, mut encoder) = (Frames::new(None), Encoder::new()?);
/// frames.push(&"first", &mut encoder)?;
/// frames.push(&"second", &mut encoder)?;
/// let back: Vec<String> = frames.values(0..frames.bytes()).collect::<Result<_, _>>()?;
/// assert_eq!(back, ["first", "second"]);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Debug)]
pub struct Frames {
    place: Place,
    file: Option<Arc<File>>,
    bytes: u64,
}

/// Where a file is.
#[derive(Clone, Debug)]
enum Place {
    /// Without a name in this folder, or where the system keeps temporary files.
    Nameless(Option<PathBuf>),
    Named(PathBuf),
}

impl Frames {
    /// A file without a name in this folder, or where the system keeps
    /// temporary files.
    #[must_use]
    pub fn new(folder: Option<&Path>) -> Self {
        Self {
            place: Place::Nameless(folder.map(Into::into)),
            file: None,
            bytes: 0,
        }
    }

    /// A file of this name, of which so many bytes are whole; what follows them
    /// is dropped.
    pub(crate) fn named(path: PathBuf, bytes: u64) -> Result<Self> {
        let mut frames = Self {
            place: Place::Named(path),
            file: None,
            bytes: 0,
        };
        if bytes > 0 {
            let file = frames.made(false).map_err(|error| frames.failed(error))?;
            frames.file = Some(Arc::new(file));
            frames.cut(bytes)?;
        }
        Ok(frames)
    }

    /// All bytes of a file that is open.
    pub(crate) fn over(file: File, path: PathBuf) -> Result<Self> {
        let place = Place::Named(path);
        Ok(Self {
            bytes: file.metadata()?.len(),
            place,
            file: Some(Arc::new(file)),
        })
    }

    /// An empty file without a name in the same folder.
    #[must_use]
    pub fn another(&self) -> Self {
        match &self.place {
            Place::Nameless(folder) => Self::new(folder.as_deref()),
            Place::Named(path) => Self::new(path.parent()),
        }
    }

    fn file(&mut self) -> io::Result<&File> {
        if self.file.is_none() {
            self.file = Some(Arc::new(self.made(true)?));
        }
        let file = self.file.as_deref();
        file.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn made(&self, anew: bool) -> io::Result<File> {
        match &self.place {
            Place::Nameless(Some(folder)) => tempfile::tempfile_in(folder),
            Place::Nameless(None) => tempfile::tempfile(),
            Place::Named(path) => {
                let mut options = File::options();
                options.read(true).write(true).create(anew).truncate(anew);
                options.open(path)
            }
        }
    }

    /// Drops what follows these bytes.
    pub(crate) fn cut(&mut self, bytes: u64) -> Result<()> {
        let mut cut = || {
            let mut file = self.file()?;
            if file.metadata()?.len() < bytes {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            file.set_len(bytes)?;
            file.seek(SeekFrom::Start(bytes))
        };
        cut().map_err(|error| self.failed(error))?;
        self.bytes = bytes;
        Ok(())
    }

    /// Removes the file, where it has a name.
    pub(crate) fn remove(self) -> Result<()> {
        match (&self.place, &self.file) {
            (Place::Named(path), Some(_)) => {
                fs::remove_file(path).map_err(|error| self.failed(error))
            }
            _ => Ok(()),
        }
    }

    fn failed(&self, error: io::Error) -> Error {
        let message = format!("a temporary file: {error}");
        self.in_place(Error::new(ErrorKind::Io, message).caused_by(error))
    }

    fn in_place(&self, error: Error) -> Error {
        match &self.place {
            Place::Named(path) => error.in_file(path.display().to_string()),
            Place::Nameless(_) => error,
        }
    }

    /// How many bytes the file has; the next frame begins there.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends a value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] where the file cannot be written.
    pub fn push<T: Serialize>(&mut self, value: &T, encoder: &mut Encoder) -> Result<()> {
        let frame = encoder.encode(value)?;
        let length = (frame.len() as u64).to_le_bytes();
        let mut write = || -> io::Result<()> {
            let mut file = self.file()?;
            file.write_all(&length)?;
            file.write_all(frame)
        };
        write().map_err(|error| self.failed(error))?;
        self.bytes += LENGTH_BYTES + frame.len() as u64;
        Ok(())
    }

    /// The values of the frames in these bytes, one after the other. None
    /// follows an error.
    #[must_use]
    pub fn values<T: DeserializeOwned>(&self, bytes: Range<u64>) -> Values<T> {
        let file = self.file.clone();
        let name = match &self.place {
            Place::Named(path) => Some(path.display().to_string()),
            Place::Nameless(_) => None,
        };
        Values {
            file: file.map(|file| At::new(file, bytes.start)),
            name,
            bytes,
            value: PhantomData,
        }
    }
}

/// Values of a file.
#[derive(Debug)]
pub struct Values<T> {
    file: Option<At>,
    name: Option<String>,
    /// The bytes that are left.
    bytes: Range<u64>,
    value: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Values<T> {
    /// Where the next frame begins.
    pub(crate) fn offset(&self) -> u64 {
        self.bytes.start
    }

    /// The next value, where its frame is not cut.
    pub(crate) fn next_whole(&mut self) -> Result<Option<T>> {
        match self.frame().map_err(|error| self.failed(error))? {
            Some(frame) => self.decoded(&frame).map(Some),
            None => Ok(None),
        }
    }

    /// The bytes of the next frame; none where it is cut.
    fn frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        let left = self.bytes.end - self.bytes.start;
        let file = self.file.as_mut().filter(|_| left >= LENGTH_BYTES);
        let Some(file) = file else {
            return Ok(None);
        };
        let mut length = [0; LENGTH_BYTES as usize];
        file.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        if length > left - LENGTH_BYTES {
            return Ok(None);
        }
        let mut frame = Vec::new();
        file.take(length).read_to_end(&mut frame)?;
        self.bytes.start += LENGTH_BYTES + length;
        Ok(Some(frame))
    }

    fn decoded(&self, frame: &[u8]) -> Result<T> {
        decode(frame).map_err(|error| self.in_place(error))
    }

    fn failed(&self, error: io::Error) -> Error {
        let message = format!("a temporary file: {error}");
        self.in_place(Error::new(ErrorKind::Io, message).caused_by(error))
    }

    fn in_place(&self, error: Error) -> Error {
        match &self.name {
            Some(name) => error.in_file(name.clone()),
            None => error,
        }
    }
}

impl<T: DeserializeOwned> Iterator for Values<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let value = self
            .next_whole()
            .and_then(|value| value.ok_or_else(|| self.in_place(damaged())));
        if value.is_err() {
            self.bytes.start = self.bytes.end;
        }
        Some(value)
    }
}

/// Makes frames of values, with memory that is kept from one to the next.
pub struct Encoder {
    bytes: Vec<u8>,
    frame: Vec<u8>,
    compressor: Compressor<'static>,
}

impl Encoder {
    /// An encoder.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] where there is no memory for one.
    pub fn new() -> Result<Self> {
        let mut compressor = Compressor::new(LEVEL).map_err(unpacked)?;
        let checksum = CParameter::ChecksumFlag(true);
        compressor.set_parameter(checksum).map_err(unpacked)?;
        Ok(Self {
            bytes: Vec::new(),
            frame: Vec::new(),
            compressor,
        })
    }

    /// A value as a frame, without its length.
    pub(crate) fn encode<T: Serialize>(&mut self, value: &T) -> Result<&[u8]> {
        self.bytes.clear();
        postcard::to_io(value, &mut self.bytes).map_err(|_| damaged())?;
        self.frame.clear();
        self.frame
            .reserve(zstd::zstd_safe::compress_bound(self.bytes.len()));
        self.compressor
            .compress_to_buffer(&self.bytes, &mut self.frame)
            .map_err(unpacked)?;
        Ok(&self.frame)
    }
}

/// A frame as a value.
pub(crate) fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T> {
    let bytes = zstd::decode_all(frame).map_err(|_| damaged())?;
    unpack(&bytes)
}

/// A value as bytes, which [`unpack`] reads.
///
/// ```
/// use spanwise_io::frames::{pack, unpack};
/// let bytes = pack(&(7_u64, "seven"))?;
/// assert_eq!(unpack::<(u64, String)>(&bytes)?.0, 7);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Io`] where it cannot be serialized.
pub fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(|_| damaged())
}

/// Bytes as the value that they were.
///
/// # Errors
///
/// [`ErrorKind::Io`] where they are no such value.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    postcard::from_bytes(bytes).map_err(|_| damaged())
}

fn unpacked(error: io::Error) -> Error {
    let message = format!("a temporary file: {error}");
    Error::new(ErrorKind::Io, message).caused_by(error)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Io, "a temporary file is damaged")
}
