//! What a user names as input.

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
    /// Standard input.
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

    /// How messages call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes { name, .. } => name.clone(),
            Self::Stdin => "-".to_owned(),
        }
    }
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
