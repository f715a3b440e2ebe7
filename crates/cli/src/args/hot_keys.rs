//! `hot-keys`: what a key is, and from where on it is hot.

use super::{values, ScanScope};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct HotKeysArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// The attributes whose values are keys; those of partitions, tenants, customers,
    /// accounts and buckets where nothing is said
    #[arg(long, value_name = "ATTRIBUTES", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Times are spread over keys so unevenly
    #[arg(long, value_name = "SHARE", default_value_t = 0.6, help_heading = "Thresholds",
        value_parser = values::share)]
    pub(crate) gini: f64,
    /// The hottest key has so many times what the median key has
    #[arg(long, value_name = "N", default_value_t = 10.0, help_heading = "Thresholds",
        value_parser = values::at_least_nothing)]
    pub(crate) times: f64,
    /// And so many calls
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        help_heading = "Thresholds"
    )]
    pub(crate) calls: u64,
}
