//! How often each operation runs, expected from the topology.

use super::{Plan, What};
use spanwise_model::{Error, ErrorKind, Result};

impl Plan {
    /// Runs of each operation for one request, retries left out.
    ///
    /// # Errors
    ///
    /// Where operations call each other in a circle.
    pub(crate) fn visits(&self) -> Result<Vec<f64>> {
        let mut visits = vec![0.0; self.operations.len()];
        let mut before = 0.0;
        let total = self.entries.last().map_or(1.0, |entry| entry.0);
        for &(sum, operation) in &self.entries {
            visits[operation as usize] += (sum - before) / total;
            before = sum;
        }
        let mut callers = vec![0u32; self.operations.len()];
        for action in &self.actions {
            if let Some(count) = callers.get_mut(self.target_of(action) as usize) {
                *count += 1;
            }
        }
        let mut open: Vec<u32> = (0..self.operations.len() as u32)
            .filter(|&operation| callers[operation as usize] == 0)
            .collect();
        let mut placed = 0;
        while let Some(operation) = open.pop() {
            placed += 1;
            for action in self.actions_of(operation) {
                let action = &self.actions[action as usize];
                let target = self.target_of(action) as usize;
                if target >= visits.len() {
                    continue;
                }
                visits[target] += visits[operation as usize] * self.times(action);
                callers[target] -= 1;
                if callers[target] == 0 {
                    open.push(target as u32);
                }
            }
        }
        if placed < self.operations.len() {
            return Err(self.circle(&callers));
        }
        Ok(visits)
    }

    /// How many times an action is done in one run of its operation.
    pub(crate) fn times(&self, action: &super::ActionPlan) -> f64 {
        let once = action.probability * f64::from(action.repeat);
        match action.what {
            What::Publish { queue } => once / f64::from(self.queues[queue as usize].batch),
            _ => once,
        }
    }

    fn circle(&self, callers: &[u32]) -> Error {
        let in_it = callers.iter().position(|&count| count > 0).unwrap_or(0) as u32;
        let (service, name) = (self.service_of(in_it), self.name_of(in_it));
        Error::new(
            ErrorKind::Usage,
            format!("{service} {name} calls itself, directly or through others"),
        )
    }
}
