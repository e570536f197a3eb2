//! All that is known of the selected activation.

use egui::{Frame, Grid, RichText, ScrollArea, Ui};
use wgpu_activations::activation::{Definition, Saturation, Smoothness};

use super::{Scene, sliders};
use crate::keys;
use crate::state::{State, Window};
use crate::theme;

pub(super) fn show(ui: &mut Ui, state: &mut State, scene: &Scene<'_>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let row = state.selected().definition();
        title(ui, state);
        let formula = RichText::new(format!("f(x) = {}", row.formula)).monospace();
        Frame::new()
            .fill(ui.visuals().extreme_bg_color)
            .inner_margin(8)
            .corner_radius(4)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.label(formula);
            });
        section(ui, "Hyper-parameters");
        sliders::show(ui, state.selected_mut());
        section(ui, "Properties");
        properties(ui, state);
        section(ui, "Largest error");
        accuracy(ui, row, scene);
        section(ui, "From");
        ui.label(row.citation);
    });
}

fn title(ui: &mut Ui, state: &mut State) {
    let index = state.selection();
    let shown = state.shown();
    let number = shown.iter().find(|s| s.is_selected).map_or(0, |s| s.colour);
    let colour = theme::colour(ui.visuals(), number);
    let name = state.selected().definition().name;
    ui.label(RichText::new(name).heading().strong().color(colour));
    ui.horizontal(|ui| {
        let compare = if state.is_kept(index) {
            "Remove (Enter)"
        } else {
            "Compare (Enter)"
        };
        if ui.button(compare).clicked() {
            state.toggle_kept(index);
        }
        if ui.button("WGSL (W)").clicked() {
            keys::toggle(state, Window::Wgsl);
        }
    });
    ui.add_space(4.0);
}

fn section(ui: &mut Ui, name: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(name).strong());
    ui.separator();
}

fn properties(ui: &mut Ui, state: &State) {
    let tuned = state.selected();
    let properties = &tuned.definition().properties;
    let (low, high) = properties.range;
    let yes_or_no = |is_so| if is_so { "yes" } else { "no" }.to_owned();
    let saturates = match properties.saturates {
        Saturation::Neither => "on neither side",
        Saturation::Left => "on the left",
        Saturation::Right => "on the right",
        Saturation::Both => "on both sides",
    };
    let smoothness = match properties.smoothness {
        Smoothness::Discontinuous => "f jumps",
        Smoothness::C0 => "continuous, f' jumps",
        Smoothness::C1 => "once differentiable, f'' jumps",
        Smoothness::C2 => "twice differentiable",
        Smoothness::Smooth => "smooth",
    };
    let mut rows = vec![
        ("range", format!("{} to {}", number(low), number(high))),
        ("monotonic", yes_or_no(properties.monotonic)),
        ("zero-centred", yes_or_no(properties.zero_centred)),
        ("saturates", saturates.to_owned()),
        ("smoothness", smoothness.to_owned()),
    ];
    let activation = tuned.activation();
    let kinks = activation
        .reference()
        .map(|r| (r.kinks)(&activation.values_f64()));
    for kink in kinks.into_iter().flatten() {
        rows.push((
            "kink",
            format!(
                "at {}, where f' = {}",
                number(kink.x),
                number(kink.derivative)
            ),
        ));
    }
    grid(ui, "properties", &rows);
}

fn accuracy(ui: &mut Ui, row: &Definition, scene: &Scene<'_>) {
    let mut rows = vec![
        ("promised", format!("at most {} ULP", row.bound)),
        ("forward", scene.accuracy.worst(row.name, "forward")),
        ("backward", scene.accuracy.worst(row.name, "backward")),
    ];
    let places: Vec<_> = scene.accuracy.places(row.name);
    if !places.is_empty() {
        rows.push(("on", places.join("\n")));
    }
    grid(ui, "accuracy", &rows);
    ui.label(
        RichText::new("Measured with default hyper-parameters.")
            .small()
            .weak(),
    );
}

fn grid(ui: &mut Ui, id: &str, rows: &[(&str, String)]) {
    Grid::new(id)
        .num_columns(2)
        .spacing([12.0, 4.0])
        .show(ui, |ui| {
            for (name, value) in rows {
                ui.weak(*name);
                ui.label(value);
                ui.end_row();
            }
        });
}

/// A number as people write it.
fn number(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let rounded = (value * 1e4).round() / 1e4;
    // Without the sign of −0.
    (rounded + 0.0).to_string().replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (f64::NEG_INFINITY, "−∞"),
            (-0.0, "0"),
            (-0.278_464_5, "−0.2785"),
            (1.0 / 3.0, "0.3333"),
            (6.0, "6"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
