//! Windows on top: the keys, and the shader.

use egui::{Align2, Context, Grid, RichText, ScrollArea, TextEdit};

use crate::keys;
use crate::state::{State, Window};

pub(super) fn show(context: &Context, state: &mut State) {
    match state.window {
        Some(Window::Help) => help(context, state),
        Some(Window::Wgsl) => wgsl(context, state),
        None => {}
    }
}

fn help(context: &Context, state: &mut State) {
    let mut is_open = true;
    egui::Window::new("Keys")
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
        .show(context, |ui| {
            Grid::new("keys")
                .num_columns(2)
                .spacing([24.0, 6.0])
                .show(ui, |ui| {
                    for (key, effect) in keys::HELP {
                        ui.label(RichText::new(key).strong().monospace());
                        ui.label(effect);
                        ui.end_row();
                    }
                });
            ui.add_space(8.0);
            ui.weak("In the plot: drag to move, Ctrl and wheel to zoom, double click to go back.");
        });
    if !is_open {
        state.window = None;
    }
}

fn wgsl(context: &Context, state: &mut State) {
    let mut is_open = true;
    let text = match state.selected().activation().wgsl() {
        Ok(text) => text,
        Err(error) => error.to_string(),
    };
    egui::Window::new(format!("WGSL of {}", state.selected().label()))
        .id(egui::Id::unique("wgsl"))
        .open(&mut is_open)
        .collapsible(false)
        .default_size([640.0, 480.0])
        .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
        .show(context, |ui| {
            if ui.button("Copy (Ctrl+C)").clicked() {
                keys::copy_wgsl(ui.ctx(), state);
            }
            ScrollArea::both().max_height(440.0).show(ui, |ui| {
                let mut text = text.as_str();
                let text = TextEdit::multiline(&mut text).code_editor();
                ui.add(text.desired_width(f32::INFINITY));
            });
        });
    if !is_open {
        state.window = None;
    }
}
