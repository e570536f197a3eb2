//! `apply`: an npy file in, an npy file out.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use wgpu_activations::{Activation, Dtype, Input, Job, Offload, OffloadError, Output as Sink};

use crate::arguments::{Apply, Setting, repeated};
use crate::error::Error;
use crate::interruption;
use crate::npy::Npy;
use crate::npy_header::{Header, Order};
use crate::output::Output;
use crate::print;
use crate::progress::Bar;
use crate::reorder::{Reordered, order_matters};

pub(crate) fn run(arguments: &Apply) -> Result<(), Error> {
    let activation = activation(&arguments.activation, &arguments.settings)?;
    let input = Npy::open(&arguments.input)?;
    let grad_output = match &arguments.backward {
        Some(path) => Some(open_gradient(path, &arguments.input, &input)?),
        None => None,
    };
    let header = output_header(input.header(), arguments.dtype)?;
    let start_bytes = header.to_bytes();
    let size = start_bytes.len() as u64 + header.data_bytes();
    interruption::listen();
    let mut output = Output::create(&arguments.output, size)?;
    check_interruption(&arguments.output)?;
    let gpu = arguments.adapter.open()?;
    check_interruption(&arguments.output)?;

    let start = Instant::now();
    output
        .write_all(&start_bytes)
        .map_err(|error| output.error(error))?;
    let result = stream(
        &gpu,
        &activation,
        &input,
        grad_output.as_ref(),
        (&mut output, header.dtype()),
        &Bar::new(input.header().data_bytes(), arguments.quiet),
    );
    check_interruption(&arguments.output)?;
    result.map_err(|error| match error {
        OffloadError::Write(error) => Error::Output(output.error(error)),
        error => Error::Offload(error),
    })?;
    let (elements, is_backward) = (input.header().elements(), grad_output.is_some());
    // Some systems do not replace a file that is mapped, and OUTPUT may be one of these.
    drop((input, grad_output));
    output.sync()?;
    check_interruption(&arguments.output)?;
    output.commit()?;

    if !arguments.quiet {
        print::standard_error(&format!(
            "{} {}: {elements} {} in {:.2} s on {}, written to {}",
            activation.name(),
            if is_backward { "backward" } else { "forward" },
            if elements == 1 { "element" } else { "elements" },
            start.elapsed().as_secs_f64(),
            gpu.adapter_info().name,
            arguments.output.display(),
        ));
    }
    Ok(())
}

fn activation(name: &str, settings: &[Setting]) -> Result<Activation, Error> {
    let names: Vec<_> = settings.iter().map(|s| s.name.as_str()).collect();
    if let Some(&twice) = repeated(&names) {
        return Err(Error::SetTwice(twice.to_owned()));
    }
    let values = settings.iter().map(|s| s.value);
    let settings: Vec<_> = names.into_iter().zip(values).collect();
    Ok(Activation::named(name)?.with_all(&settings)?)
}

fn open_gradient(path: &Path, input_path: &Path, input: &Npy) -> Result<Npy, Error> {
    let gradient = Npy::open(path)?;
    if gradient.header().shape() == input.header().shape() {
        return Ok(gradient);
    }
    Err(Error::ShapesDiffer {
        gradient: path.to_owned(),
        gradient_shape: gradient.header().shape_text(),
        input: input_path.to_owned(),
        input_shape: input.header().shape_text(),
    })
}

/// That of the input, but for the dtype where another one is wanted.
fn output_header(input: &Header, dtype: Option<Dtype>) -> Result<Header, Error> {
    match dtype {
        None => Ok(input.clone()),
        Some(Dtype::Bf16) => Err(Error::NoBf16),
        Some(dtype) => Ok(input.with_dtype(dtype)),
    }
}

fn check_interruption(output: &Path) -> Result<(), Error> {
    match interruption::received() {
        None => Ok(()),
        Some(signal) => Err(Error::Interrupted {
            signal,
            output: output.to_owned(),
        }),
    }
}

fn stream(
    gpu: &Offload,
    activation: &Activation,
    input: &Npy,
    grad_output: Option<&Npy>,
    (output, dtype): (&mut Output, Dtype),
    bar: &Bar,
) -> Result<(), OffloadError> {
    let elements = input.header().elements();
    let order = input.header().order();
    let element_size = input.header().dtype().size();
    let mut progress = |progress: wgpu_activations::Progress| {
        bar.at(progress.done * element_size);
        match interruption::received() {
            None => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(()),
        }
    };
    let mut input = Elements::of(input, order);
    let mut gradient = grad_output.map(|gradient| Elements::of(gradient, order));
    let output = Sink::writer(dtype, output);
    let job = match &mut gradient {
        None => Job::forward(activation, input.as_input(), output, elements),
        Some(gradient) => {
            let (input, gradient) = (input.as_input(), gradient.as_input());
            Job::backward(activation, input, gradient, output, elements)
        }
    };
    gpu.run(job.progress(&mut progress))
}

/// An array's elements as the GPU is to get them.
struct Elements<'a> {
    dtype: Dtype,
    source: Source<'a>,
}

enum Source<'a> {
    Mapped(&'a [u8]),
    Reordered(Reordered<'a>),
}

impl<'a> Elements<'a> {
    fn of(npy: &'a Npy, order: Order) -> Self {
        let header = npy.header();
        let source = if header.order() != order && order_matters(header.shape()) {
            Source::Reordered(Reordered::new(npy.bytes(), header))
        } else {
            npy.read_sequentially();
            Source::Mapped(npy.bytes())
        };
        let dtype = header.dtype();
        Self { dtype, source }
    }

    fn as_input(&mut self) -> Input<'_> {
        match &mut self.source {
            Source::Mapped(bytes) => Input::bytes(self.dtype, bytes),
            Source::Reordered(reordered) => Input::reader(self.dtype, reordered),
        }
    }
}
