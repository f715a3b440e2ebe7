//! What is simulated.

use super::values;
use clap::{Args, ValueEnum};
use spanwise::simulate::{Fault, FaultKind};
use std::path::PathBuf;

/// A system to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// The shop.
    Shop,
    /// Services in a row.
    Chain(u32),
    /// A service that calls all others.
    Fanout(u32),
    /// Services that call each other at random.
    Random(u32),
}

/// The shape of one extreme trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShapeArg {
    /// Every span has one child
    Chain,
    /// A root, and all others are its children
    FanOut,
    /// A root with many children of some dozen spans each
    Job,
}

/// `KIND`, `KIND@SERVICE` or either with `=SEVERITY` behind it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FaultArg(pub(crate) Fault);

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The file to write; standard output where it is not said
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The format to write
    #[arg(long, value_name = "FORMAT", default_value = "otlp-json")]
    pub(crate) to: String,
    /// How many requests
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) requests: u64,
    /// Stop at this many spans instead
    #[arg(long, value_name = "N", conflicts_with = "requests")]
    pub(crate) spans: Option<u64>,
    /// The same seed gives the same spans
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Requests a second
    #[arg(long, value_name = "N", default_value_t = 50.0)]
    pub(crate) rate: f64,
    /// When it begins; a fixed day unless said, so that runs are equal
    #[arg(long, value_name = "TIME", value_parser = values::instant, allow_hyphen_values = true)]
    pub(crate) start: Option<i64>,
    /// The system: shop, chain:N, fanout:N or random:N services
    #[arg(long, value_name = "SYSTEM", default_value = "shop", value_parser = system)]
    pub(crate) system: System,
    /// One trace of this shape with --spans spans instead of a system
    #[arg(long, value_enum, requires = "spans", conflicts_with_all = ["system", "fault", "truth"])]
    pub(crate) shape: Option<ShapeArg>,
    /// Something that goes wrong: KIND[@SERVICE][=SEVERITY], such as error@payments=0.1;
    /// kinds are slow-dependency, error, n-plus-one, retry-storm, lock-contention
    /// and queue-backlog; may be given several times
    #[arg(long, value_name = "FAULT", value_parser = fault)]
    pub(crate) fault: Vec<FaultArg>,
    /// Faults begin so long after the start
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "0")]
    pub(crate) fault_from: u64,
    /// Faults end so long after the start
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) fault_until: Option<u64>,
    /// How far the clocks of hosts are off at most
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "0")]
    pub(crate) clock_skew: u64,
    /// A file for what a correct tool should find, one JSON object a fault
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// A system of more services takes gigabytes.
const MOST_SERVICES: u32 = 100_000;

fn system(text: &str) -> Result<System, String> {
    if text == "shop" {
        return Ok(System::Shop);
    }
    let (name, count) = text.split_once(':').unwrap_or((text, ""));
    let count = count.parse().ok().filter(|&count: &u32| count > 0);
    if count > Some(MOST_SERVICES) {
        return Err(format!("there are at most {MOST_SERVICES} services"));
    }
    let system = match (name, count) {
        ("chain", Some(count)) => System::Chain(count),
        ("fanout", Some(count)) => System::Fanout(count),
        ("random", Some(count)) => System::Random(count),
        _ => return Err("it is none of shop, chain:N, fanout:N and random:N".to_owned()),
    };
    Ok(system)
}

fn fault(text: &str) -> Result<FaultArg, String> {
    let (place, severity) = match text.split_once('=') {
        Some((place, severity)) => (place, Some(severity)),
        None => (text, None),
    };
    let (kind, service) = match place.split_once('@') {
        Some((kind, service)) => (kind, Some(service)),
        None => (place, None),
    };
    let kind: FaultKind = kind
        .parse()
        .map_err(|error: spanwise::Error| error.to_string())?;
    let mut fault = Fault::new(kind);
    if let Some(service) = service {
        fault = fault.at(service);
    }
    if let Some(severity) = severity {
        fault = fault.severity(severity.parse().map_err(|_| "the severity is no number")?);
    }
    Ok(FaultArg(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_a_place_and_a_severity() {
        let FaultArg(found) = fault("error@payments=0.1").expect("a fault");
        assert_eq!(found.service.as_deref(), Some("payments"));
        assert_eq!((found.kind, found.severity), (FaultKind::Error, 0.1));
        for text in ["", "error=much", "gremlins"] {
            assert!(fault(text).is_err(), "{text}");
        }
    }

    #[test]
    fn systems_have_services() {
        assert_eq!(system("chain:3"), Ok(System::Chain(3)));
        for text in ["chain", "chain:0", "ring:3", "shop:2"] {
            assert!(system(text).is_err(), "{text}");
        }
    }
}
