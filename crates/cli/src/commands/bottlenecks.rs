//! `bottlenecks`: what slow requests wait for and fast ones do not.

use crate::args::BottlenecksArgs;
use crate::scan;
use crate::session::Session;
use spanwise::analyses::Bottlenecks;
use spanwise::Result;

pub(super) fn run(args: &BottlenecksArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Bottlenecks::default()
        .slow_percentile(args.slow_percentile)
        .fast_percentile(args.fast_percentile)
        .share(args.share)
        .times(args.times)
        .requests(args.requests);
    scan::table(&args.scan, &analysis, session)
}
