//! What is read, and how.

use super::values;
use clap::Args;
use spanwise::Mapping;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub(crate) struct ReadArgs {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The format of every file, where guessing is not wanted
    #[arg(long, value_name = "FORMAT", help_heading = "Reading")]
    pub(crate) input_format: Option<String>,
    /// Which columns of a table of spans (Parquet, Arrow) hold what
    #[arg(long, value_name = "FIELD=COLUMN[:UNIT],…", help_heading = "Reading", value_parser = values::mapping)]
    pub(crate) mapping: Option<Mapping>,
    /// How many threads to use; as many as there are cores unless said
    #[arg(long, value_name = "N", help_heading = "Reading", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) threads: Option<u16>,
    /// Fail on the first thing that is wrong with the data
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,
    /// Which attributes to keep: all, none or a list of keys
    #[arg(
        long,
        value_name = "all|none|KEYS",
        default_value = "all",
        help_heading = "Reading"
    )]
    pub(crate) attributes: String,
    /// The most bytes of one file after decompression
    #[arg(long, value_name = "SIZE", value_parser = values::bytes, help_heading = "Limits")]
    pub(crate) max_decompressed: Option<u64>,
    /// The most bytes that one compressed byte may become
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_ratio: Option<u64>,
    /// The most entries of the archives in one file
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_entries: Option<u64>,
    /// The most layers of compression and archives around one another
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_layers: Option<usize>,
    /// The longest text of one field
    #[arg(long, value_name = "SIZE", value_parser = values::bytes, help_heading = "Limits")]
    pub(crate) max_text: Option<u64>,
    /// The most attributes of one span
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_attributes: Option<usize>,
    /// The deepest nesting of a document
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_depth: Option<usize>,
}
