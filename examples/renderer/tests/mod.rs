mod field;
mod picture;

use clap::Parser as _;
use wgpu_activations::Activation;

use crate::camera::Camera;
use crate::field::{SIDE, WAVES};
use crate::gpu::Gpu;
use crate::headless::{FORMAT, Picture, open};
use crate::scene::Scene;
use crate::{Arguments, activations, run, window};

const SECONDS: f64 = 17.0;

fn gpu() -> Gpu {
    open(None).expect("these tests need an adapter: run `cargo xtask test`, which installs one")
}

fn scene(gpu: &Gpu, size: (u32, u32), first: &str) -> Scene {
    let activations = activations(first).expect("it is in the catalogue");
    Scene::new(gpu, &activations, FORMAT, size).expect("a scene")
}

fn picture(gpu: &Gpu, scene: &Scene, size: (u32, u32), camera: &Camera) -> Picture {
    Picture::of(gpu, scene, size, SECONDS, camera).expect("a picture")
}

/// Where a vertex lies, from -1 to 1.
fn place(index: usize) -> [f64; 2] {
    let cell = [index % SIDE as usize, index / SIDE as usize];
    cell.map(|at| 2.0 * at as f64 / f64::from(SIDE - 1) - 1.0)
}

/// The height of the waves in f64.
fn wave_height([x, z]: [f64; 2], seconds: f64) -> f64 {
    let heights = WAVES.iter().map(|wave| {
        let [number_x, number_z] = wave.number.map(f64::from);
        let turns = number_x * x + number_z * z - f64::from(wave.rate) * seconds;
        f64::from(wave.amplitude) * (std::f64::consts::TAU * turns).sin()
    });
    let calm = (1.0 - x.hypot(z).min(1.0).powi(4)).powi(2);
    calm * heights.sum::<f64>()
}

/// The height of what an activation makes of the waves, its slopes and its speed, by differences.
fn exact(activation: &Activation, at: [f64; 2], seconds: f64) -> [f64; 4] {
    const STEP: f64 = 1e-5;
    let (reference, values) = (
        activation.reference().expect("a row"),
        activation.values_f64(),
    );
    let height = |dx: f64, dz: f64, dt: f64| {
        let [x, z] = at;
        reference.forward_at(wave_height([x + dx, z + dz], seconds + dt), &values)
    };
    let slope =
        |dx: f64, dz: f64, dt: f64| (height(dx, dz, dt) - height(-dx, -dz, -dt)) / (2.0 * STEP);
    [
        height(0.0, 0.0, 0.0),
        slope(STEP, 0.0, 0.0),
        slope(0.0, STEP, 0.0),
        slope(0.0, 0.0, STEP),
    ]
}

fn error_of(arguments: &[&str]) -> String {
    let arguments = [&["renderer"], arguments].concat();
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => run(&arguments).expect_err("it is wrong").to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn wrong_arguments_are_refused() {
    let headless = |rest: &[&str]| error_of(&[&["--headless", "/nowhere/out.png"], rest].concat());
    let text = headless(&[]);
    assert!(
        text.starts_with("cannot write /nowhere/out.png: "),
        "{text}"
    );
    let text = headless(&["--size", "99999x1"]);
    assert!(text.contains("99999x1 pixels are more than the "), "{text}");
    let text = headless(&["--adapter", "no such thing"]);
    assert!(
        text.starts_with("no adapter here is called \"no such thing\"; there are: "),
        "{text}"
    );
    let text = headless(&["--activation", "geul"]);
    assert!(text.contains("gelu"), "{text}");
    for wrong in ["0x5", "5", "ax5", "-1x5"] {
        let text = headless(&[&format!("--size={wrong}")]);
        assert!(
            text.contains("not a width and a height in pixels"),
            "{text}"
        );
    }
    let text = headless(&["--time", "inf"]);
    assert!(text.contains("not a number of seconds"), "{text}");
}

#[test]
fn a_lost_device_ends_the_example() {
    let gpu = gpu();
    gpu.check_device().expect("it is there");
    gpu.device.destroy();
    // That tells what has happened meanwhile.
    let _ = gpu.device.poll(wgpu::PollType::Poll);
    let text = gpu.check_device().expect_err("it is gone").to_string();
    assert!(text.starts_with("the GPU was lost (Destroyed"), "{text}");
    assert!(text.ends_with("start the example again"), "{text}");
}

/// The tests that need an environment of their own run once more, in a process that has it.
#[test]
#[cfg(target_os = "linux")]
fn without_a_window_system_the_error_says_what_to_do() {
    use winit::platform::x11::EventLoopBuilderExtX11 as _;

    const SYSTEMS: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"];
    if SYSTEMS.iter().any(|name| std::env::var_os(name).is_some()) {
        let mut test = std::process::Command::new(std::env::current_exe().expect("this program"));
        SYSTEMS.iter().for_each(|name| {
            test.env_remove(name);
        });
        let name = "tests::without_a_window_system_the_error_says_what_to_do";
        let status = test.args(["--exact", name]).status();
        return assert!(status.expect("it runs").success());
    }
    let mut builder = winit::event_loop::EventLoop::builder();
    // Tests run in threads.
    let error =
        window::event_loop(builder.with_any_thread(true)).expect_err("there is no window system");
    let text = error.to_string();
    assert!(text.starts_with("no window can be opened here ("), "{text}");
    assert!(text.ends_with("); run with --headless out.png"), "{text}");
    assert!(text.contains("DISPLAY") && !text.contains(".rs"), "{text}");
}
