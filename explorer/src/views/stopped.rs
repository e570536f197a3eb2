//! What is seen where nothing can be computed.

use egui::{CentralPanel, RichText, Ui};

use crate::gpu::GpuError;

/// Says what went wrong, and tells whether to start again.
pub(crate) fn stopped(ui: &mut Ui, error: &GpuError) -> bool {
    let mut again = false;
    let title = if error.is_loss() {
        "The GPU was lost"
    } else {
        "The GPU gave up"
    };
    message(
        ui,
        title,
        &format!("{}.", sentence(&error.to_string())),
        |ui| {
            ui.label("What you have chosen is kept. If it happens again, update the graphics driver, or choose another adapter with the environment variable WGPU_ADAPTER_NAME.");
            ui.add_space(12.0);
            again = ui.button(RichText::new("Start again").heading()).clicked();
        },
    );
    again
}

/// Says that there is no device to compute on.
pub(crate) fn no_device(ui: &mut Ui) {
    message(ui, "No GPU to compute on", "wgpu found no adapter.", |ui| {
        ui.label("Install a driver for Vulkan, Metal or Direct3D 12; without a GPU, Mesa's software driver does (package mesa-vulkan-drivers on Debian and Ubuntu). If WGPU_BACKEND or WGPU_ADAPTER_NAME are set, they may hide it.");
        ui.add_space(12.0);
        ui.label("Then start the explorer again.");
    });
}

fn message(ui: &mut Ui, title: &str, text: &str, rest: impl FnOnce(&mut Ui)) {
    CentralPanel::default().show(ui, |ui| {
        ui.add_space(ui.available_height() * 0.25);
        ui.vertical_centered(|ui| {
            ui.set_max_width(520.0);
            ui.label(RichText::new(title).heading().size(28.0).strong());
            ui.add_space(8.0);
            ui.label(RichText::new(text).color(ui.visuals().error_fg_color));
            ui.add_space(8.0);
            rest(ui);
        });
    });
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
