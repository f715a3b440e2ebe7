//! `hot-keys`: tenants, partitions and keys that take far more than others do.

use crate::args::HotKeysArgs;
use crate::scan;
use crate::session::Session;
use spanwise::analyses::HotKeys;
use spanwise::Result;

pub(super) fn run(args: &HotKeysArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = HotKeys::default()
        .gini(args.gini)
        .times(args.times)
        .calls(args.calls);
    let analysis = match args.by.is_empty() {
        true => analysis,
        false => analysis.by(args.by.iter().map(|key| key.trim())),
    };
    scan::table(&args.scan, &analysis, session)
}
