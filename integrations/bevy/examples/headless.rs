//! A few frames of Bevy without a window: GELU forward and backward, and a leaky ReLU whose slope changes half-way,
//! on buffers of Bevy's, read back by Bevy and held against f64.
//!
//! ```text
//! cargo run --ignore-rust-version --example headless
//! ```

use std::process::ExitCode;

use bevy::app::PluginsState;
use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::gpu_readback::{Readback, ReadbackComplete};
use bevy::render::storage::ShaderBuffer;
use bevy::window::ExitCondition;
use wgpu_activations::Activation;
use wgpu_activations_bevy::{ActivationPass, ActivationsPlugin};

/// Numbers in each buffer: not a multiple of four.
const LEN: usize = 1003;
/// Frames to wait for what is read back.
const PATIENCE: usize = 600;

/// What has been read back of each result, newest last.
#[derive(Resource, Default)]
struct Results([Vec<f32>; 3]);

/// The slope of the leaky ReLU.
#[derive(Resource)]
struct Slope(f64);

fn x(index: usize) -> f32 {
    (index as f32 - 500.0) / 83.0
}

fn leaky(slope: f64) -> Activation {
    let leaky = Activation::leaky_relu().with("negative_slope", slope);
    leaky.expect("slopes of this example are valid")
}

fn spawn(mut commands: Commands, mut buffers: ResMut<Assets<ShaderBuffer>>) {
    let mut buffer =
        |values: Vec<f32>| buffers.add(ShaderBuffer::new(values, RenderAssetUsages::RENDER_WORLD));
    let input = buffer((0..LEN).map(x).collect());
    let twos = buffer(vec![2.0; LEN]);
    let [output, gradient, line] = [(); 3].map(|()| buffer(vec![0.0; LEN]));
    let gelu = Activation::gelu();
    commands.spawn(ActivationPass::forward(
        gelu.clone(),
        input.clone(),
        output.clone(),
    ));
    commands.spawn(ActivationPass::backward(
        gelu,
        input,
        twos,
        gradient.clone(),
    ));
    // After GELU, of which it takes the output.
    let after = ActivationPass::forward(leaky(0.25), output.clone(), line.clone());
    commands.spawn(after.with_order(1));
    for (place, buffer) in [output, gradient, line].into_iter().enumerate() {
        commands.spawn(Readback::buffer(buffer)).observe(
            move |event: On<ReadbackComplete>, mut results: ResMut<Results>| {
                results.0[place] = event.to_shader_type();
            },
        );
    }
}

fn change_slope(slope: Res<Slope>, mut passes: Query<&mut ActivationPass>) {
    for mut pass in &mut passes {
        if pass.activation.name() == "leaky_relu" {
            pass.activation = leaky(slope.0);
        }
    }
}

/// What the three results should be.
fn expected(slope: f64) -> [Vec<f64>; 3] {
    let (gelu, leaky) = (Activation::gelu(), leaky(slope));
    let (gelu, line) = (
        gelu.reference(),
        leaky.reference().map(|twin| (twin, leaky.values_f64())),
    );
    let (gelu, (line, values)) = gelu
        .zip(line)
        .expect("activations of the catalogue have a twin");
    let xs = || (0..LEN).map(|index| f64::from(x(index)));
    [
        xs().map(|x| gelu.forward_at(x, &[])).collect(),
        xs().map(|x| 2.0 * gelu.derivative_at(x, &[])).collect(),
        xs().map(|x| line.forward_at(gelu.forward_at(x, &[]), &values))
            .collect(),
    ]
}

/// The largest error, where all numbers are there.
fn error(actual: &[f32], expected: &[f64]) -> f64 {
    if actual.len() != expected.len() {
        return f64::INFINITY;
    }
    let errors = actual.iter().zip(expected);
    let errors = errors.map(|(&actual, expected)| (f64::from(actual) - expected).abs());
    errors.fold(0.0, f64::max)
}

/// Runs frames until the results are right for that slope, and returns their errors then, or at last.
fn run(app: &mut App, slope: f64) -> [f64; 3] {
    app.insert_resource(Slope(slope));
    let expected = expected(slope);
    let mut errors = [f64::INFINITY; 3];
    for _ in 0..PATIENCE {
        app.update();
        let results = &app.world().resource::<Results>().0;
        errors = std::array::from_fn(|place| error(&results[place], &expected[place]));
        if are_right(&errors) {
            break;
        }
    }
    errors
}

/// Within a few ULP of the largest number, 12.
fn are_right(errors: &[f64; 3]) -> bool {
    errors.iter().all(|error| *error <= 4e-6)
}

fn app() -> App {
    let mut app = App::new();
    app.add_plugins((
        DefaultPlugins.set(WindowPlugin {
            primary_window: None,
            exit_condition: ExitCondition::DontExit,
            ..default()
        }),
        ActivationsPlugin,
    ))
    .init_resource::<Results>()
    .insert_resource(Slope(0.25))
    .add_systems(Startup, spawn)
    .add_systems(Update, change_slope);
    while app.plugins_state() == PluginsState::Adding {
        std::thread::yield_now();
    }
    app.finish();
    app.cleanup();
    app
}

fn main() -> ExitCode {
    let mut app = app();
    println!("largest error of       gelu          2 gelu′       leaky_relu(gelu)");
    let mut passed = true;
    for slope in [0.25, -0.5] {
        let errors = run(&mut app, slope);
        let [forward, backward, line] = errors;
        println!("with a slope of {slope:5}   {forward:<12.2e}  {backward:<12.2e}  {line:.2e}");
        passed &= are_right(&errors);
    }
    if passed {
        ExitCode::SUCCESS
    } else {
        eprintln!("error: a result is not that of f64");
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_compute_what_f64_does_and_follow_a_slope() {
        let mut app = app();
        for slope in [0.25, -0.5] {
            let errors = run(&mut app, slope);
            assert!(are_right(&errors), "{slope}: {errors:?}");
        }
        let gelu = &app.world().resource::<Results>().0[0];
        // Φ(1) = 0.841344746068543, from a table.
        assert!(
            (f64::from(gelu[583]) - 0.841_344_746_068_543).abs() < 2e-7 && x(583) == 1.0,
            "{}",
            gelu[583]
        );
    }
}
