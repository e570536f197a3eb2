//! What keys do.

use egui::text_selection::LabelSelectionState;
use egui::{Context, Event, Id, Key, Modifiers};

use crate::state::{State, Window};

/// Every key with what it does, as the help shows it.
pub(crate) const HELP: [(&str, &str); 12] = [
    ("/  or  Ctrl+F", "search by name, family or citation"),
    ("↑  ↓", "the activation above or below in the list"),
    ("Enter  or  Space", "keep it for comparison, or no longer"),
    ("←  →", "move the point whose values are shown"),
    (
        "Tab",
        "to the next slider or button: arrows move it, Space presses it, Esc leaves it",
    ),
    ("D", "derivatives on or off"),
    ("0", "default hyper-parameters"),
    ("Home", "back to where the activation bends"),
    ("Ctrl+C", "copy its WGSL, or the text that is selected"),
    ("W", "its WGSL"),
    ("T", "light or dark"),
    (
        "F1  or  ?",
        "these keys; Esc closes them, and ends a search",
    ),
];

/// The search field.
pub(crate) fn search_id() -> Id {
    Id::unique("search")
}

/// Does what the keys of this frame ask for, and leaves others to the widget that has the focus.
pub(crate) fn handle(context: &Context, state: &mut State) {
    let focused = context.memory(|memory| memory.focused());
    let is_searching = focused == Some(search_id());
    let pressed = |modifiers, key| context.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::NONE, Key::F1) {
        toggle(state, Window::Help);
    }
    if pressed(Modifiers::COMMAND, Key::F) {
        context.memory_mut(|memory| memory.request_focus(search_id()));
    }
    if is_searching || focused.is_none() {
        if pressed(Modifiers::NONE, Key::ArrowDown) {
            state.step(1);
        }
        if pressed(Modifiers::NONE, Key::ArrowUp) {
            state.step(-1);
        }
        if pressed(Modifiers::NONE, Key::Enter) {
            state.toggle_kept(state.selection());
        }
    }
    // Widgets that have the focus take letters, spaces and arrows for themselves.
    if focused.is_some() {
        return;
    }
    // egui has taken the focus from a field by then.
    if pressed(Modifiers::NONE, Key::Escape) && state.window.take().is_none() {
        state.search.clear();
    }
    if pressed(Modifiers::NONE, Key::Space) {
        state.toggle_kept(state.selection());
    }
    if pressed(Modifiers::NONE, Key::ArrowLeft) {
        state.move_probe(-1.0);
    }
    if pressed(Modifiers::NONE, Key::ArrowRight) {
        state.move_probe(1.0);
    }
    if pressed(Modifiers::NONE, Key::Home) {
        state.fit();
    }
    if pressed(Modifiers::NONE, Key::D) {
        state.derivatives = !state.derivatives;
    }
    if pressed(Modifiers::NONE, Key::W) {
        toggle(state, Window::Wgsl);
    }
    if pressed(Modifiers::NONE, Key::T) {
        state.dark = !state.dark;
    }
    if pressed(Modifiers::NONE, Key::Num0) {
        state.selected_mut().reset();
    }
    let is_text_selected = context
        .with_plugin(|labels: &mut LabelSelectionState| labels.has_selection())
        .unwrap_or(false);
    let texts = context.input_mut(|input| {
        let mut texts = Vec::new();
        input.events.retain(|event| match event {
            // By what is written, as keyboards have them in different places.
            Event::Text(text) if text == "/" || text == "?" => {
                texts.push(text.clone());
                false
            }
            Event::Copy if !is_text_selected => {
                texts.push("copy".to_owned());
                false
            }
            _ => true,
        });
        texts
    });
    for text in texts {
        match text.as_str() {
            "/" => context.memory_mut(|memory| memory.request_focus(search_id())),
            "?" => toggle(state, Window::Help),
            _ => copy_wgsl(context, state),
        }
    }
}

/// Opens a window, or closes it.
pub(crate) fn toggle(state: &mut State, window: Window) {
    let is_open = state.window == Some(window);
    state.window = (!is_open).then_some(window);
}

/// Puts the selected activation's shader into the clipboard.
pub(crate) fn copy_wgsl(context: &Context, state: &mut State) {
    match state.selected().activation().wgsl() {
        Ok(text) => {
            context.copy_text(text);
            state.notice = Some(format!("copied the WGSL of {}", state.selected().label()));
        }
        Err(error) => state.notice = Some(error.to_string()),
    }
}
