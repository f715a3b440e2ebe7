//! What a user names as input.

use super::decompress::HEAD;
use super::magic::is_packed;
use super::spool::Spool;
use crate::guess::{guess, is_whole};
use crate::read::ReadOptions;
use spanwise_model::{Guard, Result};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One input of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, a folder or a pattern such as `exports/**/*.json.gz`. A path
    /// that exists is never taken for a pattern.
    Path(PathBuf),
    /// Bytes in memory.
    Bytes {
        /// What issues and errors call them.
        name: String,
        /// The bytes, compressed or not.
        bytes: Arc<[u8]>,
    },
    /// What a stream held; see [`Input::spooled`].
    Spooled {
        /// What issues and errors call it.
        name: String,
        /// Its bytes, compressed or not.
        spool: Spool,
    },
    /// Standard input, which can be read once.
    Stdin,
}

impl Input {
    /// Bytes in memory, called `<bytes>`.
    ///
    /// ```
    /// use spanwise_io::Input;
    /// assert_eq!(Input::bytes(b"{}").name(), "<bytes>");
    /// assert_eq!(Input::from("-"), Input::Stdin);
    /// ```
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bytes {
            name: "<bytes>".to_owned(),
            bytes: bytes.as_ref().into(),
        }
    }

    /// Bytes that a stream still holds, such as standard input. Where they are
    /// of no known format, their beginning alone is taken.
    ///
    /// ```
    /// use spanwise_io::{Input, ReadOptions};
    /// let mut endless = std::io::repeat(b'y');
    /// let input = Input::from_stream("yes", &mut endless, &ReadOptions::default())?;
    /// assert_eq!(input.name(), "yes");
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`spanwise_model::ErrorKind::Io`], and [`spanwise_model::ErrorKind::Limit`]
    /// where there is more than a file may have.
    pub fn from_stream(
        name: impl Into<String>,
        stream: &mut dyn Read,
        options: &ReadOptions,
    ) -> Result<Self> {
        let name = name.into();
        let bytes = bytes_of(stream, options).map_err(|error| error.in_file(name.clone()))?;
        Ok(Self::Bytes {
            name,
            bytes: bytes.into(),
        })
    }

    /// How messages call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes { name, .. } | Self::Spooled { name, .. } => name.clone(),
            Self::Stdin => "-".to_owned(),
        }
    }
}

fn bytes_of(stream: &mut dyn Read, options: &ReadOptions) -> Result<Vec<u8>> {
    let limit = options.limits.file_bytes;
    let (mut bytes, goes_on) = beginning(stream, options)?;
    if goes_on {
        let rest = limit.saturating_add(1).saturating_sub(bytes.len() as u64);
        stream.take(rest).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > limit {
        return Err(Guard::exceeded("file_bytes", limit));
    }
    Ok(bytes)
}

/// The first bytes of a stream, and whether the others are wanted.
pub(super) fn beginning(stream: &mut dyn Read, options: &ReadOptions) -> Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    stream.take(HEAD as u64).read_to_end(&mut bytes)?;
    let goes_on = bytes.len() < HEAD
        || is_packed(&bytes)
        || is_whole(&bytes)
        || options.format.is_some()
        || !options.mapping.is_empty()
        || guess(&bytes).is_some();
    Ok((bytes, goes_on))
}

impl From<&str> for Input {
    fn from(path: &str) -> Self {
        match path {
            "-" => Self::Stdin,
            path => Self::Path(path.into()),
        }
    }
}

impl From<String> for Input {
    fn from(path: String) -> Self {
        path.as_str().into()
    }
}

impl From<&Path> for Input {
    fn from(path: &Path) -> Self {
        Self::Path(path.into())
    }
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Mapping;

    #[test]
    fn of_what_may_be_known_by_its_end_all_is_wanted() {
        let read = ReadOptions::default();
        let mapping = Mapping::parse("trace_id=t").expect("a mapping");
        let goes_on = |start: &[u8], read: &ReadOptions| {
            let bytes = [start, &[1; HEAD]].concat();
            beginning(&mut bytes.as_slice(), read).expect("bytes").1
        };
        assert!(!goes_on(b"", &read));
        assert!(goes_on(b"PAR1", &read));
        assert!(goes_on(b"", &read.clone().format("jaeger-json")));
        assert!(goes_on(b"", &read.mapping(mapping)));
    }
}
