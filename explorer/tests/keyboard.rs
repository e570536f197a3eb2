//! Everything can be done with keys, and by assistive technology.

mod common;

use common::{explorer, settle, unmeasured};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use wgpu_activations_explorer::App;

fn press(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    settle(harness);
}

/// What goes into the clipboard.
fn copy(harness: &mut Harness<'_, App>) -> String {
    harness.event(Event::Copy);
    harness.step();
    let commands = &harness.output().platform_output.commands;
    let copied = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    copied.expect("something is copied")
}

fn selected<'a>(harness: &'a Harness<'_, App>) -> &'a str {
    harness.state().state.selected().definition().name
}

#[test]
fn search_and_walk() {
    let mut harness = explorer(unmeasured("gelu"));
    press(&mut harness, Key::ArrowDown);
    assert_eq!(selected(&harness), "gelu_tanh");
    press(&mut harness, Key::ArrowUp);
    harness.event(Event::Text("/".to_owned()));
    settle(&mut harness);
    harness.event(Event::Text("relu".to_owned()));
    settle(&mut harness);
    assert_eq!(harness.state().state.search, "relu");
    assert_eq!(selected(&harness), "relu", "the first that is found");
    press(&mut harness, Key::ArrowDown);
    assert_eq!(selected(&harness), "relu6");
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().state.search, "");
    assert_eq!(selected(&harness), "relu6");
}

#[test]
fn compare() {
    let mut harness = explorer(unmeasured("gelu"));
    press(&mut harness, Key::Enter);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Space);
    press(&mut harness, Key::ArrowDown);
    let state = &harness.state().state;
    let names: Vec<_> = state
        .shown()
        .iter()
        .map(|s| s.tuned.definition().name)
        .collect();
    assert_eq!(names, ["gelu", "gelu_tanh", "mish"]);
    let curves = harness.state().gpu().unwrap().sampler.curves();
    let drawn: Vec<_> = curves.iter().map(|curve| curve.activation.name()).collect();
    assert_eq!(drawn, names);
}

#[test]
fn themes_windows_and_the_clipboard() {
    let mut harness = explorer(unmeasured("gelu"));
    press(&mut harness, Key::T);
    assert!(!harness.state().state.dark);
    press(&mut harness, Key::F1);
    harness.get_by_label("these keys; Esc closes them, and ends a search");
    press(&mut harness, Key::Escape);
    assert!(
        harness
            .query_by_label("these keys; Esc closes them, and ends a search")
            .is_none()
    );
    press(&mut harness, Key::W);
    harness.get_by_label("Copy (Ctrl+C)");
    press(&mut harness, Key::Escape);
    let text = copy(&mut harness);
    assert!(text.contains("fn gelu_forward(x: f32) -> f32"));
}

#[test]
fn selected_text_is_copied_in_place_of_the_wgsl() {
    let mut harness = explorer(unmeasured("gelu"));
    let formula = harness.get_by_label_contains("f(x) = ").rect();
    harness.drag_at(formula.left_center());
    settle(&mut harness);
    harness.drop_at(formula.right_center());
    settle(&mut harness);
    let text = copy(&mut harness);
    assert!(text.starts_with("f(x) = "), "{text}");
}

#[test]
fn the_point_moves_and_derivatives_go() {
    let mut harness = explorer(unmeasured("gelu"));
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowRight);
    let x = harness.state().state.probe.unwrap();
    assert!((0.1..1.0).contains(&x), "{x}");
    let curve = &harness.state().gpu().unwrap().sampler.curves()[0];
    assert!((curve.under_pointer().unwrap().x - x).abs() < 1e-6);
    press(&mut harness, Key::D);
    assert!(!harness.state().state.derivatives);
}

#[test]
fn sliders_have_names_and_take_keys() {
    let mut harness = explorer(unmeasured("leaky_relu"));
    let slider = |harness: &Harness<'_, App>| {
        harness
            .get_by_role_and_label(Role::Slider, "negative_slope")
            .accesskit_node()
            .numeric_value()
    };
    let before = slider(&harness).unwrap();
    harness
        .get_by_role_and_label(Role::Slider, "negative_slope")
        .focus();
    settle(&mut harness);
    press(&mut harness, Key::ArrowRight);
    assert!(slider(&harness).unwrap() > before);
    assert_eq!(
        selected(&harness),
        "leaky_relu",
        "arrows belong to the slider"
    );
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::Num0);
    assert!(harness.state().state.selected().is_default());
    harness.get_by_label("Search activations");
}

#[test]
fn values_that_break_a_rule_are_explained() {
    let mut harness = explorer(unmeasured("hard_tanh"));
    harness.state_mut().state.selected_mut().set(0, 2.0);
    settle(&mut harness);
    harness.get_by_label_contains("min = 2, max = 1");
    let curve = &harness.state().gpu().unwrap().sampler.curves()[0];
    assert_eq!(
        curve.activation.values(),
        [-1.0, 1.0],
        "the last valid curve stays"
    );
    harness.key_press_modifiers(Modifiers::NONE, Key::Num0);
    settle(&mut harness);
    assert!(harness.query_by_label_contains("min = 2").is_none());
}
