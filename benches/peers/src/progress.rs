//! A bar on standard error.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of that many steps, with the time that is left.
pub(crate) fn of_steps(steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    // The template is a constant, which a test of the style would only repeat.
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {percent:>3} % {msg} [{elapsed}, {eta} left]")
    {
        bar.set_style(style);
    }
    bar
}
