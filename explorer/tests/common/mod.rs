//! The explorer without a window, on the device of the harness that draws it.

use eframe::egui_wgpu::{RenderState, RendererOptions, WgpuSetup};
use egui::UiBuilder;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use wgpu_activations_explorer::{App, State, choose_adapter, style};

/// The adapter that `WGPU_BACKEND` and `WGPU_ADAPTER_NAME` choose.
pub(crate) fn render_state() -> RenderState {
    let mut setup = default_wgpu_setup();
    if let WgpuSetup::CreateNew(setup) = &mut setup {
        choose_adapter(setup);
    }
    create_render_state(setup, RendererOptions::PREDICTABLE)
}

/// A state whose table is not measured, so that every run looks the same.
pub(crate) fn unmeasured(selected: &str) -> State {
    let mut state = State::new(selected);
    state.timings.are_paused = true;
    state.timings.clock = "by the device's timestamps";
    state
}

/// The explorer, run until everything that it shows has been computed.
pub(crate) fn explorer(state: State) -> Harness<'static, App> {
    let renderer = render_state();
    let app = App::new(Some(&renderer), state);
    harness(app, renderer)
}

/// An app in whatever state.
pub(crate) fn harness(app: App, renderer: RenderState) -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(300)
        .with_context_setup(style)
        .renderer(WgpuTestRenderer::from_render_state(renderer))
        .build_ui_state(
            |ui, app: &mut App| {
                // All of the window, as eframe gives it.
                let window = ui.ctx().content_rect();
                ui.set_clip_rect(window);
                ui.scope_builder(UiBuilder::new().max_rect(window), |ui| app.show(ui));
            },
            app,
        );
    settle(&mut harness);
    harness
}

/// Runs until nothing is under way any more.
pub(crate) fn settle(harness: &mut Harness<'_, App>) {
    harness.try_run_realtime().unwrap();
}
