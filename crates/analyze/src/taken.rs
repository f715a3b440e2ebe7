//! Of what partials were taken, and how: what must agree before they merge.

use crate::analyses::{Summary, SummarySum};
use crate::filter::Filter;
use crate::policy::Policy;
use serde::{Deserialize, Serialize};
use spanwise_model::{Error, ErrorKind, Result, SourceSummary};
use std::fmt::Debug;

/// Of what partials were taken, and how.
///
/// ```
/// use spanwise_analyze::{Blocking, Policy, Taken};
/// let mut taken = Taken::new(Policy::default(), None);
/// let all = Policy::default().blocking(Blocking::All);
/// let error = taken.merge(Taken::new(all, None)).err().map(|error| error.kind());
/// assert_eq!(error, Some(spanwise_model::ErrorKind::Merge));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Taken {
    /// The version of this library, because a later one may see facts
    /// otherwise.
    pub version: String,
    /// What blocked what.
    pub policy: Policy,
    /// Which traces were chosen; all where there is none.
    pub filter: Option<Filter>,
    /// What was in the input.
    pub sum: SummarySum,
    /// The files that were read, in the order of their paths.
    pub sources: Vec<SourceSummary>,
}

impl Taken {
    /// Of nothing yet, in this way.
    #[must_use]
    pub fn new(policy: Policy, filter: Option<Filter>) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            policy,
            sum: SummarySum::new(filter.is_some()),
            filter,
            sources: Vec::new(),
        }
    }

    /// Adds what another input held.
    ///
    /// # Errors
    ///
    /// As [`Taken::check_rules`], and [`ErrorKind::Merge`] where the traces were
    /// chosen in another way. Windows of time and trace ids may differ: they say
    /// which part each one is.
    pub fn merge(&mut self, other: Taken) -> Result<()> {
        self.check_rules(&other)?;
        let (ours, theirs) = (rule(self.filter.as_ref()), rule(other.filter.as_ref()));
        agree("of traces chosen by", &ours, &theirs)?;
        self.filter = ours;
        self.sum.merge(other.sum);
        self.sources.extend(other.sources);
        self.sources.sort();
        Ok(())
    }

    /// Checks that both were taken by the same rules.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Merge`] where `other` was taken by another version or under
    /// another policy.
    pub fn check_rules(&self, other: &Taken) -> Result<()> {
        agree("by version", &self.version, &other.version)?;
        agree("under", &self.policy, &other.policy)
    }

    /// What the input held.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.sum.finish(&self.sources)
    }
}

fn agree<T: PartialEq + Debug>(what: &str, ours: &T, theirs: &T) -> Result<()> {
    if ours == theirs {
        return Ok(());
    }
    let message = format!("partials taken {what} {ours:?} and {theirs:?}");
    Err(Error::new(ErrorKind::Merge, message))
}

/// A filter without what says which part of the traces it was applied to.
fn rule(filter: Option<&Filter>) -> Option<Filter> {
    let mut rule = filter?.clone();
    (rule.since_unix_nano, rule.until_unix_nano) = (None, None);
    rule.trace_ids.clear();
    Some(rule)
}
