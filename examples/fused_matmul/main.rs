//! GELU inside a matmul kernel of one's own, both ways: in the epilogue of the forward product, and its derivative
//! in that of the backward.
//!
//! ```text
//! cargo run --release --example fused_matmul -- [--rows N] [--columns N] [--inner N] [--adapter NAME]
//! ```
//!
//! Forward it is the first layer of a perceptron, C = GELU(Z) with Z = A·B + bias, which keeps Z. Backward it is
//! what the layer behind it sends back, (G·V) ∘ GELU′(Z). Each is computed in one kernel and in two, the second
//! one the library's. The two have to agree bit for bit, and to be within a bound that is derived, for each
//! element, of products in f64 and the library's reference.

mod checks;
mod exact;
mod layer;
mod matmul;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Parser;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::StandardNormal;
use wgpu_activations::Offload;

type Error = Box<dyn std::error::Error>;

/// Fuses GELU into a matmul kernel, and checks it against the same in two kernels and in f64.
#[derive(Parser)]
struct Arguments {
    /// Rows of the result.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    rows: u32,

    /// Columns of the result.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    columns: u32,

    /// Products in each of its sums.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    inner: u32,

    /// Part of the adapter's name.
    #[arg(long)]
    adapter: Option<String>,
}

/// The results have rows × columns elements, each of which is a sum of `inner` products.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    rows: u32,
    columns: u32,
    inner: u32,
}

/// Matrices, row by row.
struct Inputs {
    /// rows × inner.
    a: Vec<f32>,
    /// inner × columns.
    b: Vec<f32>,
    /// One for each column.
    bias: Vec<f32>,
    /// rows × inner.
    g: Vec<f32>,
    /// inner × columns.
    v: Vec<f32>,
}

impl Inputs {
    /// The same on every run, with sums of a size at which GELU bends.
    fn new(sizes: Sizes) -> Self {
        let [rows, columns, inner] =
            [sizes.rows, sizes.columns, sizes.inner].map(|size| size as usize);
        let mut normal = StdRng::seed_from_u64(1).sample_iter(StandardNormal);
        let mut matrix = |elements: usize, scale: f32| -> Vec<f32> {
            let values = normal.by_ref().take(elements);
            values.map(|value: f32| scale * value).collect()
        };
        let weight = 1.5 / (inner as f32).sqrt();
        Self {
            a: matrix(rows * inner, 1.0),
            b: matrix(inner * columns, weight),
            bias: matrix(columns, 0.5),
            g: matrix(rows * inner, 1.0),
            v: matrix(inner * columns, weight),
        }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Error> {
    let sizes = Sizes {
        rows: arguments.rows,
        columns: arguments.columns,
        inner: arguments.inner,
    };
    let gpu = match &arguments.adapter {
        Some(name) => Offload::with_adapter(name)?,
        None => Offload::new()?,
    };
    let info = gpu.adapter_info();
    println!("{} ({}, {})", info.name, info.backend, info.driver_info);
    let Sizes {
        rows,
        columns,
        inner,
    } = sizes;
    println!("C = GELU(A·B + bias), A {rows} × {inner}, B {inner} × {columns}\n");

    layer::check_sizes(&gpu, sizes)?;
    let checks = checks::of(&gpu, sizes, &Inputs::new(sizes))?;
    println!("          largest error                bits that differ    milliseconds");
    println!("          from f64       of its bound  from two kernels    fused   two kernels");
    for check in &checks {
        println!(
            "{:9} {:<14.2e} {:>8.1} %    {:<19} {:<7.2} {:.2}",
            check.name,
            check.error,
            100.0 * check.share,
            check.different,
            check.fused_ms,
            check.unfused_ms,
        );
    }
    let passed = checks.iter().all(checks::Check::passed);
    if passed {
        println!(
            "\nEvery element is within its bound, from one kernel and from two. Whether they agree in each bit"
        );
        println!(
            "is up to the driver's compiler, which may fuse a product and a sum in one of them."
        );
    } else {
        eprintln!("error: an element is beyond its bound");
    }
    Ok(passed)
}
