//! What blocks what.

use super::values;
use clap::{Args, ValueEnum};

/// Which children block their parents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BlockingArg {
    /// All but asynchronous ones, told by kind and reference
    #[default]
    ByKind,
    /// Every child
    All,
}

/// Whose clock times are taken on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockArg {
    /// As they were recorded
    #[default]
    Recorded,
    /// On one clock a trace, by what calls say about those of hosts
    Corrected,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyArgs {
    /// How far siblings may overlap and still follow each other
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "1us")]
    pub(crate) tolerance: u64,
    /// Which children block their parents
    #[arg(long, value_enum, default_value_t)]
    pub(crate) blocking: BlockingArg,
    /// Whose clock times are taken on
    #[arg(long, value_enum, default_value_t)]
    pub(crate) clock: ClockArg,
}
