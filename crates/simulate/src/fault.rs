//! Faults: what goes wrong, where, when and how badly.

use spanwise_model::{Error, ErrorKind};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A kind of fault.
///
/// ```
/// use spanwise_simulate::FaultKind;
/// let kind: FaultKind = "retry-storm".parse()?;
/// assert_eq!((kind, kind.default_severity()), (FaultKind::RetryStorm, 0.75));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FaultKind {
    /// The queries of an operation are slow.
    SlowDependency,
    /// An operation raises exceptions.
    Error,
    /// An operation asks row by row what one query could answer.
    NPlusOne,
    /// An operation refuses, and all callers above it try again at once.
    RetryStorm,
    /// A lock is held so long that its waiters form a convoy.
    LockContention,
    /// A consumer handles messages more slowly than they arrive.
    QueueBacklog,
}

impl FaultKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::SlowDependency,
        Self::Error,
        Self::NPlusOne,
        Self::RetryStorm,
        Self::LockContention,
        Self::QueueBacklog,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SlowDependency => "slow-dependency",
            Self::Error => "error",
            Self::NPlusOne => "n-plus-one",
            Self::RetryStorm => "retry-storm",
            Self::LockContention => "lock-contention",
            Self::QueueBacklog => "queue-backlog",
        }
    }

    /// The severity of a fault that is not given one; see [`Fault::severity`].
    #[must_use]
    pub fn default_severity(self) -> f64 {
        match self {
            Self::SlowDependency => 40.0,
            Self::Error => 0.4,
            Self::NPlusOne => 25.0,
            Self::RetryStorm => 0.75,
            Self::LockContention => 1.2,
            Self::QueueBacklog => 2.0,
        }
    }

    /// Where the fault is in the shop, as service and operation.
    #[must_use]
    pub fn default_target(self) -> (&'static str, &'static str) {
        match self {
            Self::SlowDependency | Self::NPlusOne => ("inventory", "GET /stock/{id}"),
            Self::Error => ("payments", "POST /pay"),
            Self::RetryStorm => ("fraud", "shop.Fraud/Check"),
            Self::LockContention => ("inventory", "POST /reserve"),
            Self::QueueBacklog => ("mailer", "process mail"),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FaultKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Error::new(
                ErrorKind::Usage,
                format!("no fault {name}; there are {known}"),
            )
        })
    }
}

/// A fault.
///
/// ```
/// use spanwise_simulate::{Fault, FaultKind};
/// let fault = Fault::new(FaultKind::Error).at("payments").severity(0.1);
/// assert_eq!(fault.kind.name(), "error");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The service at fault. Without one it is that of the shop
    /// ([`FaultKind::default_target`]), or else the busiest that can have the
    /// fault.
    pub service: Option<String>,
    /// The operation at fault. Without one it is the busiest of the service
    /// that can have the fault.
    pub operation: Option<String>,
    /// When, in nanoseconds from the start of the simulation.
    pub window: Range<u64>,
    /// How badly: by how much queries are slower (slow dependency), the share
    /// of requests that fail (error, retry storm), the number of queries (n
    /// plus one), or how much work arrives in the time in which one unit can be
    /// done (lock contention and queue backlog; above one, the wait grows).
    pub severity: f64,
}

impl Fault {
    /// A fault of the default severity, from the start to the end.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            service: None,
            operation: None,
            window: 0..u64::MAX,
            severity: kind.default_severity(),
        }
    }

    /// The same fault at this service.
    #[must_use]
    pub fn at(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// The same fault in this operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// The same fault in this window, in nanoseconds from the start.
    ///
    /// ```
    /// use spanwise_simulate::{Fault, FaultKind};
    /// let minute = 60_000_000_000;
    /// let fault = Fault::new(FaultKind::LockContention).window(minute..2 * minute);
    /// assert_eq!(fault.window.start, minute);
    /// ```
    #[must_use]
    pub fn window(mut self, window: Range<u64>) -> Self {
        self.window = window;
        self
    }

    /// The same fault, this bad.
    #[must_use]
    pub fn severity(mut self, severity: f64) -> Self {
        self.severity = severity;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in FaultKind::ALL {
            assert_eq!(kind.name().parse::<FaultKind>().ok(), Some(kind));
        }
        let error = "slow".parse::<FaultKind>().expect_err("no such fault");
        assert!(error.to_string().contains("slow-dependency, error"));
    }
}
