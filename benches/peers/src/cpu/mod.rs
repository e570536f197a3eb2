//! A loop on the CPU, in every thread, with the standard library's functions: what is left without a GPU.

mod elementwise;
mod operations;
mod over_rows;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, StandardNormal};
use serde::Serialize;

use crate::speed::{Contender, Speed, checked, compare};
use crate::{Error, date, rows};
use operations::{Operation, operations};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Operations; all that there are, if none is named.
    names: Vec<String>,
    /// f32 in each tensor, a multiple of twice the row.
    #[arg(long, default_value_t = 16 << 20)]
    elements: usize,
    /// Elements of a row, for softmax and the like.
    #[arg(long, default_value_t = 1024)]
    row: usize,
    /// Time for each operation, both directions together.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    budget: f64,
    /// Where to write the times.
    #[arg(long, value_name = "PATH")]
    json: PathBuf,
}

#[derive(Serialize)]
struct Report {
    peer: &'static str,
    cpu: String,
    threads: usize,
    date: String,
    elements: usize,
    row: usize,
    rows: Vec<Speed>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let &Arguments { elements, row, .. } = arguments;
    let budget = checked(elements, row, arguments.budget)?;
    let all = operations(row);
    for name in &arguments.names {
        if !all.iter().any(|operation| operation.name == name) {
            let names: Vec<_> = all.iter().map(|operation| operation.name).collect();
            return Err(format!("{name} is none of {}", names.join(", ")).into());
        }
    }
    let normal = StandardNormal.sample_iter(StdRng::seed_from_u64(1));
    let input: Vec<f32> = normal.take(elements).collect();
    let ones = vec![1.0; elements];
    // Written, so that nothing pays for page faults.
    let (mut output, mut gradient) = (ones.clone(), ones.clone());
    let mut report = Report {
        peer: "rayon and the standard library's functions",
        cpu: cpu(),
        threads: rayon::current_num_threads(),
        date: date::today(),
        elements,
        row,
        rows: Vec::new(),
    };
    let is_chosen =
        |name: &str| arguments.names.is_empty() || arguments.names.iter().any(|one| one == name);
    for operation in all.iter().filter(|operation| is_chosen(operation.name)) {
        eprintln!("{}", operation.name);
        let buffers = [&mut output, &mut gradient];
        report
            .rows
            .extend(measure(operation, &input, &ones, buffers, budget));
    }
    rows::write_text(
        &arguments.json,
        &(serde_json::to_string_pretty(&report)? + "\n"),
    )
}

fn measure(
    operation: &Operation,
    input: &[f32],
    grad_output: &[f32],
    [output, gradient]: [&mut Vec<f32>; 2],
    budget: Duration,
) -> Vec<Speed> {
    // Backward of rows takes what forward returned.
    (operation.forward)(input, output);
    let saved = output.clone();
    let mut contenders = [
        contender("forward", || (operation.forward)(input, output)),
        contender("backward", || {
            (operation.backward)(input, &saved, grad_output, gradient);
        }),
    ];
    match compare(operation.name, &mut contenders, budget) {
        Ok(speeds) => speeds,
        Err(never) => match never {},
    }
}

fn contender<'a>(
    direction: &'static str,
    mut run: impl FnMut() + 'a,
) -> Contender<'a, std::convert::Infallible> {
    Contender {
        implementation: "rayon",
        direction,
        time: Box::new(move |runs| {
            let start = Instant::now();
            (0..runs).for_each(|_| run());
            Ok(start.elapsed())
        }),
    }
}

/// The model of the CPU, as far as Linux tells, or its architecture.
fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut lines = info.lines().filter_map(|line| line.split_once(':'));
    let model = lines.find(|(key, _)| key.trim() == "model name");
    model
        .map_or(std::env::consts::ARCH, |(_, model)| model.trim())
        .to_owned()
}
