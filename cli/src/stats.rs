//! `stats`: how healthy a tensor in a file is as the input of an activation.

mod report;

use std::ops::ControlFlow;

use wgpu_activations::{Input, Progress, Rows, ShapeError, StatisticsJob};

use crate::arguments::Stats;
use crate::error::Error;
use crate::function::Function;
use crate::layout::Layout;
use crate::print;
use crate::progress::Bar;
use crate::tensor_file::TensorFile;
use report::Report;

pub(crate) fn run(arguments: &Stats) -> Result<(), Error> {
    let function = Function::with_settings(&arguments.activation, &arguments.settings)?;
    let activation = function.elementwise("there are statistics")?;
    let file = TensorFile::open(&arguments.input)?;
    let layout = file.layout();
    let channels = channels(layout, arguments.axis).map_err(|error| Error::Channels {
        input: arguments.input.clone(),
        error,
    })?;
    let gpu = arguments.device.open()?;
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

/// Everything is one channel where no axis is named.
fn channels(layout: &Layout, axis: Option<i64>) -> Result<Rows, ShapeError> {
    match axis {
        Some(axis) => layout.rows(axis),
        None => Rows::along(&[1, layout.elements()], 0),
    }
}
