//! How much of a gradient survives stacks of 1 to 64 layers of each activation, computed on the GPU.
//!
//! ```text
//! cargo run --release --example gradient_flow -- [OUT.svg] [--elements N] [--adapter NAME]
//! ```
//!
//! A layer is the activation alone: the first one's inputs are normal with a standard deviation of 1, those of
//! any other what the one before it puts out. So the picture shows what an activation itself does to
//! gradients: no weights make up for it, as initialisation and normalisation do in a network. What survives is
//! mean |grad_input| / mean |grad_output|.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use indicatif::ProgressBar;
use plotters::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::StandardNormal;
use wgpu_activations::{Activation, Offload, activation::catalogue};

type Error = Box<dyn std::error::Error>;

/// Draws how much of a gradient survives stacks of each activation.
#[derive(Parser)]
struct Arguments {
    /// Where the picture goes.
    #[arg(default_value = "gradient_flow.svg")]
    picture: PathBuf,

    /// Elements of the tensor.
    #[arg(long, default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(1..))]
    elements: u32,

    /// Part of the adapter's name.
    #[arg(long)]
    adapter: Option<String>,
}

/// The depths of stacks.
const DEPTHS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// What is drawn: less has vanished, and more has exploded.
const SHOWN: std::ops::Range<f64> = 1e-12..1e4;

const COLUMNS: usize = 8;
const PANEL: (u32, u32) = (210, 150);

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
    let gpu = match &arguments.adapter {
        Some(name) => Offload::with_adapter(name)?,
        None => Offload::new()?,
    };
    // The same on every run.
    let mut normal = StdRng::seed_from_u64(1).sample_iter(StandardNormal);
    let mut tensor = || -> Vec<f32> { normal.by_ref().take(arguments.elements as usize).collect() };
    let (input, grad_output) = (tensor(), tensor());

    let bar = ProgressBar::new(catalogue().count() as u64);
    let mut flows = Vec::new();
    for definition in catalogue() {
        let activation = Activation::from_definition(definition);
        flows.push((
            definition.name,
            flow(&gpu, &activation, &input, &grad_output)?,
        ));
        bar.inc(1);
    }
    bar.finish_and_clear();

    print!("{:20}", "layers");
    DEPTHS.iter().for_each(|depth| print!("{depth:>10}"));
    println!();
    for (name, survived) in &flows {
        print!("{name:20}");
        survived.iter().for_each(|share| print!("{share:>10.1e}"));
        println!();
    }
    draw(&arguments.picture, &flows)
        .map_err(|error| format!("cannot draw {}: {error}", arguments.picture.display()))?;
    println!("drawn as {}", arguments.picture.display());
    Ok(())
}

/// The share of a gradient that survives stacks of each depth.
fn flow(
    gpu: &Offload,
    activation: &Activation,
    input: &[f32],
    grad_output: &[f32],
) -> Result<Vec<f64>, Error> {
    let deepest = DEPTHS[DEPTHS.len() - 1];
    let mut inputs = vec![input.to_vec()];
    for layer in 1..deepest {
        inputs.push(gpu.forward(activation, &inputs[layer - 1])?);
    }
    let survived = |depth: &usize| {
        let mut grad = grad_output.to_vec();
        for input in inputs[..*depth].iter().rev() {
            grad = gpu.backward(activation, input, &grad)?;
        }
        Ok(mean_size(&grad) / mean_size(grad_output))
    };
    DEPTHS.iter().map(survived).collect()
}

fn mean_size(values: &[f32]) -> f64 {
    let sum: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
    sum / values.len() as f64
}

/// A panel for each activation.
fn draw(picture: &Path, flows: &[(&str, Vec<f64>)]) -> Result<(), Error> {
    let rows = flows.len().div_ceil(COLUMNS);
    let size = (PANEL.0 * COLUMNS as u32, PANEL.1 * rows as u32 + 30);
    let area = SVGBackend::new(picture, size).into_drawing_area();
    area.fill(&WHITE)?;
    let title = "Share of a gradient that survives 1 to 64 layers";
    let area = area.titled(title, ("sans-serif", 20))?;
    for (panel, (name, survived)) in area.split_evenly((rows, COLUMNS)).iter().zip(flows) {
        let mut chart = ChartBuilder::on(panel)
            .caption(*name, ("sans-serif", 13))
            .margin(4)
            .x_label_area_size(18)
            .y_label_area_size(38)
            .build_cartesian_2d((1.0..64.0).log_scale(), SHOWN.log_scale())?;
        chart
            .configure_mesh()
            .x_labels(4)
            .y_labels(4)
            .label_style(("sans-serif", 9))
            .y_label_formatter(&|share| format!("{share:.0e}"))
            .draw()?;
        // What has vanished runs along the bottom, what has exploded along the top; NaN ends the line.
        let points = DEPTHS.iter().zip(survived);
        let points = points.take_while(|(_, share)| !share.is_nan());
        let points =
            points.map(|(&depth, share)| (depth as f64, share.clamp(SHOWN.start, SHOWN.end)));
        let colour = match survived.last() {
            Some(share) if (0.1..=10.0).contains(share) => GREEN,
            Some(share) if (1e-6..=1e6).contains(share) => BLUE,
            _ => RED,
        };
        chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
    }
    Ok(area.present()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is positive stays so, and keeps its gradient; what is negative loses three quarters in each layer.
    #[test]
    fn what_survives_leaky_relu_is_known() {
        let gpu = Offload::new().expect("an adapter");
        let (input, grad_output) = ([1.5, -2.0, 0.5, -0.25], [1.0, 2.0, -3.0, 4.0]);
        let leaky = Activation::leaky_relu().with("negative_slope", 0.25);
        let leaky = leaky.expect("a slope");
        for (activation, share) in [(Activation::identity(), 1.0), (leaky, 0.25)] {
            let survived = flow(&gpu, &activation, &input, &grad_output).expect("a device");
            let exact = DEPTHS.map(|depth| (4.0 + 6.0 * f64::powi(share, depth as i32)) / 10.0);
            assert_eq!(survived, exact, "{activation:?}");
        }
    }

    #[test]
    fn every_activation_has_a_panel() {
        let picture = tempfile::NamedTempFile::new().expect("a file");
        let vanished = [1.0, 0.1, 1e-3, 1e-30, 0.0, 0.0, f64::NAN].to_vec();
        let flows = ["tanh", "relu", "serf"].map(|name| (name, vanished.clone()));
        draw(picture.path(), &flows).expect("drawn");
        let text = std::fs::read_to_string(picture.path()).expect("a picture");
        for name in ["tanh", "relu", "serf", "Share of a gradient"] {
            assert!(text.contains(name), "{name} in {text}");
        }
        assert_eq!(text.matches("stroke=\"#FF0000\"").count(), 3, "{text}");
    }
}
