//! Passes that come, change and go between frames, on an app of Bevy's without a window.

use bevy::app::PluginsState;
use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::gpu_readback::{Readback, ReadbackComplete};
use bevy::render::storage::ShaderBuffer;
use bevy::window::ExitCondition;
use wgpu_activations::{Activation, CustomActivation};
use wgpu_activations_bevy::{ActivationPass, ActivationsPlugin};

/// Frames to wait for what is read back.
const PATIENCE: usize = 600;

/// What has been read back, newest last.
#[derive(Resource, Default)]
struct Result(Vec<f32>);

fn app() -> App {
    let mut app = App::new();
    let headless = WindowPlugin {
        primary_window: None,
        exit_condition: ExitCondition::DontExit,
        ..default()
    };
    app.add_plugins((DefaultPlugins.set(headless), ActivationsPlugin))
        .init_resource::<Result>();
    while app.plugins_state() == PluginsState::Adding {
        std::thread::yield_now();
    }
    app.finish();
    app.cleanup();
    app
}

fn buffer(app: &mut App, values: &[f32]) -> Handle<ShaderBuffer> {
    let buffer = ShaderBuffer::new(values.to_vec(), RenderAssetUsages::RENDER_WORLD);
    app.world_mut()
        .resource_mut::<Assets<ShaderBuffer>>()
        .add(buffer)
}

/// An input with these elements, and an output of as many nines that is read back.
fn input_and_output(app: &mut App, input: &[f32]) -> [Handle<ShaderBuffer>; 2] {
    let output = buffer(app, &vec![9.0; input.len()]);
    watch(app, &output);
    [buffer(app, input), output]
}

/// Reads that buffer back in every frame from now on.
fn watch(app: &mut App, buffer: &Handle<ShaderBuffer>) {
    let readback = Readback::buffer(buffer.clone());
    app.world_mut().spawn(readback).observe(
        |event: On<ReadbackComplete>, mut result: ResMut<Result>| {
            result.0 = event.to_shader_type();
        },
    );
}

/// Whether that is read back within the patience.
fn becomes(app: &mut App, expected: &[f32]) -> bool {
    (0..PATIENCE).any(|_| {
        app.update();
        app.world().resource::<Result>().0 == expected
    })
}

#[test]
fn a_pass_that_cannot_be_prepared_keeps_no_other_from_running() {
    let mut app = app();
    let [input, output] = input_and_output(&mut app, &[-1.0, 0.0, 2.0]);
    let shorter = buffer(&mut app, &[0.0; 2]);
    let relu = Activation::relu();
    app.world_mut().spawn_batch([
        ActivationPass::forward(relu.clone(), input.clone(), shorter).with_order(-1),
        ActivationPass::forward(relu.clone(), input.clone(), input.clone()).with_order(-1),
        ActivationPass::forward(relu, input, output),
    ]);
    assert!(becomes(&mut app, &[0.0, 0.0, 2.0]));
}

#[test]
fn a_pass_takes_other_buffers_another_activation_and_leaves_no_trace() {
    let mut app = app();
    let [first, output] = input_and_output(&mut app, &[-1.0, 0.0, 2.0]);
    let second = buffer(&mut app, &[-8.0, 7.0, 0.5]);
    let pass = ActivationPass::forward(Activation::relu(), first, output.clone());
    let entity = app.world_mut().spawn(pass).id();
    assert!(becomes(&mut app, &[0.0, 0.0, 2.0]));

    let relu6 = Activation::relu6();
    let pass = ActivationPass::forward(relu6, second.clone(), output.clone());
    app.world_mut().entity_mut(entity).insert(pass);
    assert!(becomes(&mut app, &[0.0, 6.0, 0.5]));

    // A gradient in its place: of relu6 it is zero outside of 0 to 6.
    let ones = buffer(&mut app, &[1.0; 3]);
    let pass = ActivationPass::backward(Activation::relu6(), second, ones, output.clone());
    app.world_mut().entity_mut(entity).insert(pass);
    assert!(becomes(&mut app, &[0.0, 0.0, 1.0]));

    app.world_mut().despawn(entity);
    let mut buffers = app.world_mut().resource_mut::<Assets<ShaderBuffer>>();
    *buffers.get_mut(&output).expect("the output is kept") =
        ShaderBuffer::new(vec![3.0_f32; 3], RenderAssetUsages::RENDER_WORLD);
    assert!(becomes(&mut app, &[3.0; 3]));
}

#[test]
fn what_cannot_be_compiled_is_replaced() {
    let mut app = app();
    let [input, output] = input_and_output(&mut app, &[-1.0, 7.0, 2.0]);
    let broken = CustomActivation::new("broken", "fn forward(x: f32) -> f32 { return y; }");
    let broken = Activation::custom(broken.expect("a valid name"));
    app.world_mut()
        .spawn(ActivationPass::forward(broken, input, output));
    assert!(becomes(&mut app, &[9.0; 3]));
    let mut passes = app.world_mut().query::<&mut ActivationPass>();
    let pass = passes.single_mut(app.world_mut());
    pass.expect("the only one").activation = Activation::relu();
    assert!(becomes(&mut app, &[0.0, 7.0, 2.0]));
}

#[test]
fn the_last_in_order_writes_last() {
    let mut app = app();
    let [input, output] = input_and_output(&mut app, &[-1.0, 7.0, 2.0]);
    let forward = |activation| ActivationPass::forward(activation, input.clone(), output.clone());
    // Spawned in the other order.
    let second = forward(Activation::relu6()).with_order(2);
    let second = app.world_mut().spawn(second).id();
    app.world_mut()
        .spawn(forward(Activation::relu()).with_order(1));
    assert!(becomes(&mut app, &[0.0, 6.0, 2.0]));
    let first = forward(Activation::relu6());
    app.world_mut().entity_mut(second).insert(first);
    assert!(becomes(&mut app, &[0.0, 7.0, 2.0]));
}

#[test]
fn an_app_that_does_not_render_only_warns() {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, ActivationsPlugin));
    app.update();
}
