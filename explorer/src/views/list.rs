//! The catalogue, by family.

use egui::{RichText, ScrollArea, TextEdit, Ui};

use crate::keys;
use crate::state::State;
use crate::theme;

pub(super) fn show(ui: &mut Ui, state: &mut State) {
    let search = TextEdit::singleline(&mut state.search)
        .id(keys::search_id())
        .hint_text("Search  ( / )")
        .desired_width(f32::INFINITY);
    let response = ui.add(search);
    if response.changed() {
        // What is found first is seen at once, unless the selected one is found too.
        state.step(0);
    }
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search activations")
    });
    ui.add_space(4.0);
    // The plot has not yet moved to it: it was selected in this frame.
    let is_new = state.view.is_some();
    let found = state.found();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if found.is_empty() {
            ui.weak("Nothing is called so. Esc shows all.");
        }
        for (family, rows) in found {
            ui.add_space(6.0);
            ui.label(RichText::new(family).small().weak());
            for index in rows {
                row(ui, state, index, is_new);
            }
        }
    });
}

fn row(ui: &mut Ui, state: &mut State, index: usize, is_new: bool) {
    let Some(tuned) = state.tuned(index) else {
        return;
    };
    let is_selected = index == state.selection();
    let shown = state.shown().into_iter().find(|shown| shown.index == index);
    let colour = shown.map(|shown| theme::colour(ui.visuals(), shown.colour));
    let text = RichText::new(tuned.definition().name);
    let text = colour.map_or(text.clone(), |colour| text.strong().color(colour));
    let response = ui.selectable_label(is_selected, text);
    if response.clicked() {
        state.select(index);
    }
    if response.double_clicked() {
        state.toggle_kept(index);
    }
    if is_selected && is_new {
        response.scroll_to_me(None);
    }
}
