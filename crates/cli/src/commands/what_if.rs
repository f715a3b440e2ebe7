//! `what-if`: a ranking, or one change.

use crate::args::{PlainChange, WhatIfArgs};
use crate::scan;
use crate::session::Session;
use spanwise::analyses::{Change, Selection, WhatIf};
use spanwise::{Error, ErrorKind, Result};

pub(super) fn run(args: &WhatIfArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = match change(args) {
        Some(change) => WhatIf::default().change(change, selection(args)),
        None if selection(args) == Selection::default() => WhatIf::default(),
        None => {
            let message = "spans are selected and nothing is changed about them: \
                           give --speed-up, --cap or --change";
            return Err(Error::new(ErrorKind::Usage, message));
        }
    };
    scan::table(&args.scan, &analysis, session)
}

fn change(args: &WhatIfArgs) -> Option<Change> {
    let faster = |percent: i64| Change::OwnTime((1_000 - 10 * percent).max(0) as u32);
    let plain = |change| match change {
        PlainChange::DropRetries => Change::DropRetries,
        PlainChange::Parallel => Change::Parallel,
        PlainChange::RemoveErrors => Change::RemoveErrors,
    };
    let capped = args.cap.map(Change::Cap);
    args.speed_up
        .map(faster)
        .or(capped)
        .or(args.change.map(plain))
}

fn selection(args: &WhatIfArgs) -> Selection {
    let mut selection = Selection::default();
    selection.service.clone_from(&args.of_service);
    selection.operation.clone_from(&args.of_operation);
    let pair =
        |attribute: &crate::args::Attribute| (attribute.key.clone(), attribute.value.clone());
    selection.attribute = args.of_attribute.as_ref().map(pair);
    selection
}
