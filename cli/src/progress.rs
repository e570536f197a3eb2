//! A progress bar on standard error, for whoever watches work that takes a while.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows nothing at first, nothing where standard error is no terminal, and nothing when quiet; goes
/// away with its value.
pub(crate) struct Bar {
    bar: ProgressBar,
    start: Instant,
    is_quiet: bool,
}

impl Bar {
    /// A bar over so many bytes.
    pub(crate) fn new(bytes: u64, is_quiet: bool) -> Self {
        const BYTES: &str = "{wide_bar} {percent:>3}%  {binary_bytes} of {binary_total_bytes}, \
                             {binary_bytes_per_sec}, {eta} left";
        Self::styled(bytes, BYTES, is_quiet)
    }

    /// A bar over so many inputs, with the name of what they are inputs to.
    pub(crate) fn of_inputs(inputs: u64) -> Self {
        const INPUTS: &str = "{wide_bar} {percent:>3}%  {msg}, {eta} left";
        Self::styled(inputs, INPUTS, false)
    }

    /// Where earlier work ended, which says nothing of how fast this one is.
    pub(crate) fn start_from(&self, position: u64) {
        self.bar.set_position(position);
        self.bar.reset_eta();
    }

    fn styled(length: u64, template: &str, is_quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            start: Instant::now(),
            is_quiet,
        }
    }

    pub(crate) fn at(&self, position: u64) {
        if !self.is_quiet && self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(position);
    }

    /// The position, and what is worked on there.
    pub(crate) fn step(&self, position: u64, name: &str) {
        self.bar.set_message(name.to_owned());
        self.at(position);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
