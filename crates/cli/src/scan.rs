//! From arguments to answers, within memory or part by part.

use crate::args::{FilterArgs, OutputArgs, PolicyArgs, ReadArgs, ScanArgs, ScanScope};
use crate::output;
use crate::progress::Bar;
use crate::read;
use crate::session::Session;
use spanwise::analyses::Summary;
use spanwise::{
    Analysis, Input, Listing, Partials, ReadOptions, Result, RowOptions, Scan, ScanOptions, Table,
    Traces,
};
use std::cell::OnceCell;
use std::path::PathBuf;

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
        let found = self.ask(session, |scan| scan.partials(analyses))?;
        self.tell(&found, session)?;
        Ok(found)
    }

    /// Writes rows of a listing, which may ask the scan first, as they come.
    fn list<'l>(
        self,
        listing: impl FnOnce(&Scan) -> Result<&'l dyn Listing>,
        output: &OutputArgs,
        session: &mut Session<'_>,
    ) -> Result<()> {
        let mut options = RowOptions::default();
        options.sort.clone_from(&output.sort);
        options.limit = output.limit;
        let listed = self.ask(session, |scan| scan.list(listing(scan)?, &options))?;
        self.tell(listed.found(), session)?;
        output::parts(&listed, output, session)
    }

    /// What a scan answers while its progress is shown.
    fn ask<T>(
        self,
        session: &mut Session<'_>,
        question: impl FnOnce(&Scan) -> Result<T>,
    ) -> Result<T> {
        let bar = (session.terminal.watched && !self.quiet).then(Bar::new);
        let mut read = read::options(self.read);
        if let Some(bar) = &bar {
            read = read.progress(bar.clone());
        }
        let options = self.scan.options();
        session.scans.extend(self.scan.resume.clone());
        session.scan_folders.extend(self.scan.within());
        let inputs = inputs(&self.read.paths, (&read, &options), session);
        let answer = inputs.and_then(|inputs| {
            let scan = spanwise::scan(inputs).read_options(read);
            let scan = scan.scan_options(options);
            let scan = scan.with_policy(read::policy(self.policy));
            question(&scan.filter(read::filter(self.filter)))
        });
        if let Some(bar) = bar {
            bar.clear();
        }
        answer
    }

    /// Tells what was read, unless it is quiet; refuses issues where it is
    /// strict.
    fn tell(self, found: &Partials, session: &mut Session<'_>) -> Result<()> {
        if self.read.strict {
            found.check_issues()?;
        }
        if !self.quiet {
            session.say(&read::told(&found.summary()));
        }
        Ok(())
    }
}

/// Paths as inputs. What standard input holds is copied to a temporary file
/// where it is large.
fn inputs(
    paths: &[PathBuf],
    (read, scan): (&ReadOptions, &ScanOptions),
    session: &mut Session<'_>,
) -> Result<Vec<Input>> {
    let input = |path: &PathBuf| match path.as_os_str() == "-" {
        true => Input::spooled("-", session.input, read, scan),
        false => Ok(Input::Path(path.clone())),
    };
    paths.iter().map(input).collect()
}

/// How a scope is read part by part; `None` where it is to be read at once.
fn part_by_part(ScanScope { scope, scan }: &ScanScope) -> Option<Pass<'_>> {
    scan.is_part_by_part().then_some(Pass {
        read: &scope.read,
        filter: &scope.filter,
        policy: &scope.policy,
        scan,
        quiet: scope.output.quiet,
    })
}

/// What a scope holds, from one pass that runs these analyses too; `None`
/// where it is to be read at once.
pub(crate) fn pass(
    scope: &ScanScope,
    analyses: &[&dyn Analysis],
    session: &mut Session<'_>,
) -> Result<Option<Partials>> {
    let pass = part_by_part(scope);
    pass.map(|pass| pass.partials(analyses, session))
        .transpose()
}

/// Writes what a listing makes of a scope.
pub(crate) fn list(
    scope: &ScanScope,
    listing: &dyn Listing,
    session: &mut Session<'_>,
) -> Result<()> {
    let output = &scope.scope.output;
    match part_by_part(scope) {
        Some(pass) => pass.list(|_| Ok(listing), output, session),
        None => {
            let traces = read::scope(&scope.scope, session)?;
            output::table(&traces.list(listing), output, session)
        }
    }
}

/// Writes a listing that needs to know all of a scope before its first row: what a
/// scan makes of it part by part, and traces at once.
pub(crate) fn list_made(
    scope: &ScanScope,
    (of_scan, of_traces): (
        impl Fn(&Scan) -> Result<Box<dyn Listing>>,
        impl Fn(&Traces) -> Table,
    ),
    session: &mut Session<'_>,
) -> Result<()> {
    let (output, held) = (&scope.scope.output, OnceCell::new());
    let listing = |scan: &Scan| {
        let made = of_scan(scan)?;
        Ok(held.get_or_init(|| made).as_ref())
    };
    match part_by_part(scope) {
        Some(pass) => pass.list(listing, output, session),
        None => {
            let traces = read::scope(&scope.scope, session)?;
            output::table(&of_traces(&traces), output, session)
        }
    }
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
