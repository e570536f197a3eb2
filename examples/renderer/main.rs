//! A renderer of its own that has an activation computed on its buffers, in its encoder, every frame.
//!
//! ```text
//! cargo run --release --example renderer -- [--activation NAME] [--adapter NAME]
//! cargo run --release --example renderer -- --headless OUT.png [--time SECONDS] [--size WIDTHxHEIGHT]
//! ```
//!
//! A compute shader of the example's makes waves: a height for each vertex of a grid, its slopes and its speed.
//! The library puts the height through an activation and, by the chain rule, slopes and speed through its
//! backward: what comes out is the height, the slopes and the speed of another surface, and all three are
//! vertex buffers of the pass that draws it. They lift it, light it and colour it (red rises, blue sinks), and
//! no byte of them goes through the CPU.
//!
//! In the window, space shows the next activation, up and down change its first hyper-parameter, and escape
//! ends.

mod camera;
mod field;
mod gpu;
mod headless;
mod mesh;
mod scene;
#[cfg(test)]
mod tests;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use wgpu_activations::Activation;

type Error = Box<dyn std::error::Error>;

/// Draws an animated surface whose shape and colours come from an activation's forward and backward.
#[derive(Parser)]
struct Arguments {
    /// Draws one frame into this PNG file instead of a window.
    #[arg(long, value_name = "OUT.png")]
    headless: Option<PathBuf>,

    /// When the animation starts, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "17", value_parser = seconds)]
    time: f64,

    /// Pixels of the picture, or of the window at first.
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720", value_parser = size)]
    size: (u32, u32),

    /// The activation that is shown first.
    #[arg(long, value_name = "NAME", default_value = "gelu")]
    activation: String,

    /// Part of the adapter's name.
    #[arg(long)]
    adapter: Option<String>,
}

/// What a key goes through.
const SHOWN: [&str; 6] = [
    "gelu",
    "sinusoid",
    "snake",
    "swish",
    "soft_shrink",
    "hard_tanh",
];

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let activations = activations(&arguments.activation)?;
    match &arguments.headless {
        Some(path) => headless::run(arguments, &activations[..1], path),
        None => {
            let events = window::event_loop(&mut winit::event_loop::EventLoop::builder())?;
            window::run(arguments, activations, events)
        }
    }
}

/// The one that is asked for, then the others.
fn activations(first: &str) -> Result<Vec<Activation>, Error> {
    let others = SHOWN.into_iter().filter(|name| *name != first);
    let names = std::iter::once(first).chain(others);
    Ok(names.map(Activation::named).collect::<Result<_, _>>()?)
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if f64::is_finite(seconds) => Ok(seconds),
        _ => Err("not a number of seconds, like 2.5".to_owned()),
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once('x');
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match sides {
        Some((width, height)) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err("not a width and a height in pixels, like 1280x720".to_owned()),
    }
}
