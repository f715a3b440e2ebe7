//! How many threads work on analyses.

use spanwise_model::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;

/// The threads that facts and analyses are computed in: as many as there are
/// cores, shared by the whole process, or a number of their own.
///
/// ```
/// use spanwise_analyze::Threads;
/// let one = Threads::limited_to(1)?;
/// assert_eq!(one.run(|| 2 + 2), 4);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Threads(Option<Arc<rayon::ThreadPool>>);

impl Threads {
    /// This many threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where the system does not give so many.
    pub fn limited_to(count: usize) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
        let pool =
            pool.map_err(|error| Error::new(ErrorKind::Usage, error.to_string()).caused_by(error))?;
        Ok(Self(Some(Arc::new(pool))))
    }

    /// Does `work`, and what it does in parallel, in these threads.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.0 {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.as_ref().map(|pool| pool.current_num_threads());
        f.debug_tuple("Threads").field(&count).finish()
    }
}
