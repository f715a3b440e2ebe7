//! The arguments of `what_if`.

use pyo3::prelude::*;
use spanwise::analyses::{Change, Selection, WhatIf};

/// What is changed by name; the engine ranks operations where nothing is.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct WhatIfArguments {
    own_time_thousandths: Option<u32>,
    cap_ns: Option<u64>,
    drop_retries: bool,
    parallel: bool,
    remove_errors: bool,
    service: Option<String>,
    operation: Option<String>,
    attribute: Option<(String, String)>,
    root_operation: Option<String>,
}

impl WhatIfArguments {
    pub(crate) fn options(self) -> WhatIf {
        let change = self.change();
        let mut selection = Selection::default();
        selection.service = self.service;
        selection.operation = self.operation;
        selection.attribute = self.attribute;
        let mut options = WhatIf::default();
        options.root_operation = self.root_operation;
        match change {
            Some(change) => options.change(change, selection),
            None => options,
        }
    }

    fn change(&self) -> Option<Change> {
        let own = self.own_time_thousandths.map(Change::OwnTime);
        let retries = self.drop_retries.then_some(Change::DropRetries);
        let parallel = self.parallel.then_some(Change::Parallel);
        let errors = self.remove_errors.then_some(Change::RemoveErrors);
        own.or(self.cap_ns.map(Change::Cap))
            .or(retries)
            .or(parallel)
            .or(errors)
    }
}
