//! How the answer is written.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned text for people
    #[default]
    Table,
    /// One document with column types
    Json,
    /// One object a line
    Ndjson,
    /// Comma-separated values
    Csv,
}

/// When to use escape sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// The form of the answer
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// The file to write; standard output where it is not said
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The most rows
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// The column to sort by; a leading - sorts descending
    #[arg(long, value_name = "[-]COLUMN", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
