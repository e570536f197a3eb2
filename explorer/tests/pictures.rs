//! What the explorer looks like.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test pictures` draws them anew; look at them then.

mod common;

use common::{explorer, harness, render_state, settle, unmeasured};
use egui::{Rect, pos2};
use egui_kittest::{Harness, SnapshotOptions};
use wgpu_activations_explorer::gpu::GpuError;
use wgpu_activations_explorer::{App, Milliseconds, Restart, State};

/// How far the colour of a pixel may be off, and how many may be further off. Pictures by lavapipe differ from
/// those by SwiftShader in the edges of lines: in 37 pixels by more than 5, in 10 by more than 10. A curve that is
/// elsewhere differs in hundreds.
const TOLERANCE: (f32, usize) = (5.0, 60);

/// Compares with `tests/snapshots/NAME.png`.
fn compare(mut harness: Harness<'_, App>, name: &str) {
    if harness.state().gpu().is_some() {
        // The adapter's name is no part of it.
        harness.mask(Rect::from_min_max(pos2(110.0, 8.0), pos2(900.0, 36.0)));
    }
    let (threshold, pixels) = TOLERANCE;
    let options = SnapshotOptions::new()
        .threshold(threshold)
        .max_failed_pixels(pixels);
    harness.snapshot_options(name, &options);
}

fn find(state: &State, name: &str) -> usize {
    let mut all = (0..).map_while(|index| Some((index, state.tuned(index)?)));
    all.find(|(_, tuned)| tuned.definition().name == name)
        .unwrap()
        .0
}

fn with_times(state: &mut State) {
    let shown: Vec<_> = state.shown().iter().map(|shown| shown.index).collect();
    for index in shown {
        let forward = 0.05 + index as f64 / 1000.0;
        state.timings.add(
            index,
            Milliseconds {
                forward,
                backward: 1.5 * forward,
            },
        );
    }
}

#[test]
fn the_main_view() {
    let mut state = unmeasured("gelu");
    state.probe = Some(1.27);
    with_times(&mut state);
    compare(explorer(state), "main");
}

#[test]
fn a_comparison() {
    let mut state = unmeasured("gelu");
    state.dark = false;
    for name in ["relu", "sigmoid", "hard_swish"] {
        state.toggle_kept(find(&state, name));
    }
    state.select(find(&state, "srelu"));
    state.probe = Some(-1.73);
    with_times(&mut state);
    compare(explorer(state), "comparison");
}

#[test]
fn values_that_break_a_rule() {
    let mut state = unmeasured("hard_tanh");
    state.selected_mut().set(0, 2.0);
    compare(explorer(state), "broken_rule");
}

#[test]
fn no_adapter() {
    let renderer = render_state();
    compare(
        harness(App::new(None, unmeasured("gelu")), renderer),
        "no_adapter",
    );
}

#[test]
fn a_lost_device() {
    let renderer = render_state();
    let error = GpuError::Lost("the driver was reset".to_owned());
    let restart = Restart {
        state: unmeasured("gelu"),
        error,
    };
    let mut harness = harness(App::after(Some(&renderer), restart), renderer);
    settle(&mut harness);
    compare(harness, "lost");
}
