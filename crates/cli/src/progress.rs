//! Progress of long work, for somebody who watches a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use spanwise::{Phase, Progress};
use std::sync::{Arc, Mutex, PoisonError};

/// Work on fewer bytes than this is not worth a bar.
const QUIET_BYTES: u64 = 32 << 20;

/// A bar on standard error that goes away when the work ends.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// What is being done, and whether it is known how much there is.
    shown: Mutex<Option<(&'static str, bool)>>,
}

impl Bar {
    pub(crate) fn new() -> Arc<Self> {
        Self::on(ProgressDrawTarget::stderr_with_hz(10))
    }

    fn on(target: ProgressDrawTarget) -> Arc<Self> {
        Arc::new(Self {
            bar: ProgressBar::with_draw_target(None, target),
            shown: Mutex::default(),
        })
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, what: &'static str, done: u64, total: Option<u64>) {
        if done.max(total.unwrap_or(0)) < QUIET_BYTES {
            return;
        }
        self.turn_to(what, total.is_some());
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
    }

    /// Shows something else from now on: its rate and the time that is left do
    /// not depend on what was done before.
    fn turn_to(&self, what: &'static str, known: bool) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.replace((what, known)) == Some((what, known)) {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(template(known)) {
            self.bar.set_style(style);
        }
        self.bar.set_message(what);
        self.bar.reset();
    }
}

fn template(known: bool) -> &'static str {
    match known {
        true => "{msg} {wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
        false => "{msg} {spinner} {bytes}, {bytes_per_sec}",
    }
}

impl Progress for Bar {
    fn bytes(&self, done: u64, total: Option<u64>) {
        self.show("reading", done, total);
    }

    fn phase(&self, phase: Phase, done: u64, total: Option<u64>) {
        let what = match phase {
            Phase::Copying => "copying",
            Phase::Analysing => "analysing",
            _ => return,
        };
        self.show(what, done, total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;

    /// A terminal that keeps what is written.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn take(&self) -> String {
            std::mem::take(&mut self.0.lock().expect("one thread"))
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            120
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().expect("one thread").push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_phase_shows_its_rate_and_the_time_left() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bar = Bar::on(target);
        bar.bytes(QUIET_BYTES - 1, Some(QUIET_BYTES - 1));
        assert_eq!(screen.take(), "", "too little for a bar");
        bar.phase(Phase::Copying, 40 << 20, None);
        let copying = screen.take();
        assert!(
            copying.contains("copying") && copying.contains("/s"),
            "{copying}"
        );
        for (show, what) in [(true, "reading"), (false, "analysing")] {
            let total = Some(100 << 20);
            match show {
                true => bar.bytes(50 << 20, total),
                false => bar.phase(Phase::Analysing, 50 << 20, total),
            }
            bar.bar.tick();
            let line = screen.take();
            assert!(
                line.contains(what) && line.contains("50.00 MiB/100.00 MiB"),
                "{line}"
            );
            assert!(line.contains("/s") && line.contains("left"), "{line}");
        }
    }
}
