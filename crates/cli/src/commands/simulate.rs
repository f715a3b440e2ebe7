//! `simulate`: traces of an invented system.

use crate::args::{FaultArg, ShapeArg, SimulateArgs, System};
use crate::output;
use crate::session::Session;
use spanwise::report::units;
use spanwise::simulate::shapes::{self, Shape};
use spanwise::simulate::{Limit, Simulation, Topology, Truth};
use spanwise::{Error, Format, Result, SpanBatch};
use std::path::Path;

pub(super) fn run(args: &SimulateArgs, session: &mut Session<'_>) -> Result<()> {
    let format = spanwise::format(&args.to)?;
    format.checked_writer()?;
    let spans = match args.shape {
        Some(shape) => write(one_trace(shape, args)?, format, args, session)?,
        None => {
            let batches = simulation(args).run()?;
            if let Some(path) = &args.truth {
                write_truth(batches.truth(), path, session)?;
            }
            write(batches, format, args, session)?
        }
    };
    if !args.quiet {
        let spans = units::count(spans);
        session.say(&format!(
            "spanwise: {spans} spans simulated as {}",
            format.name()
        ));
    }
    Ok(())
}

fn write(
    batches: impl Iterator<Item = SpanBatch>,
    format: &dyn Format,
    args: &SimulateArgs,
    session: &mut Session<'_>,
) -> Result<u64> {
    let mut spans = 0;
    output::to(args.output.as_deref(), session, |out| {
        spans = spanwise::write_all(format, batches, out)?;
        Ok(())
    })?;
    Ok(spans)
}

fn one_trace(shape: ShapeArg, args: &SimulateArgs) -> Result<impl Iterator<Item = SpanBatch>> {
    let shape = match shape {
        ShapeArg::Chain => Shape::Chain,
        ShapeArg::FanOut => Shape::FanOut,
        ShapeArg::Job => Shape::Job,
    };
    shapes::trace(shape, args.spans.unwrap_or(0))
}

fn simulation(args: &SimulateArgs) -> Simulation {
    let topology = match args.system {
        System::Shop => Topology::shop(),
        System::Chain(services) => Topology::chain(services),
        System::Fanout(services) => Topology::fanout(services),
        System::Random(services) => Topology::generate(args.seed, services),
    };
    let limit = args
        .spans
        .map_or(Limit::Requests(args.requests), Limit::Spans);
    let mut simulation = Simulation::default()
        .seed(args.seed)
        .limit(limit)
        .request_rate(args.rate)
        .topology(topology)
        .clock_skew_nano(args.clock_skew);
    if let Some(start) = args.start {
        simulation = simulation.start_unix_nano(start);
    }
    let window = args.fault_from..args.fault_until.unwrap_or(u64::MAX);
    let faults = args.fault.iter().cloned();
    faults.fold(simulation, |simulation, FaultArg(fault)| {
        simulation.fault(fault.window(window.clone()))
    })
}

fn write_truth(truth: &[Truth], path: &Path, session: &mut Session<'_>) -> Result<()> {
    output::to(Some(path), session, |out| {
        let mut lines = truth.iter().map(Truth::to_json);
        lines.try_for_each(|line| writeln!(out, "{line}").map_err(Error::from))
    })
}
