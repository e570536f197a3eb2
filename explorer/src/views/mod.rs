//! What is seen: panels around the plot, each in a file of its own.

mod details;
mod list;
mod plot;
mod sliders;
mod stopped;
mod table;
mod windows;

pub(crate) use stopped::{no_device, stopped};

use egui::{Align, CentralPanel, Frame, Layout, Panel, RichText, Ui};

use crate::accuracy::Accuracy;
use crate::curve::Curve;
use crate::keys;
use crate::state::{State, Window};

/// What the panels show beside the state.
pub(crate) struct Scene<'a> {
    /// The newest curves.
    pub curves: &'a [Curve],
    /// What was measured.
    pub accuracy: &'a Accuracy,
    /// What egui and the kernels run on.
    pub adapter: &'a str,
}

/// What the plot was seen to show.
pub(crate) struct Seen {
    /// From left to right.
    pub range: (f64, f64),
    /// Where the values are shown of.
    pub pointer: Option<f64>,
}

/// Draws everything.
pub(crate) fn show(ui: &mut Ui, state: &mut State, scene: &Scene<'_>) -> Seen {
    let frame = |ui: &Ui| Frame::side_top_panel(ui.style()).inner_margin(10);
    Panel::top("bar")
        .frame(frame(ui))
        .show(ui, |ui| bar(ui, state, scene));
    Panel::left("catalogue")
        .frame(frame(ui))
        .default_size(190.0)
        .show(ui, |ui| list::show(ui, state));
    Panel::right("details")
        .frame(frame(ui))
        .default_size(330.0)
        .show(ui, |ui| details::show(ui, state, scene));
    Panel::bottom("table")
        .frame(frame(ui))
        .show(ui, |ui| table::show(ui, state, scene.curves));
    let central = Frame::central_panel(ui.style()).inner_margin(10);
    let seen = CentralPanel::default()
        .frame(central)
        .show(ui, |ui| plot::show(ui, state, scene.curves))
        .inner;
    windows::show(ui.ctx(), state);
    seen
}

fn bar(ui: &mut Ui, state: &mut State, scene: &Scene<'_>) {
    ui.horizontal(|ui| {
        ui.heading("Activations");
        ui.weak(format!("computed by WGSL kernels on {}", scene.adapter));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Help (F1)").clicked() {
                keys::toggle(state, Window::Help);
            }
            let (theme, key) = if state.dark {
                ("Light theme", "T")
            } else {
                ("Dark theme", "T")
            };
            if ui.button(format!("{theme} ({key})")).clicked() {
                state.dark = !state.dark;
            }
            if let Some(notice) = &state.notice {
                ui.label(RichText::new(notice).italics());
            }
        });
    });
}
