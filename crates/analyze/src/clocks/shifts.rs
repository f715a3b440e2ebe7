//! By how much spans are shifted so that all of a component stand on the clock
//! of its top span.

use super::edges::{Line, MINUTE_NANO};
use spanwise_model::ResourceId;

/// How far the clock of each resource is ahead of the clock of reference of
/// its group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shifts {
    /// By resource: the group, the line, and what it leaves open; none where
    /// nothing is known.
    pub(super) lines: Vec<Option<(u32, Line, u64)>>,
}

impl Shifts {
    /// What to add to times of spans of `resource` at `at_unix_nano` to have
    /// them on the clock of `top`: nothing where the two were never compared.
    pub(crate) fn to_clock_of(
        &self,
        top: ResourceId,
        resource: ResourceId,
        at_unix_nano: i64,
    ) -> i64 {
        let line = |id: ResourceId| self.lines.get(id.0 as usize).copied().flatten();
        match (line(top), line(resource)) {
            (Some((ours, top, _)), Some((theirs, own, _))) if ours == theirs => {
                ahead(top, at_unix_nano).saturating_sub(ahead(own, at_unix_nano))
            }
            _ => 0,
        }
    }
}

impl Shifts {
    /// By how much the clocks of two resources may be further apart than is
    /// corrected; nothing where they were never compared.
    pub(crate) fn open_nano(&self, one: ResourceId, other: ResourceId) -> Option<u64> {
        let line = |id: ResourceId| self.lines.get(id.0 as usize).copied().flatten();
        let (one, other) = (line(one)?, line(other)?);
        (one.0 == other.0).then(|| one.2.saturating_add(other.2))
    }
}

impl Shifts {
    /// By how much the clock of a resource may be off the clock of reference of
    /// its group; nothing where it was never compared.
    pub(crate) fn reach_nano(&self, one: ResourceId) -> Option<u64> {
        let line = self.lines.get(one.0 as usize).copied().flatten();
        line.map(|(_, _, open)| open)
    }
}

fn ahead(line: Line, at_unix_nano: i64) -> i64 {
    let since = i128::from(at_unix_nano) - i128::from(line.minute) * i128::from(MINUTE_NANO);
    let gone = i128::from(line.drift_nano) * since / i128::from(MINUTE_NANO);
    line.offset_nano.saturating_add(gone as i64)
}
