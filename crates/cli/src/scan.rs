//! From arguments to answers, within memory or part by part.

use crate::args::{FilterArgs, PolicyArgs, ReadArgs, ScanArgs, ScanScope};
use crate::output;
use crate::progress::Bar;
use crate::read;
use crate::session::Session;
use spanwise::analyses::Summary;
use spanwise::{Analysis, Assembly, Partials, Result};

/// What is read part by part, and how.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a> {
    pub(crate) read: &'a ReadArgs,
    pub(crate) filter: &'a FilterArgs,
    pub(crate) policy: &'a PolicyArgs,
    pub(crate) scan: &'a ScanArgs,
    pub(crate) quiet: bool,
}

impl Pass<'_> {
    /// Partials of these analyses; what was read was told unless it is quiet.
    pub(crate) fn partials(
        self,
        analyses: &[&dyn Analysis],
        session: &mut Session<'_>,
    ) -> Result<Partials> {
        let bar = (session.terminal.watched && !self.quiet).then(Bar::new);
        let mut options = read::options(self.read);
        if let Some(bar) = &bar {
            options = options.progress(bar.clone());
        }
        let inputs = read::inputs(&self.read.paths, self.read, session)?;
        let scan = self.limited(spanwise::scan(inputs).read_options(options));
        let found = scan.partials(analyses);
        if let Some(bar) = bar {
            bar.clear();
        }
        let found = found?;
        if self.read.strict {
            found.check_issues()?;
        }
        if !self.quiet {
            session.say(&read::told(&found.summary()));
        }
        Ok(found)
    }

    /// The scan as the arguments say: what it chooses, and how much it holds.
    fn limited(self, scan: spanwise::Scan) -> spanwise::Scan {
        let mut scan = scan
            .with_policy(read::policy(self.policy))
            .filter(read::filter(self.filter));
        if let Some(memory) = self.scan.memory {
            scan = scan.memory_bytes(memory);
        }
        if let Some(folder) = &self.scan.spill {
            scan = scan.spill_folder(folder);
        }
        if self.scan.complete {
            scan = scan.assembly(Assembly::Complete);
        }
        scan
    }
}

/// What a scope holds, from one pass that runs these analyses too; `None`
/// where it is to be read at once.
pub(crate) fn pass(
    ScanScope { scope, scan }: &ScanScope,
    analyses: &[&dyn Analysis],
    session: &mut Session<'_>,
) -> Result<Option<Partials>> {
    if scan.memory.is_none() && !scan.complete {
        return Ok(None);
    }
    let pass = Pass {
        read: &scope.read,
        filter: &scope.filter,
        policy: &scope.policy,
        scan,
        quiet: scope.output.quiet,
    };
    pass.partials(analyses, session).map(Some)
}

/// Writes what an analysis makes of a scope.
pub(crate) fn table(
    scope: &ScanScope,
    analysis: &dyn Analysis,
    session: &mut Session<'_>,
) -> Result<()> {
    let table = match pass(scope, &[analysis], session)? {
        Some(found) => found.table(analysis)?,
        None => read::scope(&scope.scope, session)?
            .run(&[analysis])
            .swap_remove(0),
    };
    output::table(&table, &scope.scope.output, session)
}

/// What a scope holds.
pub(crate) fn summary(scope: &ScanScope, session: &mut Session<'_>) -> Result<Summary> {
    Ok(match pass(scope, &[], session)? {
        Some(found) => found.summary(),
        None => read::scope(&scope.scope, session)?.summary(),
    })
}
