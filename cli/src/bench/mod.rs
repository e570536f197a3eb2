//! `bench`: how fast operations are, beside what the memory of the same device allows.

mod operation;
mod report;
mod startup;
mod tensors;
mod timer;

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use wgpu_activations::verify::Direction;
use wgpu_activations::{
    Activation, Dtype, KernelError, Offload, OffloadError, ShapeError, TensorError,
};

use crate::arguments::{Bench, repeated};
use crate::error::Error;
use crate::output::Output;
use crate::progress::Bar;
use operation::{Operation, Shape};
use report::{Report, Roofline, Row};
use tensors::{Set, sets};
use timer::{Commands, Timer};

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error(
        "{elements} elements of {dtype} are more than the {limit} that a buffer of this adapter holds; \
         pass --elements {limit} or less"
    )]
    Elements {
        elements: u64,
        dtype: Dtype,
        limit: u64,
    },
    #[error("the adapter's clock does not advance; measure with another driver")]
    Clock,
    #[error("the adapter's clock cannot be read ({0}); measure with another driver")]
    Read(#[from] wgpu::MapRangeError),
    #[error(transparent)]
    Kernel(#[from] KernelError),
    #[error(transparent)]
    Offload(#[from] OffloadError),
    #[error(transparent)]
    Shape(#[from] ShapeError),
    #[error(transparent)]
    Tensor(#[from] TensorError),
    #[error(transparent)]
    Startup(#[from] startup::StartupError),
}

pub(crate) fn run(arguments: &Bench) -> Result<(), Error> {
    if let Some(since) = arguments.startup_since {
        return startup::measure_this(&arguments.device, since);
    }
    if let Some(runs) = arguments.startup {
        return startup::run(&arguments.device, runs);
    }
    let operations = operations(&arguments.names)?;
    if let Some(dtype) = repeated(&arguments.dtypes) {
        return Err(Error::NamedTwice(dtype.to_string()));
    }
    let dtypes = match arguments.dtypes.as_slice() {
        [] => &[Dtype::F32],
        dtypes => dtypes,
    };
    // Before anything is measured, as a file that cannot be written is known at once.
    let file = arguments
        .json
        .as_deref()
        .map(|path| Output::create(path, 0));
    let file = file.transpose()?;
    let gpu = arguments.device.open()?;
    let measurement = Measurement::new(&gpu);
    let measured = measure(&measurement, arguments, &operations, dtypes);
    // What the device complained about is why something came to nothing.
    measurement.complaint()?;
    let report = measured?;
    if let Some(file) = file {
        save(file, &report)?;
    }
    report.print()
}

fn operations(names: &[String]) -> Result<Vec<Operation>, Error> {
    if let Some(name) = repeated(names) {
        return Err(Error::NamedTwice(name.clone()));
    }
    match names {
        [] => Ok(Operation::all().collect()),
        names => names.iter().map(|name| Operation::named(name)).collect(),
    }
}

fn save(mut file: Output, report: &Report) -> Result<(), Error> {
    let written = file.write_all(&report.json()?);
    written.map_err(|error| file.error(error))?;
    Ok(file.commit()?)
}

/// A device under measurement.
struct Measurement<'a> {
    gpu: &'a Offload,
    timer: Timer<'a>,
    complaint: Arc<Mutex<Option<wgpu::Error>>>,
}

impl<'a> Measurement<'a> {
    fn new(gpu: &'a Offload) -> Self {
        let complaint = Arc::new(Mutex::new(None));
        gpu.device().on_uncaptured_error(Arc::new({
            let complaint = complaint.clone();
            move |error| {
                let mut first = complaint.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(error);
            }
        }));
        Self {
            gpu,
            timer: Timer::new(gpu),
            complaint,
        }
    }

    /// What wgpu found wrong so far.
    fn complaint(&self) -> Result<(), OffloadError> {
        let mut first = self
            .complaint
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        first.take().map_or(Ok(()), |error| Err(error.into()))
    }

    /// The speed of memory for tensors of this size: that of a copy, or of a kernel that does nothing else.
    fn roofline(&self, sets: &[Set], shape: &Shape) -> Result<Roofline, BenchError> {
        let copy = self.timer.times(Commands::Copies(sets))?;
        let identity = Operation::Function(crate::function::Function::Elementwise(
            Activation::identity(),
        ));
        let bytes = identity.bytes(Direction::Forward, shape);
        let identity = self.times(&identity, Direction::Forward, sets, shape)?;
        Ok(Roofline::new(shape, bytes, copy, identity))
    }

    fn times(
        &self,
        operation: &Operation,
        direction: Direction,
        sets: &[Set],
        shape: &Shape,
    ) -> Result<timer::Times, BenchError> {
        let mut prepared = Vec::new();
        for set in sets {
            let (before, measured) = operation.prepare(direction, self.gpu, set, shape)?;
            if let Some(before) = before {
                let mut encoder = self
                    .gpu
                    .device()
                    .create_command_encoder(&Default::default());
                before.encode(&mut encoder);
                self.gpu.submit(encoder.finish())?;
            }
            prepared.push(measured);
        }
        self.timer.times(Commands::Dispatches(&prepared))
    }
}

fn measure(
    measurement: &Measurement<'_>,
    arguments: &Bench,
    operations: &[Operation],
    dtypes: &[Dtype],
) -> Result<Report, BenchError> {
    let submission = measurement.timer.times(Commands::Nothing)?;
    let mut report = Report::new(
        measurement.gpu.adapter_info(),
        measurement.timer.has_clock(),
        submission,
    );
    let directions = operations.iter().flat_map(Operation::directions);
    let bar = Bar::of_inputs((dtypes.len() * directions.count()) as u64);
    for &dtype in dtypes {
        let shape = Shape {
            elements: arguments.elements,
            row: arguments.row,
            dtype,
        };
        let sets = sets(measurement.gpu, arguments.elements, dtype)?;
        let roofline = measurement.roofline(&sets, &shape)?;
        for operation in operations {
            for &direction in operation.directions() {
                bar.step(
                    report.rows() as u64,
                    &format!("{} {direction} {dtype}", operation.name()),
                );
                let times = measurement.times(operation, direction, &sets, &shape)?;
                report.push(Row::new(operation, direction, &shape, times, &roofline));
            }
        }
        report.push_roofline(roofline);
    }
    Ok(report)
}
