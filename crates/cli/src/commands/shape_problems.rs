//! `shape-problems`: calls that need not be made, or not one after the other.

use crate::args::ShapeProblemsArgs;
use crate::scan;
use crate::session::Session;
use spanwise::analyses::ShapeProblems;
use spanwise::Result;

pub(super) fn run(args: &ShapeProblemsArgs, session: &mut Session<'_>) -> Result<()> {
    let mut analysis = ShapeProblems::default();
    analysis.traces = args.traces;
    analysis.repeated_calls = args.repeated_calls;
    analysis.repeated_nano = args.repeated_time;
    analysis.saved_nano = args.saved_time;
    analysis.tail_ratio = args.tail_ratio;
    analysis.chatty_calls = args.chatty_calls;
    scan::table(&args.scan, &analysis, session)
}
