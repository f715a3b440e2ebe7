//! `merge`: from where on analyses find something.

use super::{values, ShowArg};
use clap::Args;
use spanwise::analyses::{Bottlenecks, HotKeys, ShapeProblems};

/// Thresholds that are asked for when partials are shown, each under the name that
/// it has in the analysis' own command, and with its default there.
#[derive(Debug, Args)]
#[command(next_help_heading = "Thresholds")]
pub(crate) struct ThresholdArgs {
    /// Of bottlenecks: slow are requests at or above this percentile
    #[arg(long, value_name = "P", value_parser = values::percentile)]
    slow_percentile: Option<f64>,
    /// Of bottlenecks: fast are requests at or below this percentile
    #[arg(long, value_name = "P", value_parser = values::percentile)]
    fast_percentile: Option<f64>,
    /// Of bottlenecks: slow requests spend this share of their time in one
    #[arg(long, value_name = "SHARE", value_parser = values::share)]
    share: Option<f64>,
    /// Of bottlenecks: there are so many slow and so many fast requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    requests: Option<u64>,
    /// Of bottlenecks and hot keys: so many times what fast requests or the median key have
    #[arg(long, value_name = "N", value_parser = values::at_least_nothing)]
    times: Option<f64>,
    /// Of hot keys: times are spread over keys so unevenly
    #[arg(long, value_name = "SHARE", value_parser = values::share)]
    gini: Option<f64>,
    /// Of hot keys: the hottest has so many calls
    #[arg(long, value_name = "N")]
    calls: Option<u64>,
    /// Of shape problems: so many requests have it
    #[arg(long, value_name = "N")]
    traces: Option<u64>,
}

impl ThresholdArgs {
    /// One that is said though what is shown does not have it.
    pub(crate) fn stray(&self, show: ShowArg) -> Option<&'static str> {
        let (bottlenecks, keys) = (ShowArg::Bottlenecks, ShowArg::HotKeys);
        let said = [
            (
                "--slow-percentile",
                self.slow_percentile.is_some(),
                &[bottlenecks][..],
            ),
            (
                "--fast-percentile",
                self.fast_percentile.is_some(),
                &[bottlenecks],
            ),
            ("--share", self.share.is_some(), &[bottlenecks]),
            ("--requests", self.requests.is_some(), &[bottlenecks]),
            ("--times", self.times.is_some(), &[bottlenecks, keys]),
            ("--gini", self.gini.is_some(), &[keys]),
            ("--calls", self.calls.is_some(), &[keys]),
            ("--traces", self.traces.is_some(), &[ShowArg::ShapeProblems]),
        ];
        let mut stray = said
            .into_iter()
            .filter(|one| one.1 && !one.2.contains(&show));
        stray.next().map(|one| one.0)
    }

    pub(crate) fn of_bottlenecks(&self) -> Bottlenecks {
        let usual = Bottlenecks::default();
        let (slow, fast) = (usual.slow_percentile, usual.fast_percentile);
        let (share, times, requests) = (usual.share, usual.times, usual.requests);
        usual
            .slow_percentile(self.slow_percentile.unwrap_or(slow))
            .fast_percentile(self.fast_percentile.unwrap_or(fast))
            .share(self.share.unwrap_or(share))
            .times(self.times.unwrap_or(times))
            .requests(self.requests.unwrap_or(requests))
    }

    pub(crate) fn of_hot_keys(&self) -> HotKeys {
        let usual = HotKeys::default();
        let (gini, times, calls) = (usual.gini, usual.times, usual.calls);
        usual
            .gini(self.gini.unwrap_or(gini))
            .times(self.times.unwrap_or(times))
            .calls(self.calls.unwrap_or(calls))
    }

    pub(crate) fn of_shape_problems(&self) -> ShapeProblems {
        let usual = ShapeProblems::default();
        match self.traces {
            Some(traces) => usual.traces(traces),
            None => usual,
        }
    }
}
