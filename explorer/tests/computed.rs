//! What is drawn is what the kernels compute, without waiting and without compiling anew.

mod common;

use common::{explorer, settle, unmeasured};
use egui_kittest::kittest::Queryable as _;
use std::cell::RefCell;
use std::rc::Rc;
use wgpu_activations_explorer::{App, Restart};

#[test]
fn curves_are_those_of_the_reference() {
    let mut harness = explorer(unmeasured("identity"));
    let mut seen = 0;
    for index in (0..).take_while(|&index| unmeasured("identity").tuned(index).is_some()) {
        // One of each few, so that every family is there without compiling all shaders.
        if index % 5 != 0 {
            continue;
        }
        harness.state_mut().state.select(index);
        settle(&mut harness);
        let curves = harness.state().gpu().unwrap().sampler.curves();
        assert_eq!(curves.len(), 1);
        let curve = &curves[0];
        assert_eq!(curve.index, index);
        let (reference, values) = (
            curve.activation.reference().unwrap(),
            curve.activation.values_f64(),
        );
        let points = curve
            .points
            .xs()
            .iter()
            .zip(curve.outputs.iter().zip(&curve.slopes));
        for (&x, (&output, &slope)) in points {
            let name = curve.activation.name();
            for (got, expected) in [
                (output, reference.forward_at(x.into(), &values)),
                (slope, reference.derivative_at(x.into(), &values)),
            ] {
                let error = (f64::from(got) - expected).abs();
                assert!(
                    error <= 2e-6 * expected.abs().max(1.0),
                    "{name}({x}): {got}, not {expected}"
                );
            }
        }
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn nothing_is_compiled_while_a_slider_moves() {
    let mut harness = explorer(unmeasured("elu"));
    let before = harness.state().gpu().unwrap().pipelines();
    assert_eq!(before, 2, "forward and backward");
    for step in 1..=20 {
        let alpha = f64::from(step) / 10.0;
        harness.state_mut().state.selected_mut().set(0, alpha);
        settle(&mut harness);
        let curve = &harness.state().gpu().unwrap().sampler.curves()[0];
        assert_eq!(curve.activation.values(), [alpha as f32]);
        // elu(x) is close to -alpha far on the left.
        assert!(
            (f64::from(curve.outputs[0]) + alpha).abs() < 0.01 * alpha,
            "{}",
            curve.outputs[0]
        );
    }
    assert_eq!(harness.state().gpu().unwrap().pipelines(), before);
}

#[test]
fn the_value_under_the_pointer_is_computed_there() {
    let mut harness = explorer(unmeasured("relu"));
    harness.hover_at(egui::pos2(700.0, 300.0));
    settle(&mut harness);
    let curve = &harness.state().gpu().unwrap().sampler.curves()[0];
    let sample = curve.under_pointer().unwrap();
    assert!(sample.x != 0.0);
    assert_eq!(sample.output, sample.x.max(0.0));
    assert_eq!(sample.slope, f64::from(u8::from(sample.x > 0.0)));
}

#[test]
fn times_come_in_while_frames_go_on() {
    let mut state = unmeasured("relu");
    state.timings.are_paused = false;
    let mut harness = explorer(state);
    let index = harness.state().state.selection();
    for _ in 0..1000 {
        if harness.state().state.timings.of(index).is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        harness.step();
    }
    let times = harness.state().state.timings.of(index).unwrap();
    assert!(times.forward > 0.0 && times.backward > 0.0, "{times:?}");
}

#[test]
fn a_lost_device_is_handed_over() {
    let handed = Rc::new(RefCell::new(None));
    let renderer = common::render_state();
    let (device, into) = (renderer.device.clone(), handed.clone());
    let mut state = unmeasured("mish");
    state.dark = false;
    let app = App::new(Some(&renderer), state)
        .on_loss(move |restart: Restart| *into.borrow_mut() = Some(restart));
    let mut harness = common::harness(app, renderer);
    device.destroy();
    harness.run_steps(3);
    assert!(harness.state().gpu().is_none());
    assert!(
        harness.query_by_label("Help (F1)").is_none(),
        "nothing may be drawn"
    );
    let restart = handed.take().unwrap();
    assert!(restart.error.is_loss() && restart.error.to_string().contains("lost"));
    assert_eq!(restart.state.selected().definition().name, "mish");
    assert!(!restart.state.dark);

    // The next window, on a device that works.
    let renderer = common::render_state();
    let app = App::after(Some(&renderer), restart);
    let mut harness = common::harness(app, renderer);
    assert!(harness.state().gpu().is_none());
    harness.get_by_label("The GPU was lost");
    harness.get_by_label("Start again").click();
    settle(&mut harness);
    let curve = &harness.state().gpu().unwrap().sampler.curves()[0];
    assert_eq!(curve.activation.name(), "mish");
}

#[test]
fn starting_again_on_a_device_that_is_gone_says_so_again() {
    let renderer = common::render_state();
    let device = renderer.device.clone();
    let mut harness = common::harness(App::new(Some(&renderer), unmeasured("gelu")), renderer);
    device.destroy();
    harness.run_steps(3);
    harness.get_by_label("Start again").click();
    harness.run_steps(3);
    harness.get_by_label("The GPU was lost");
}
