//! Which scan it is: what it was told, and the inputs that it reads.

use super::options::{Assembly, ScanOptions};
use crate::read::ReadOptions;
use crate::source::{Item, Origin};
use serde::{Deserialize, Serialize};
use spanwise_model::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// What a scan was begun with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// What it was told, by name. What makes no difference, such as the number
    /// of threads, is not among it.
    told: Vec<(String, String)>,
    inputs: Vec<Look>,
}

/// What can be seen of an input without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Look {
    name: String,
    bytes: Option<u64>,
    /// When it was modified, in nanoseconds since the epoch; nothing where
    /// that says nothing of the content.
    modified: Option<u64>,
}

impl Plan {
    pub(super) fn new(items: &[Item], read: &ReadOptions, options: &ScanOptions) -> Self {
        let memory = options.memory_bytes.unwrap_or(u64::MAX);
        let complete = options.assembly == Assembly::Complete;
        let mut told = vec![
            named("version", env!("CARGO_PKG_VERSION").to_owned()),
            named("memory", memory.to_string()),
            named("complete traces", complete.to_string()),
            named("attributes", format!("{:?}", read.attributes)),
            named("limits", format!("{:?}", read.limits)),
            named("format", format!("{:?}", read.format)),
            named("strict", read.strict.to_string()),
            named("pieces", read.piece_bytes.to_string()),
        ];
        let asked = options.resume.iter().flat_map(|resume| &resume.told);
        told.extend(asked.cloned());
        Self {
            told,
            inputs: items.iter().map(Look::at).collect(),
        }
    }

    /// Refuses to go on with this scan where it is not the one that was begun.
    /// The answer says of each input whether it looks as it did.
    pub(super) fn resumes(&self, begun: &Plan, folder: &Path) -> Result<Vec<bool>> {
        let differing = self
            .told
            .iter()
            .zip(&begun.told)
            .find(|(now, then)| now != then);
        if let Some(((name, now), (_, then))) = differing {
            let message =
                format!("a scan was begun with {name} {then}, and cannot be resumed with {now}");
            return Err(refusal(message, folder));
        }
        if let Some(name) = self.differing_input(begun) {
            let message = "not the same inputs as those of the scan that is to be resumed";
            return Err(Error::new(ErrorKind::Usage, message).in_file(name));
        }
        let pairs = self.inputs.iter().zip(&begun.inputs);
        Ok(pairs
            .map(|(now, then)| now.modified.is_some() && now == then)
            .collect())
    }

    /// An input that is in one of two plans alone, or has another size.
    fn differing_input(&self, begun: &Plan) -> Option<String> {
        let looks = |plan: &Plan| -> Vec<(String, Option<u64>)> {
            let inputs = plan.inputs.iter();
            inputs.map(|look| (look.name.clone(), look.bytes)).collect()
        };
        let mut counts: BTreeMap<_, i64> = BTreeMap::new();
        for look in looks(self) {
            *counts.entry(look).or_default() += 1;
        }
        for look in looks(begun) {
            *counts.entry(look).or_default() -= 1;
        }
        let differing = counts.into_iter().find(|&(_, count)| count != 0);
        differing.map(|((name, _), _)| name)
    }
}

fn named(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}

fn refusal(message: String, folder: &Path) -> Error {
    let error = Error::new(ErrorKind::Usage, message);
    error.in_file(folder.display().to_string())
}

impl Look {
    fn at(item: &Item) -> Self {
        Self {
            name: item.name.clone(),
            bytes: item.size,
            modified: match &item.origin {
                Origin::File(path) if item.size.is_some() => modified(path),
                _ => None,
            },
        }
    }
}

fn modified(path: &Path) -> Option<u64> {
    let time = fs::metadata(path).and_then(|meta| meta.modified()).ok()?;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}
