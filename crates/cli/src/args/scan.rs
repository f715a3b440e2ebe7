//! How input that is larger than memory is read.

use super::{values, Scope};
use clap::Args;
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
    /// Each file holds whole traces, so that nothing needs to be kept
    #[arg(long, help_heading = "Larger than memory")]
    pub(crate) complete: bool,
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
    /// The same of one path alone.
    pub(crate) fn of_path(&self, path: &Path) -> Self {
        let mut one = self.clone();
        one.scope.read.paths = vec![path.to_owned()];
        one
    }
}
