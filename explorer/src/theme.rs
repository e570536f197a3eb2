//! Colours and spacing, light and dark.

use egui::{Color32, Context, Stroke, Style, TextStyle, Theme, Visuals};

use crate::state::COLOURS;

/// Told apart by people of any colour vision: after Okabe and Ito, darker on white and brighter on black.
const LIGHT: [Color32; COLOURS] = [
    Color32::from_rgb(0, 105, 170),
    Color32::from_rgb(200, 80, 0),
    Color32::from_rgb(0, 135, 100),
    Color32::from_rgb(165, 75, 135),
    Color32::from_rgb(165, 120, 0),
    Color32::from_rgb(70, 70, 70),
];
const DARK: [Color32; COLOURS] = [
    Color32::from_rgb(86, 180, 233),
    Color32::from_rgb(240, 160, 40),
    Color32::from_rgb(40, 190, 140),
    Color32::from_rgb(225, 140, 190),
    Color32::from_rgb(240, 228, 66),
    Color32::from_rgb(200, 200, 200),
];

/// The colour of that number.
pub(crate) fn colour(visuals: &Visuals, number: usize) -> Color32 {
    let colours = if visuals.dark_mode { &DARK } else { &LIGHT };
    colours[number % COLOURS]
}

/// What lies behind a saturated region.
pub(crate) fn shade(visuals: &Visuals) -> Color32 {
    visuals.text_color().gamma_multiply(0.09)
}

/// The lines of the plot's grid.
pub(crate) fn grid(visuals: &Visuals) -> Color32 {
    visuals.text_color().gamma_multiply(0.5)
}

/// Makes all that is drawn light or dark.
pub(crate) fn apply(context: &Context, dark: bool) {
    let theme = if dark { Theme::Dark } else { Theme::Light };
    if context.theme() != theme {
        context.set_theme(theme);
    }
}

/// Sets what both themes share, once.
pub fn install(context: &Context) {
    context.all_styles_mut(|style| {
        spaced(style);
        let visuals = &mut style.visuals;
        let (background, panel, text) = if visuals.dark_mode {
            (
                Color32::from_gray(17),
                Color32::from_gray(26),
                Color32::from_gray(214),
            )
        } else {
            (
                Color32::WHITE,
                Color32::from_gray(245),
                Color32::from_gray(36),
            )
        };
        visuals.panel_fill = panel;
        visuals.window_fill = panel;
        visuals.extreme_bg_color = background;
        visuals.widgets.noninteractive.fg_stroke = Stroke::new(1.0, text);
        visuals.error_fg_color = if visuals.dark_mode {
            Color32::from_rgb(255, 130, 110)
        } else {
            Color32::from_rgb(180, 30, 20)
        };
        visuals.selection.bg_fill = colour(visuals, 0).gamma_multiply(0.35);
        visuals.selection.stroke = Stroke::new(1.0, visuals.strong_text_color());
    });
}

fn spaced(style: &mut Style) {
    style.spacing.item_spacing = egui::vec2(8.0, 6.0);
    style.spacing.button_padding = egui::vec2(8.0, 3.0);
    if let Some(heading) = style.text_styles.get_mut(&TextStyle::Heading) {
        heading.size = 20.0;
    }
}
