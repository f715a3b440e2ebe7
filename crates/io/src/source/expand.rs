//! From inputs to files: folders and patterns, in a fixed order, each once.

use super::companion::is_companion;
use super::{Input, Spool};
use globset::{GlobBuilder, GlobMatcher};
use spanwise_model::{Error, ErrorKind, Example, IssueKind, Issues, Result};
use std::collections::btree_map::{BTreeMap, Entry};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use walkdir::{DirEntry, WalkDir};

/// Where the bytes of an item are.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    File(PathBuf),
    Bytes(Arc<[u8]>),
    Spool(Spool),
    Stdin,
    /// In an archive, which gives them.
    Entry,
}

/// One thing to read.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// How messages call it.
    pub(crate) name: String,
    pub(crate) origin: Origin,
    /// True where the user named it itself, not a folder or pattern.
    pub(crate) explicit: bool,
    /// Its size as it lies there, where that is known.
    pub(crate) size: Option<u64>,
    /// The numbers of the inputs that it came from.
    pub(crate) inputs: Vec<usize>,
}

impl Item {
    /// An entry of this archive.
    pub(crate) fn entry(&self, name: &str, size: Option<u64>) -> Self {
        Self {
            name: format!("{}!{name}", self.name),
            origin: Origin::Entry,
            explicit: false,
            size,
            inputs: self.inputs.clone(),
        }
    }

    /// Joins the same file under another name: the smaller one stays.
    fn merge(&mut self, other: Item) {
        self.explicit |= other.explicit;
        self.inputs.extend(other.inputs);
        if other.name < self.name {
            self.name = other.name;
        }
    }
}

/// What inputs expand to.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    /// In the order of their names.
    pub(crate) items: Vec<Item>,
    /// What could not be looked into.
    pub(crate) issues: Issues,
    /// The inputs that are folders or patterns, by number.
    pub(crate) collections: Vec<usize>,
}

/// Expands all inputs.
pub(crate) fn expand(inputs: &[Input]) -> Result<Expansion> {
    let mut files = Files::default();
    for (number, input) in inputs.iter().enumerate() {
        files.input = number;
        match input {
            Input::Path(path) => files.path(path)?,
            Input::Bytes { name, bytes } => files.other(
                name.clone(),
                Origin::Bytes(bytes.clone()),
                Some(bytes.len() as u64),
            ),
            Input::Spooled { name, spool } => files.other(
                name.clone(),
                Origin::Spool(spool.clone()),
                Some(spool.bytes()),
            ),
            Input::Stdin if files.stdin => {}
            Input::Stdin => {
                files.stdin = true;
                files.other("-".to_owned(), Origin::Stdin, None);
            }
        }
    }
    Ok(files.finish())
}

#[derive(Default)]
struct Files {
    input: usize,
    stdin: bool,
    /// By the path that is left when links are resolved.
    by_path: BTreeMap<PathBuf, Item>,
    others: Vec<Item>,
    expansion: Expansion,
}

impl Files {
    fn finish(self) -> Expansion {
        let mut expansion = self.expansion;
        expansion.items.extend(self.by_path.into_values());
        expansion.items.extend(self.others);
        expansion
            .items
            .sort_by(|a, b| (&a.name, &a.inputs).cmp(&(&b.name, &b.inputs)));
        expansion
    }

    fn path(&mut self, path: &Path) -> Result<()> {
        let found = fs::metadata(path);
        match found {
            Ok(meta) if meta.is_dir() => return self.folder(path),
            Ok(meta) => self.file(path, Some(meta.len()).filter(|_| meta.is_file()), true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && is_pattern(path) => {
                return self.pattern(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::new(ErrorKind::NotFound, "no such file or folder")
                    .in_file(path.display().to_string())
                    .caused_by(error));
            }
            Err(error) => return Err(Error::from(error).in_file(path.display().to_string())),
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<()> {
        fs::read_dir(folder)
            .map_err(|error| Error::from(error).in_file(folder.display().to_string()))?;
        self.expansion.collections.push(self.input);
        self.walk(folder, usize::MAX, |_| true);
        Ok(())
    }

    fn pattern(&mut self, pattern: &Path) -> Result<()> {
        let matcher = matcher(pattern)?;
        self.expansion.collections.push(self.input);
        let base = base_of(pattern);
        let depth = depth_below(&base, pattern);
        let matched = self.walk(&base, depth, |path| matcher.is_match(path));
        if matched == 0 {
            return Err(Error::new(ErrorKind::NotFound, "no file matches")
                .in_file(pattern.display().to_string()));
        }
        Ok(())
    }

    /// Takes every regular file below `base`, but not deeper than `depth`, whose
    /// path is wanted; answers how many there were.
    fn walk(&mut self, base: &Path, depth: usize, wanted: impl Fn(&Path) -> bool) -> usize {
        let mut taken = 0;
        let start = if base.as_os_str().is_empty() {
            Path::new(".")
        } else {
            base
        };
        let entries = WalkDir::new(start)
            .follow_links(true)
            .max_depth(depth)
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let path = shown(entry.path(), base);
                    if wanted(path) && !is_companion(entry.path()) {
                        taken += 1;
                        let size = entry.metadata().ok().map(|meta| meta.len());
                        self.file(path, size, false);
                    }
                }
                Ok(_) => {}
                Err(error) => self.unreadable(&error),
            }
        }
        taken
    }

    fn unreadable(&mut self, error: &walkdir::Error) {
        let path = error.path().map(|path| path.display().to_string());
        let example = Example::File {
            path: path.unwrap_or_default(),
            record: None,
            offset: None,
            detail: error
                .io_error()
                .map_or_else(|| "a loop of links".to_owned(), ToString::to_string),
        };
        self.expansion
            .issues
            .add(IssueKind::UnreadableFile, "", example);
    }

    fn file(&mut self, path: &Path, size: Option<u64>, explicit: bool) {
        let key = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let item = Item {
            name: path.display().to_string(),
            origin: Origin::File(path.to_path_buf()),
            explicit,
            size,
            inputs: vec![self.input],
        };
        match self.by_path.entry(key) {
            Entry::Vacant(free) => {
                free.insert(item);
            }
            Entry::Occupied(mut kept) => kept.get_mut().merge(item),
        }
    }

    fn other(&mut self, name: String, origin: Origin, size: Option<u64>) {
        self.others.push(Item {
            name,
            origin,
            explicit: true,
            size,
            inputs: vec![self.input],
        });
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn is_pattern(path: &Path) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .any(|byte| b"*?[{".contains(byte))
}

fn matcher(pattern: &Path) -> Result<GlobMatcher> {
    let named = || pattern.display().to_string();
    let text = pattern
        .to_str()
        .ok_or_else(|| Error::new(ErrorKind::Usage, "a pattern must be UTF-8").in_file(named()))?;
    let text = text.strip_prefix("./").unwrap_or(text);
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| {
        Error::new(ErrorKind::Usage, error.kind().to_string())
            .in_file(named())
            .caused_by(error)
    })
}

/// The folder that a pattern's walk begins in: its components before the
/// first with a special character.
fn base_of(pattern: &Path) -> PathBuf {
    let plain = pattern
        .components()
        .take_while(|part| !is_pattern(Path::new(part.as_os_str())));
    plain
        .filter(|part| !matches!(part, Component::CurDir))
        .collect()
}

/// How deep below its base a pattern can match: as deep as it has components,
/// unless one of them stands for several.
fn depth_below(base: &Path, pattern: &Path) -> usize {
    let text = pattern.as_os_str().as_encoded_bytes();
    let several = text.windows(2).any(|pair| pair == b"**");
    if several || text.contains(&b'{') {
        return usize::MAX;
    }
    let components = |path: &Path| {
        let parts = path.components();
        parts.filter(|part| *part != Component::CurDir).count()
    };
    components(pattern) - components(base)
}

/// The path as messages show it: without the `./` of a walk that began here.
fn shown<'a>(path: &'a Path, base: &Path) -> &'a Path {
    if base.as_os_str().is_empty() {
        path.strip_prefix(".").unwrap_or(path)
    } else {
        path
    }
}
