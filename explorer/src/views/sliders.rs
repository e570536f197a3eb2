//! The hyper-parameters.

use egui::{Label, RichText, Slider, SliderClamping, Ui};

use crate::tuned::Tuned;

pub(super) fn show(ui: &mut Ui, tuned: &mut Tuned) {
    let parameters = tuned.definition().parameters;
    if parameters.is_empty() {
        ui.weak("It has no hyper-parameters.");
        return;
    }
    for (index, parameter) in parameters.iter().enumerate() {
        let (low, high) = tuned.range(index);
        let Some(&wanted) = tuned.wanted().get(index) else {
            continue;
        };
        let mut value = wanted;
        // Other values can be typed, and are explained where they break a rule.
        let slider = Slider::new(&mut value, low..=high)
            .clamping(SliderClamping::Never)
            .max_decimals(4)
            .text(parameter.name);
        if ui.add(slider).changed() {
            tuned.set(index, value);
        }
    }
    if let Some(problem) = tuned.problem() {
        let text = RichText::new(format!("{problem}. Drawn with the last values that are."));
        ui.add(Label::new(text.color(ui.visuals().error_fg_color)).wrap());
    }
    if !tuned.is_default() && ui.button("Defaults (0)").clicked() {
        tuned.reset();
    }
}
