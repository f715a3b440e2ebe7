//! Simulated traces with known faults.

use crate::run::run_watched;
use crate::traces::Traces;
use pyo3::prelude::*;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation, Truth};
use spanwise::{Error, ErrorKind, OutputFile, Progress, Result, SpanBatch};
use std::path::PathBuf;

/// A fault by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct FaultArguments {
    kind: String,
    service: Option<String>,
    operation: Option<String>,
    severity: Option<f64>,
    from_ns: u64,
    until_ns: Option<u64>,
}

impl FaultArguments {
    fn fault(self) -> Result<Fault> {
        let mut fault = Fault::new(self.kind.parse::<FaultKind>()?);
        fault.service = self.service;
        fault.operation = self.operation;
        fault.severity = self.severity.unwrap_or(fault.severity);
        Ok(fault.window(self.from_ns..self.until_ns.unwrap_or(u64::MAX)))
    }
}

/// The arguments of a simulation by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct SimulateArguments {
    requests: u64,
    seed: u64,
    rate: f64,
    start_unix_nano: Option<i64>,
    clock_skew_ns: u64,
    faults: Vec<FaultArguments>,
    output: Option<(PathBuf, String)>,
}

impl SimulateArguments {
    fn simulation(&mut self) -> Result<Simulation> {
        let start = Simulation::default()
            .seed(self.seed)
            .limit(Limit::Requests(self.requests))
            .request_rate(self.rate)
            .clock_skew_nano(self.clock_skew_ns);
        let start = match self.start_unix_nano {
            Some(nano) => start.start_unix_nano(nano),
            None => start,
        };
        let mut faults = std::mem::take(&mut self.faults).into_iter();
        faults.try_fold(start, |simulation, fault| {
            Ok(simulation.fault(fault.fault()?))
        })
    }
}

/// Runs a simulation. The answer is its traces, and the truth about each fault
/// as a JSON object. With an output, all spans are also written there.
#[pyfunction]
pub(crate) fn simulate(
    py: Python<'_>,
    mut arguments: SimulateArguments,
) -> PyResult<(Traces, Vec<String>)> {
    let (traces, truth) = run_watched(py, None, move |watch| {
        let batches = arguments.simulation()?.run()?;
        let truth: Vec<String> = batches.truth().iter().map(Truth::to_json).collect();
        let all = collect(batches, &arguments, || watch.cancelled())?;
        Ok((spanwise::Traces::from_batch(all)?, truth))
    })?;
    Ok((Traces::new(traces), truth))
}

fn collect(
    batches: impl Iterator<Item = SpanBatch>,
    arguments: &SimulateArguments,
    stopped: impl Fn() -> bool,
) -> Result<SpanBatch> {
    let output = arguments.output.as_ref();
    let mut output = match output {
        Some((path, name)) => {
            let format = spanwise::format(name)?;
            format.checked_writer()?;
            Some((OutputFile::new(path), format))
        }
        None => None,
    };
    let mut all = SpanBatch::default();
    for batch in batches {
        if stopped() {
            return Err(Error::new(ErrorKind::Cancelled, "stopped"));
        }
        if let Some((file, format)) = &mut output {
            if !format.is_one_document() {
                format.write(&batch, file)?;
            }
        }
        all.absorb(batch)?;
    }
    if let Some((mut file, format)) = output {
        if format.is_one_document() {
            format.write(&all, &mut file)?;
        }
        file.finish()?;
    }
    Ok(all)
}
