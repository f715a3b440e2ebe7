//! Conditions on traces: which of them are kept.
//!
//! A filter keeps the whole trace in which one span meets all conditions on
//! spans, because half a trace has no critical path. It is part of the model
//! because reading leaves out early what cannot meet it, and analyses know which
//! of the others do.

use serde::{Deserialize, Serialize};

/// Conditions on traces; the default keeps all.
///
/// All but `root_operation` and `trace_ids` are conditions on spans, and one
/// span must meet all of them.
///
/// ```
/// use spanwise_model::Filter;
/// let failing = Filter::default().service("cart").error(true);
/// assert_eq!((failing.services.len(), failing.error), (1, Some(true)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Filter {
    /// One of these services; any where empty.
    pub services: Vec<String>,
    /// One of these operations; any where empty.
    pub operations: Vec<String>,
    /// The operation of the primary component's top span.
    pub root_operation: Option<String>,
    /// At least so long, in nanoseconds.
    pub min_duration_nano: Option<u64>,
    /// At most so long, in nanoseconds.
    pub max_duration_nano: Option<u64>,
    /// Whether the span errs.
    pub error: Option<bool>,
    /// Starts at or after this time, nanoseconds since the epoch.
    pub since_unix_nano: Option<i64>,
    /// Starts before this time, nanoseconds since the epoch.
    pub until_unix_nano: Option<i64>,
    /// Attributes (of the span, else of its resource) with their values as
    /// text.
    pub attributes: Vec<(String, String)>,
    /// Trace ids in any spelling, or unique or common prefixes of them; any
    /// trace where empty.
    pub trace_ids: Vec<String>,
}

impl Filter {
    /// Also this service.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.services.push(name.into());
        self
    }

    /// Also this operation.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operations.push(name.into());
        self
    }

    /// Only requests of this root operation.
    #[must_use]
    pub fn root_operation(mut self, name: impl Into<String>) -> Self {
        self.root_operation = Some(name.into());
        self
    }

    /// Only spans at least so long, in nanoseconds.
    #[must_use]
    pub fn min_duration_nano(mut self, nano: u64) -> Self {
        self.min_duration_nano = Some(nano);
        self
    }

    /// Only spans at most so long, in nanoseconds.
    #[must_use]
    pub fn max_duration_nano(mut self, nano: u64) -> Self {
        self.max_duration_nano = Some(nano);
        self
    }

    /// Only spans that err, or only spans that do not.
    #[must_use]
    pub fn error(mut self, errs: bool) -> Self {
        self.error = Some(errs);
        self
    }

    /// Only spans that start at or after a time, nanoseconds since the epoch.
    #[must_use]
    pub fn since_unix_nano(mut self, nano: i64) -> Self {
        self.since_unix_nano = Some(nano);
        self
    }

    /// Only spans that start before a time, nanoseconds since the epoch.
    #[must_use]
    pub fn until_unix_nano(mut self, nano: i64) -> Self {
        self.until_unix_nano = Some(nano);
        self
    }

    /// Only spans with this attribute, of their own or of their resource;
    /// values compare as texts (`503`, `true`).
    #[must_use]
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((key.into(), value.into()));
        self
    }

    /// Also the traces with this id or prefix.
    #[must_use]
    pub fn trace_id(mut self, id: impl Into<String>) -> Self {
        self.trace_ids.push(id.into());
        self
    }
}
