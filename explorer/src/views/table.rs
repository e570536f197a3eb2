//! Values and milliseconds of all that is compared.

use egui::{Grid, RichText, Ui};

use crate::curve::{Curve, Sample};
use crate::gpu::ELEMENTS;
use crate::state::State;
use crate::theme;

pub(super) fn show(ui: &mut Ui, state: &mut State, curves: &[Curve]) {
    let mut removed = None;
    let at = curves.iter().find_map(Curve::under_pointer);
    let headings = [
        at.map_or("activation".to_owned(), |at| format!("at x = {:.4}", at.x)),
        "f(x)".to_owned(),
        "f'(x)".to_owned(),
        "forward ms".to_owned(),
        "backward ms".to_owned(),
    ];
    Grid::new("table")
        .num_columns(6)
        .striped(true)
        .spacing([24.0, 6.0])
        .show(ui, |ui| {
            for heading in headings {
                ui.label(RichText::new(heading).strong());
            }
            ui.end_row();
            for shown in state.shown() {
                let colour = theme::colour(ui.visuals(), shown.colour);
                let name = RichText::new(shown.tuned.definition().name)
                    .color(colour)
                    .strong();
                ui.label(name).on_hover_text(shown.tuned.label());
                let curve = curves.iter().find(|curve| curve.index == shown.index);
                let sample = curve.and_then(Curve::under_pointer);
                let value = |part: fn(Sample) -> f64| {
                    sample.map_or("–".to_owned(), |s| format!("{:.6}", part(s)))
                };
                ui.monospace(value(|sample| sample.output));
                ui.monospace(value(|sample| sample.slope));
                let times = state.timings.of(shown.index);
                ui.monospace(times.map_or("–".to_owned(), |times| format!("{:.3}", times.forward)));
                ui.monospace(
                    times.map_or("–".to_owned(), |times| format!("{:.3}", times.backward)),
                );
                if state.is_kept(shown.index) && ui.small_button("Remove").clicked() {
                    removed = Some(shown.index);
                }
                ui.end_row();
            }
        });
    if let Some(index) = removed {
        state.toggle_kept(index);
    }
    ui.horizontal(|ui| {
        let note = format!(
            "{ELEMENTS} elements, median of the latest, {}",
            state.timings.clock
        );
        ui.label(RichText::new(note).small().weak());
        let measures = if state.timings.are_paused {
            "Measure"
        } else {
            "Pause"
        };
        if ui.small_button(measures).clicked() {
            state.timings.are_paused = !state.timings.are_paused;
        }
    });
}
