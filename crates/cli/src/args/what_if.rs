//! `what-if`: what is changed, and of which spans.

use super::{values, ScanScope};
use clap::{Args, ValueEnum};

/// Changes without a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainChange {
    /// Attempts that failed and were repeated are not made
    DropRetries,
    /// What is called one after the other is called at once
    Parallel,
    /// Errors, and those that follow from them alone, do not happen and are not repeated
    RemoveErrors,
}

#[derive(Debug, Args)]
#[command(after_help = "Without a change, operations are ranked by what requests would save.")]
pub(crate) struct WhatIfArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// Spans spend so many percent less time of their own (less than nothing: more)
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true, help_heading = "Change",
        value_parser = clap::value_parser!(i64).range(-10_000..=100))]
    pub(crate) speed_up: Option<i64>,
    /// Spans give up after so long
    #[arg(long, value_name = "DURATION", value_parser = values::duration, help_heading = "Change",
        conflicts_with = "speed_up")]
    pub(crate) cap: Option<u64>,
    /// Another change
    #[arg(long, value_enum, help_heading = "Change", conflicts_with_all = ["speed_up", "cap"])]
    pub(crate) change: Option<PlainChange>,
    /// Change spans of this service
    #[arg(long, value_name = "NAME", help_heading = "Change")]
    pub(crate) of_service: Option<String>,
    /// Change spans of this operation
    #[arg(long, value_name = "NAME", help_heading = "Change")]
    pub(crate) of_operation: Option<String>,
    /// Change spans with this attribute
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::attribute, help_heading = "Change")]
    pub(crate) of_attribute: Option<values::Attribute>,
}
