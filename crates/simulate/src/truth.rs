//! What was wrong in a simulation, and what a correct tool says about it.

use crate::fault::FaultKind;
use crate::plan::{FaultPlan, Plan};
use serde::Serialize;

/// The truth about one fault.
///
/// ```
/// use spanwise_simulate::{Fault, FaultKind, Simulation};
/// let fault = Fault::new(FaultKind::Error).severity(0.5);
/// let truth = &Simulation::default().fault(fault).truth()?[0];
/// assert_eq!((truth.service.as_str(), truth.operation.as_str()), ("payments", "POST /pay"));
/// assert!(truth.to_json().contains("50 % of POST /pay raise an exception"));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Truth {
    /// The name of the fault.
    pub fault: &'static str,
    /// The service at fault.
    pub service: String,
    /// The operation at fault.
    pub operation: String,
    /// The name of the spans that show the fault most directly: a query, or
    /// the operation itself.
    pub span: String,
    /// When it began, nanoseconds since the epoch.
    pub from_unix_nano: i64,
    /// When it ended, nanoseconds since the epoch; absent where it lasted to
    /// the end.
    pub until_unix_nano: Option<i64>,
    /// How bad it was; see [`crate::Fault::severity`].
    pub severity: f64,
    /// The root operations that could feel it, as `service operation`.
    pub roots: Vec<String>,
    /// What a correct tool says.
    pub finding: String,
}

impl Truth {
    /// The truth as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn of(fault: &FaultPlan, plan: &Plan, start_unix_nano: i64) -> Self {
        let at = |nano: u64| start_unix_nano.saturating_add_unsigned(nano);
        let service = plan.service_of(fault.operation).to_owned();
        let operation = plan.name_of(fault.operation).to_owned();
        let span = fault.span(plan);
        Self {
            fault: fault.kind.name(),
            from_unix_nano: at(fault.window.start),
            until_unix_nano: (fault.window.end != u64::MAX).then(|| at(fault.window.end)),
            severity: fault.severity,
            roots: plan.roots_above(fault.operation),
            finding: finding(fault.kind, [&service, &operation, &span], fault.severity),
            service,
            operation,
            span,
        }
    }
}

fn finding(kind: FaultKind, [service, operation, span]: [&str; 3], severity: f64) -> String {
    match kind {
        FaultKind::SlowDependency => format!(
            "{service}: {span} in {operation} takes {severity} times as long and is the critical path"
        ),
        FaultKind::Error => format!(
            "{service}: {:.0} % of {operation} raise an exception; errors above it are propagated",
            severity * 100.0
        ),
        FaultKind::NPlusOne => {
            format!("{service}: {operation} makes {severity} times {span} one after the other")
        }
        FaultKind::RetryStorm => format!(
            "{service}: {operation} refuses {:.0} % of calls, and every layer above it retries at once",
            severity * 100.0
        ),
        FaultKind::LockContention => format!(
            "{service}: {span} in {operation} waits for a lock; waiters are served one by one"
        ),
        FaultKind::QueueBacklog => format!(
            "{service}: {operation} is slower than its messages arrive; the gap from send to process grows"
        ),
    }
}
