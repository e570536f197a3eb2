//! `apply`: a tensor in a file in, one out.

mod learnable;
mod loss;
mod mask;
mod stream;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use wgpu_activations::{Dtype, Offload, OffloadError};

use crate::arguments::{Apply, repeated};
use crate::array_file::MaskFile;
use crate::error::Error;
use crate::function::{Function, LABEL_SMOOTHING};
use crate::interruption;
use crate::layout::{Layout, Order};
use crate::location::{Format, Location};
use crate::output::Output;
use crate::print;
use crate::progress::Bar;
use crate::tensor_file::{TensorFile, tensors_in};
use crate::{npy_header, safetensors_header};
use stream::{Work, stream};

/// The activation that --train is for.
const RRELU: &str = "rrelu";

pub(crate) fn run(arguments: &Apply) -> Result<(), Error> {
    let function = function(arguments)?;
    let input = TensorFile::open(&arguments.input)?;
    // What is computed has the output's order.
    let layout = input
        .layout()
        .clone()
        .with_order(output_order(arguments, &input));
    let mask = arguments.mask.as_ref();
    let mask = mask.map(|location| MaskFile::open(location, layout.order()));
    let mask = mask.transpose()?;
    let (work, forward) = Work::new(&function, arguments, &layout, mask.as_ref())?;
    let grad_output = match &arguments.backward {
        Some(location) => Some(open_gradient(location, &arguments.input, &forward)?),
        None => None,
    };
    let layout = output_layout(
        arguments,
        if grad_output.is_some() {
            layout
        } else {
            forward
        },
    )?;
    let start_bytes = output_start(&arguments.output, &layout, &input)?;
    let size = start_bytes.len() as u64 + layout.data_bytes();
    interruption::listen();
    let path = arguments.output.path();
    let mut output = Output::create(path, size)?;
    let mut gradients = match &work {
        Work::Learnable(learned) => learned.outputs()?,
        _ => Vec::new(),
    };
    check_places(&output, &gradients)?;
    check_interruption(path)?;
    let gpu = arguments.device.open_with(&arguments.with_adapter)?;
    check_interruption(path)?;

    let start = Instant::now();
    output
        .write_all(&start_bytes)
        .map_err(|error| output.error(error))?;
    let bar = Bar::new(layout.data_bytes(), arguments.quiet);
    let tensors = (&input, grad_output.as_ref());
    let result = stream(&gpu, &work, tensors, (&mut output, &layout), &bar);
    check_interruption(path)?;
    let contents = result.map_err(|error| match error {
        OffloadError::Write(error) => Error::Output(output.error(error)),
        error => Error::Offload(error),
    })?;
    for (gradient, contents) in gradients.iter_mut().zip(&contents) {
        let written = gradient.write_all(contents);
        written.map_err(|error| gradient.error(error))?;
    }
    let is_backward = grad_output.is_some();
    // Some systems do not replace a file that is mapped, and OUTPUT may be one of these.
    drop((input, grad_output, work));
    drop(mask);
    gradients.push(output);
    gradients.iter().try_for_each(Output::sync)?;
    check_interruption(path)?;
    gradients.into_iter().try_for_each(Output::commit)?;

    if !arguments.quiet {
        let elements = layout.elements();
        let gradients = arguments.tensors.gradients.iter();
        let gradients = gradients.map(|gradient| format!(" and {}", gradient.location));
        print::standard_error(&format!(
            "{} {}: {elements} {} in {:.2} s on {}, written to {}{}",
            function.name(),
            if is_backward { "backward" } else { "forward" },
            if elements == 1 { "element" } else { "elements" },
            start.elapsed().as_secs_f64(),
            adapters(&gpu),
            arguments.output,
            gradients.collect::<String>(),
        ));
    }
    Ok(())
}

/// The names of all adapters that took part.
fn adapters(gpu: &Offload) -> String {
    let all = std::iter::once(gpu).chain(gpu.others());
    let names: Vec<_> = all.map(|gpu| gpu.adapter_info().name.as_str()).collect();
    names.join(" and ")
}

fn function(arguments: &Apply) -> Result<Function, Error> {
    let scale = arguments.scale.map(|scale| ("scale", scale));
    let settings = arguments
        .settings
        .iter()
        .map(|s| (s.name.as_str(), s.value));
    let smoothing = arguments.label_smoothing;
    let smoothing = smoothing.map(|share| (LABEL_SMOOTHING.name, share));
    let settings: Vec<_> = settings.chain(scale).chain(smoothing).collect();
    let tensors = arguments.tensors.parameters.iter();
    let names = settings.iter().map(|(name, _)| *name);
    let names: Vec<_> = names.chain(tensors.map(|t| t.name.as_str())).collect();
    if let Some(&twice) = repeated(&names) {
        return Err(Error::SetTwice(twice.to_owned()));
    }
    let function = Function::named(&arguments.activation)?.with_all(&settings)?;
    let name = || function.name().into_owned();
    let about_targets = arguments.targets.is_some()
        || arguments.ignore_index.is_some()
        || arguments.reduction.is_some();
    let has_mask = arguments.mask.is_some() || arguments.causal;
    match &function {
        Function::Elementwise(_) if arguments.axis.is_some() => {
            return Err(Error::AxisOfElements(name()));
        }
        Function::Elementwise(activation) => learnable::check_names(activation, arguments)?,
        _ if !arguments.tensors.parameters.is_empty() => {
            return Err(Error::NoParameterTensors(name()));
        }
        _ => {}
    }
    match &function {
        Function::Rows(_) if has_mask && arguments.backward.is_some() => {
            return Err(Error::MaskBackward(name()));
        }
        Function::Rows(_) => {}
        _ if has_mask => return Err(Error::MaskOfOthers(name())),
        _ => {}
    }
    match &function {
        Function::Gated(_) => {}
        _ if arguments.gate.is_some() => return Err(Error::NoGate(name())),
        _ => {}
    }
    if arguments.train && name() != RRELU {
        return Err(Error::NotRandomised(name()));
    }
    match &function {
        Function::Loss(loss) => {
            let reduction = arguments.reduction.unwrap_or(loss.reduction());
            let ignore_index = arguments.ignore_index.unwrap_or(loss.ignore_index());
            let loss = loss.with_reduction(reduction);
            return Ok(Function::Loss(loss.with_ignore_index(ignore_index)));
        }
        _ if about_targets => return Err(Error::TargetsOfOthers(name())),
        _ => {}
    }
    Ok(function)
}

fn open_gradient(
    location: &Location,
    input_location: &Location,
    output: &Layout,
) -> Result<TensorFile, Error> {
    let gradient = TensorFile::open(location)?;
    if gradient.layout().shape() == output.shape() {
        return Ok(gradient);
    }
    Err(Error::ShapesDiffer {
        gradient: location.to_string(),
        gradient_shape: gradient.layout().shape_text(),
        input: input_location.to_string(),
        output_shape: output.shape_text(),
    })
}

/// That of the input, where the format does not have only one. Random slopes go by an element's place, which
/// must be the same forward and backward, whatever the files.
fn output_order(arguments: &Apply, input: &TensorFile) -> Order {
    match arguments.output.format() {
        Format::Npy if !arguments.train => input.layout().order(),
        Format::Npy | Format::Safetensors(_) => Order::C,
    }
}

/// The dtype is that of the input where no other is wanted.
fn output_layout(arguments: &Apply, layout: Layout) -> Result<Layout, Error> {
    let dtype = arguments.dtype.unwrap_or(layout.dtype());
    match arguments.output.format() {
        Format::Npy if dtype == Dtype::Bf16 => Err(Error::NoBf16),
        _ => Ok(layout.with_dtype(dtype)),
    }
}

/// What comes before the data.
fn output_start(
    location: &Location,
    layout: &Layout,
    input: &TensorFile,
) -> Result<Vec<u8>, Error> {
    let Format::Safetensors(name) = location.format() else {
        return Ok(npy_header::to_bytes(layout));
    };
    let name = name.as_deref().or(input.name());
    let Some(name) = name.filter(|name| !["", "__metadata__"].contains(name)) else {
        return Err(Error::NoName(location.clone()));
    };
    let mut others = tensors_in(location);
    others.retain(|other| other != name);
    if !others.is_empty() {
        let output = location.clone();
        return Err(Error::OtherTensors { output, others });
    }
    let bytes = safetensors_header::to_bytes(layout, name);
    bytes.map_err(|problem| Error::NoHeader {
        output: location.clone(),
        problem,
    })
}

/// Whether each output has a place of its own.
fn check_places(output: &Output, gradients: &[Output]) -> Result<(), Error> {
    let places: Vec<_> = gradients
        .iter()
        .chain([output])
        .map(Output::place)
        .collect();
    match repeated(&places) {
        Some(twice) => Err(Error::SameOutput(twice.clone())),
        None => Ok(()),
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
