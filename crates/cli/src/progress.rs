//! Progress of a long read, for somebody who watches a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use spanwise::Progress;
use std::sync::Arc;

/// Reads shorter than this are not worth a bar.
const QUIET_BYTES: u64 = 32 << 20;

/// A bar on standard error that goes away when the read ends.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Arc<Self> {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let template = "reading {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Arc::new(Self(bar))
    }

    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn bytes(&self, done: u64, total: Option<u64>) {
        if done.max(total.unwrap_or(0)) < QUIET_BYTES {
            return;
        }
        if let Some(total) = total {
            self.0.set_length(total);
        }
        self.0.set_position(done);
    }
}
