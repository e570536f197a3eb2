//! `stats`: how healthy a tensor in a file is as the input of an activation.

mod report;

use std::ops::ControlFlow;

use wgpu_activations::{Activation, Input, Progress, Rows, ShapeError, StatisticsJob};

use crate::arguments::{Stats, repeated};
use crate::error::Error;
use crate::function::Function;
use crate::layout::Layout;
use crate::print;
use crate::progress::Bar;
use crate::tensor_file::TensorFile;
use report::Report;

pub(crate) fn run(arguments: &Stats) -> Result<(), Error> {
    let activation = activation(arguments)?;
    let file = TensorFile::open(&arguments.input)?;
    let layout = file.layout();
    let channels = channels(layout, arguments.axis).map_err(|error| Error::Channels {
        input: arguments.input.clone(),
        error,
    })?;
    let gpu = arguments.adapter.open()?;
    let bar = Bar::new(layout.data_bytes(), arguments.quiet);
    let mut progress = |progress: Progress| {
        bar.at(progress.done * layout.dtype().size());
        ControlFlow::Continue(())
    };
    file.read_sequentially();
    let input = Input::bytes(layout.dtype(), file.bytes());
    let job = StatisticsJob::new(&activation, &channels, input)
        .threshold(arguments.threshold)
        .progress(&mut progress);
    let statistics = gpu.run_statistics(job)?;
    drop(bar);
    let report = Report::new(arguments, &activation, layout, &statistics);
    if arguments.json {
        return print::json(&report);
    }
    report.print()
}

fn activation(arguments: &Stats) -> Result<Activation, Error> {
    let settings = arguments.settings.iter();
    let settings: Vec<_> = settings.map(|s| (s.name.as_str(), s.value)).collect();
    let names: Vec<_> = settings.iter().map(|(name, _)| *name).collect();
    if let Some(&twice) = repeated(&names) {
        return Err(Error::SetTwice(twice.to_owned()));
    }
    match Function::named(&arguments.activation)?.with_all(&settings)? {
        Function::Elementwise(activation) => Ok(activation),
        other => Err(Error::NoStatistics(other.name().into_owned())),
    }
}

/// Everything is one channel where no axis is named.
fn channels(layout: &Layout, axis: Option<i64>) -> Result<Rows, ShapeError> {
    match axis {
        Some(axis) => layout.rows(axis),
        None => Rows::along(&[1, layout.elements()], 0),
    }
}
