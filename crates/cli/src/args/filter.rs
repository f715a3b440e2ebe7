//! Which traces are looked at: those in which one span meets all conditions.

use super::values::{self, Attribute};
use clap::Args;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Traces that have a span with")]
pub(crate) struct FilterArgs {
    /// This service
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// This operation
    #[arg(long, value_name = "NAME")]
    pub(crate) operation: Option<String>,
    /// This operation at the root of the trace
    #[arg(long, value_name = "NAME")]
    pub(crate) root_operation: Option<String>,
    /// This attribute; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::attribute)]
    pub(crate) attribute: Vec<Attribute>,
    /// This id, or one that begins so; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) trace_id: Vec<String>,
    /// An error
    #[arg(long)]
    pub(crate) error: bool,
    /// At least this duration, such as 500ms
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) min_duration: Option<u64>,
    /// A start at or after this time: RFC 3339, an epoch number, or -15m
    #[arg(long, value_name = "TIME", value_parser = values::instant, allow_hyphen_values = true)]
    pub(crate) since: Option<i64>,
    /// A start before this time
    #[arg(long, value_name = "TIME", value_parser = values::instant, allow_hyphen_values = true)]
    pub(crate) until: Option<i64>,
}
