//! How input that is larger than memory is read.

use super::{values, Scope};
use clap::Args;
use spanwise::{Assembly, Resume, ScanOptions};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Args)]
pub(crate) struct ScanArgs {
    /// Keep within this much memory; what has no room goes to temporary files
    #[arg(long, value_name = "SIZE", value_parser = values::bytes, help_heading = "Larger than memory")]
    pub(crate) memory: Option<u64>,
    /// Where temporary files are made
    #[arg(
        long,
        value_name = "FOLDER",
        requires = "memory",
        help_heading = "Larger than memory"
    )]
    pub(crate) spill: Option<PathBuf>,
    /// Keep what is done in this folder, and go on from there when run again
    #[arg(
        long,
        value_name = "FOLDER",
        requires = "memory",
        help_heading = "Larger than memory"
    )]
    pub(crate) resume: Option<PathBuf>,
    /// The folder that was named, where a command has several scans
    #[arg(skip)]
    within: Option<PathBuf>,
    /// Each file holds whole traces, so that nothing needs to be kept
    #[arg(long, help_heading = "Larger than memory")]
    pub(crate) complete: bool,
}

impl ScanArgs {
    /// True where input is not to be read at once.
    pub(crate) fn is_part_by_part(&self) -> bool {
        self.memory.is_some() || self.complete
    }

    /// The same for one of several scans of a command, whose folder is below
    /// that of the command.
    pub(crate) fn part(&self, name: &str) -> Self {
        Self {
            resume: self.resume.as_ref().map(|folder| folder.join(name)),
            within: self.resume.clone(),
            ..self.clone()
        }
    }

    /// The folder that holds that of this scan, where a command has several.
    pub(crate) fn within(&self) -> Option<PathBuf> {
        self.within.clone()
    }

    /// How a scan is done.
    pub(crate) fn options(&self) -> ScanOptions {
        let mut options = ScanOptions::default();
        options.memory_bytes = self.memory;
        options.spill_folder.clone_from(&self.spill);
        let keep = |folder| Resume::new(folder).keep(true);
        options.resume = self.resume.as_ref().map(keep);
        match self.complete {
            true => options.assembly(Assembly::Complete),
            false => options,
        }
    }
}

/// A scope that can be read part by part.
#[derive(Clone, Debug, Args)]
pub(crate) struct ScanScope {
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

impl ScanScope {
    /// The same of one path alone, which plays this part.
    pub(crate) fn of_path(&self, path: &Path, part: &str) -> Self {
        let mut one = self.clone();
        one.scan = self.scan.part(part);
        one.scope.read.paths = vec![path.to_owned()];
        one
    }
}
