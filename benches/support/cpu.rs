//! CPU time of the whole process, all threads together. Unlike the time on
//! the wall it hardly depends on what else the machine does.

use cpu_time::ProcessTime;
use std::time::Duration;

/// The CPU time of one run.
pub(crate) fn once<T>(run: impl FnOnce() -> T) -> Duration {
    let start = ProcessTime::now();
    let result = run();
    let elapsed = start.elapsed();
    drop(result);
    elapsed
}

/// The least CPU time of each of several runs, taken in turns so that all see
/// the same weather.
pub(crate) fn best<const N: usize>(rounds: u64, runs: [&dyn Fn(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    take_turns(rounds, &runs, &mut best);
    best
}

/// The same of as many runs as there are.
pub(crate) fn best_of_all(rounds: u64, runs: &[&dyn Fn()]) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; runs.len()];
    take_turns(rounds, runs, &mut best);
    best
}

fn take_turns(rounds: u64, runs: &[&dyn Fn()], best: &mut [Duration]) {
    for _ in 0..rounds {
        for (best, run) in best.iter_mut().zip(runs) {
            *best = once(run).min(*best);
        }
    }
}
