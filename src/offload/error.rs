use std::io;

use super::Offload;
use crate::activation::ActivationError;
use crate::dtype::Dtype;
use crate::kernels::KernelError;
use crate::kernels::scope::one_line;
use crate::tensor::MaskError;
#[cfg(feature = "verify")]
use crate::verify::VerifyError;

/// Why a tensor could not be pushed through the GPU.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OffloadError {
    /// wgpu finds no adapter.
    #[error(
        "no GPU adapter was found{}; install a driver (a software one will do: mesa-vulkan-drivers \
         on Debian, Ubuntu and Fedora)",
        backend_hint()
    )]
    NoAdapter,
    /// `WGPU_BACKEND` names nothing that wgpu knows.
    #[error("WGPU_BACKEND={value} names no back end; use vulkan, metal, dx12 or gl, or unset it")]
    UnknownBackend {
        /// Its value.
        value: String,
    },
    /// No adapter of that name.
    #[error("no adapter's name contains {name:?}; there {}", listed(available))]
    NoSuchAdapter {
        /// The name that was asked for.
        name: String,
        /// The names of those there are, each with its back end.
        available: Vec<String>,
    },
    /// The adapter gives no device.
    #[error(
        "{adapter} gives no device ({}); free memory, choose another adapter, or update its driver",
        message.trim_end_matches('.')
    )]
    Device {
        /// The adapter's name.
        adapter: String,
        /// What wgpu says.
        message: String,
    },
    /// No thread could be started to wait for the device.
    #[error("no thread could be started to wait for the device: {0}")]
    Thread(#[source] io::Error),
    /// An operation could not be prepared.
    #[error(transparent)]
    Kernel(KernelError),
    /// A mask does not go with its tensor.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// Results could not be judged.
    #[cfg(feature = "verify")]
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// Slices of one job differ in length.
    #[error("{name} has {len} elements, but the job has {elements}; give as many")]
    LengthMismatch {
        /// Which slice.
        name: &'static str,
        /// Its length.
        len: u64,
        /// The elements of the job.
        elements: u64,
    },
    /// The bytes of a tensor hold a part of an element.
    #[error("{name} has {bytes} bytes, which is no multiple of {}, the size of one {dtype}; give whole elements", dtype.size())]
    PartialElement {
        /// Which tensor.
        name: &'static str,
        /// Its length in bytes.
        bytes: u64,
        /// What its elements are.
        dtype: Dtype,
    },
    /// Results of one pass that are wanted in different types.
    #[error("the two gradients are to be of {first} and of {second}; give outputs of one type")]
    OutputTypes {
        /// The type of the first.
        first: Dtype,
        /// The type of the other.
        second: Dtype,
    },
    /// Targets that are no classes.
    #[error(
        "{invalid} of {rows} targets are no class, the first in row {row}: {class}; {}",
        class_remedy(*classes, *ignore_index)
    )]
    InvalidClasses {
        /// How many.
        invalid: u64,
        /// The number of rows.
        rows: u64,
        /// The first row with such a target.
        row: u64,
        /// Its target.
        class: i64,
        /// How many classes there are.
        classes: u64,
        /// What stands for a row without a target.
        ignore_index: i64,
    },
    /// A value of a hyper-parameter's tensor is NaN or infinite.
    #[error(
        "the tensor of {parameter} has {value} at index {index}, but hyper-parameters are finite; correct \
         that value"
    )]
    ParameterValue {
        /// The hyper-parameter.
        parameter: &'static str,
        /// Where it is.
        index: u64,
        /// The value.
        value: f32,
    },
    /// Values of hyper-parameters' tensors that no constants may have.
    #[error("{error} (at index {index} of what is given as tensors); correct the values there")]
    ParameterRule {
        /// Where they are: the channel, where there is a value for each.
        index: u64,
        /// Why they are refused.
        error: ActivationError,
    },
    /// The gradient of a hyper-parameter, but no gradient of the output to compute it from.
    #[error("a forward pass gives no gradient of {parameter}; use LearnableJob::backward")]
    ForwardGradient {
        /// The hyper-parameter.
        parameter: &'static str,
    },
    /// What must be on the device as a whole is larger than its buffers.
    #[error(
        "{elements} elements have to be computed together, {bytes} bytes as {dtype}, but a buffer of the \
         device holds {limit}; {}store 16 bits, or choose another adapter",
        column_remedy(*columns)
    )]
    UnitTooLarge {
        /// The elements of a row, with those of the rows that lie between them.
        elements: u64,
        /// What they are stored as.
        dtype: Dtype,
        /// What they take.
        bytes: u64,
        /// The device's `max_buffer_size`.
        limit: u64,
        /// How many rows they are; more than one where a stream brings or takes them together.
        columns: u64,
    },
    /// The device has no memory for the staging ring.
    #[error(
        "the device is out of memory, of which a job takes up to {} MiB, and more for rows beyond a chunk; \
         close other programs that use it, or choose another adapter",
        Offload::MEMORY >> 20
    )]
    OutOfMemory,
    /// The device was lost while the job ran.
    #[error(
        "the device was lost before the results were read back; run the job again on a new one"
    )]
    DeviceLost,
    /// wgpu refused what was asked of it.
    #[error("wgpu refused the job ({message}); choose another adapter, or update its driver")]
    Refused {
        /// What wgpu says, in one line.
        message: String,
    },
    /// The progress callback asked to stop.
    #[error("cancelled after {done} of {total} elements")]
    Cancelled {
        /// Elements written by then.
        done: u64,
        /// Elements of the job.
        total: u64,
    },
    /// The input could not be read.
    #[error("{name} could not be read: {source}")]
    Read {
        /// Which input.
        name: &'static str,
        /// What the reader says.
        source: io::Error,
    },
    /// The output could not be written.
    #[error("the output could not be written: {0}")]
    Write(#[source] io::Error),
}

impl From<KernelError> for OffloadError {
    fn from(error: KernelError) -> Self {
        match error {
            KernelError::DeviceLost => Self::DeviceLost,
            KernelError::OutOfMemory => Self::OutOfMemory,
            error => Self::Kernel(error),
        }
    }
}

impl From<wgpu::Error> for OffloadError {
    fn from(error: wgpu::Error) -> Self {
        match error {
            wgpu::Error::OutOfMemory { .. } => Self::OutOfMemory,
            error => Self::Refused {
                message: one_line(&error),
            },
        }
    }
}

fn backend_hint() -> String {
    match std::env::var("WGPU_BACKEND") {
        Ok(backend) if !backend.is_empty() => format!(" on WGPU_BACKEND={backend}"),
        _ => String::new(),
    }
}

fn class_remedy(classes: u64, ignore_index: i64) -> String {
    match classes {
        1 => format!("give 0, the only class, or {ignore_index} for rows to ignore"),
        _ => format!("give classes from 0 below {classes}, or {ignore_index} for rows to ignore"),
    }
}

fn column_remedy(columns: u64) -> &'static str {
    match columns {
        1 => "",
        _ => {
            "give slices, or a file to seek in, rather than streams, move the rows' axis to the end, "
        }
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [name] => format!("is {name}"),
        names => format!("are {}", names.join(", ")),
    }
}
