//! From arguments to answers, within memory or part by part.

use crate::args::{ScanArgs, ScanScope};
use crate::output;
use crate::progress::Bar;
use crate::read;
use crate::session::Session;
use spanwise::analyses::Summary;
use spanwise::{Analysis, Assembly, Result, Scanned};

/// What a scope holds, from one pass that runs these analyses too; `None`
/// where it is to be read at once.
pub(crate) fn pass(
    scope: &ScanScope,
    analyses: &[&dyn Analysis],
    session: &mut Session<'_>,
) -> Result<Option<Scanned>> {
    let ScanArgs {
        memory,
        spill,
        complete,
    } = &scope.scan;
    if memory.is_none() && !complete {
        return Ok(None);
    }
    let scope = &scope.scope;
    let filter = read::filter(&scope.filter);
    let mut options = read::options(&scope.read);
    let bar = (session.terminal.watched && !scope.output.quiet).then(Bar::new);
    if let Some(bar) = &bar {
        options = options.progress(bar.clone());
    }
    let mut scan = spanwise::scan(read::inputs(&scope.read.paths, &scope.read, session)?)
        .read_options(options)
        .with_policy(read::policy(&scope.policy))
        .filter(filter);
    if let Some(memory) = memory {
        scan = scan.memory_bytes(*memory);
    }
    if let Some(folder) = spill {
        scan = scan.spill_folder(folder);
    }
    if *complete {
        scan = scan.assembly(Assembly::Complete);
    }
    let scanned = scan.pass(analyses);
    if let Some(bar) = bar {
        bar.clear();
    }
    let scanned = scanned?;
    if scope.read.strict {
        scanned.check_issues()?;
    }
    if !scope.output.quiet {
        session.say(&read::told(&scanned.summary));
    }
    Ok(Some(scanned))
}

/// Writes what an analysis makes of a scope.
pub(crate) fn table(
    scope: &ScanScope,
    analysis: &dyn Analysis,
    session: &mut Session<'_>,
) -> Result<()> {
    let table = match pass(scope, &[analysis], session)? {
        Some(scanned) => analysis.finish(&scanned.partials[0]),
        None => read::scope(&scope.scope, session)?
            .run(&[analysis])
            .swap_remove(0),
    };
    output::table(&table, &scope.scope.output, session)
}

/// What a scope holds.
pub(crate) fn summary(scope: &ScanScope, session: &mut Session<'_>) -> Result<Summary> {
    Ok(match pass(scope, &[], session)? {
        Some(scanned) => scanned.summary,
        None => read::scope(&scope.scope, session)?.summary(),
    })
}
