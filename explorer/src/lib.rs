//! The activation explorer: an app that draws activations and their derivatives by the library's kernels, on the
//! device that egui draws with.
//!
//! Nothing in this library blocks, starts a thread or reads a clock of its own, so that it can run in a browser as
//! it stands; the program around it opens the window.

mod accuracy;
mod app;
mod curve;
pub mod gpu;
mod keys;
mod points;
#[cfg(not(target_arch = "wasm32"))]
mod start;
pub mod state;
mod theme;
mod timings;
mod tuned;
mod view;
mod views;

pub use app::{App, Restart};
pub use curve::{Curve, Line, Sample};
pub use points::Points;
#[cfg(not(target_arch = "wasm32"))]
pub use start::{StartError, choose_adapter, options};
pub use state::State;
pub use theme::install as style;
pub use timings::{Milliseconds, Timings};
pub use tuned::Tuned;
pub use view::View;
