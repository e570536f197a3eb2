//! What can go wrong, and the exit code that it leads to.

use std::io;
use std::path::PathBuf;

use wgpu_activations::{
    ActivationError, KernelError, MaskError, OffloadError, ShaderError, ShapeError,
};

use crate::bench::BenchError;
use crate::location::Location;
use crate::output::OutputError;
use crate::safetensors_header::{self, names};
use crate::tensor_file::TensorFileError;
use crate::verify::CheckpointError;

/// Why the command failed: each displays as one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Activation(ActivationError),
    #[error("no activation is called {0:?}; see `wgpu-activations list` for those there are")]
    UnknownActivation(String),
    #[error("{0} is not elementwise; `wgpu-activations list` shows which activations are")]
    NotElementwise(String),
    #[error("{0:?} is set twice; set it once")]
    SetTwice(String),
    #[error(
        "several --adapter choose {0}; name it once, or by its back end as in \"llvmpipe (gl)\""
    )]
    AdapterTwice(String),
    #[error("{0} is named twice; name it once")]
    NamedTwice(String),
    #[error(
        "{name} is made of {made_of}, of which there is no walk; leave it out, or verify it without \
         --exhaustive and --every"
    )]
    NoWalk { name: String, made_of: &'static str },
    #[error(
        "npy files hold no bf16, for which NumPy has no dtype; choose --dtype f32 or f16, or an OUTPUT \
         like y.safetensors:NAME"
    )]
    NoBf16,
    #[error(
        "{0} takes each element for itself; leave --axis out, which is for functions of rows and gated units"
    )]
    AxisOfElements(String),
    #[error("{what} of elementwise activations only, and {name} is none; `list` shows which are")]
    OnlyElementwise { what: &'static str, name: String },
    #[error(
        "{0} is no activation of elements; leave --parameter out, which gives these their hyper-parameters"
    )]
    NoParameterTensors(String),
    #[error("the gradient of {0:?} is wanted twice; name one file for it")]
    GradientTwice(String),
    #[error(
        "--parameter-grad {0} is the gradient of a tensor; give its values as --parameter {0}=FILE"
    )]
    GradientOfConstant(String),
    #[error("{} would be written twice; name a file for each output", .0.display())]
    SameOutput(PathBuf),
    #[error(
        "{values} has {len} values of {parameter}; give one, or name the axis of INPUT that has as many by \
         --channel-axis"
    )]
    NoChannelAxis {
        values: Location,
        len: u64,
        parameter: String,
    },
    #[error("{values} is of no use: {error}")]
    ParameterValues {
        values: Location,
        error: Box<OffloadError>,
    },
    #[error("no channels in {input}: {error}")]
    Channels { input: Location, error: ShapeError },
    #[error("{0} has no gate; leave --gate out, which is for gated units such as swiglu")]
    NoGate(String),
    #[error(
        "{0} takes no mask; leave --mask and --causal out, which are for softmax, softmin and log_softmax"
    )]
    MaskOfOthers(String),
    #[error(
        "{0} backward needs no mask, since its saved output tells what was left out; leave --mask and \
         --causal out"
    )]
    MaskBackward(String),
    #[error("{0} draws no slopes; leave --train out, which is for rrelu")]
    NotRandomised(String),
    #[error("cross_entropy needs the classes of its rows; give them as --targets CLASSES.npy")]
    NoTargets,
    #[error(
        "{0} has no targets; leave --targets, --ignore-index and --reduction out, which are for cross_entropy"
    )]
    TargetsOfOthers(String),
    #[error("{targets} is of no use: {error}")]
    Targets {
        targets: Location,
        error: Box<OffloadError>,
    },
    #[error(
        "{targets} has the shape {shape}, but the rows of {input} have {needed}; give one class for each row"
    )]
    TargetShape {
        targets: String,
        shape: String,
        input: String,
        needed: String,
    },
    #[error("no rows in {input}: {error}")]
    Shape { input: Location, error: ShapeError },
    #[error("{mask} is no mask for {input}: {error}")]
    Mask {
        mask: Location,
        input: Location,
        error: Box<MaskError>,
    },
    #[error("there is no causal mask for {input}: {error}")]
    Causal {
        input: Location,
        error: Box<MaskError>,
    },
    #[error(
        "a causal mask needs {0} in C order; save it again with numpy.ascontiguousarray, or name a \
         safetensors file as OUTPUT"
    )]
    CausalOrder(Location),
    #[error("no halves in {input}: {error}")]
    Halves { input: Location, error: ShapeError },
    #[error(transparent)]
    TensorFile(#[from] TensorFileError),
    #[error("{0} names no tensor; write it as y.safetensors:NAME, with a name of your choice")]
    NoName(Location),
    #[error(
        "{} would lose other tensors, since a new file takes its place: {}; name another file",
        output.path().display(), names(others)
    )]
    OtherTensors {
        output: Location,
        others: Vec<String>,
    },
    #[error("no header can be written for {output}: {problem}")]
    NoHeader {
        output: Location,
        problem: safetensors_header::HeaderError,
    },
    #[error(
        "{gradient} has the shape {gradient_shape}, but the output that belongs to {input} has \
         {output_shape}; give a gradient of the output's shape"
    )]
    ShapesDiffer {
        gradient: String,
        gradient_shape: String,
        input: String,
        output_shape: String,
    },
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("cannot make the folder {} ({error}); choose another as --out", .folder.display())]
    Folder { folder: PathBuf, error: io::Error },
    #[error("cannot draw a picture: {0}; report this")]
    Drawing(String),
    #[error(transparent)]
    Offload(#[from] OffloadError),
    #[error(
        "{failed} of {total} verifications did not pass on {adapter}; \
         try another driver, and report it with this output"
    )]
    NotVerified {
        failed: usize,
        total: usize,
        adapter: String,
    },
    #[error(transparent)]
    Shader(ShaderError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("cannot remove the checkpoint {} ({error}); remove it before the next run", .path.display())]
    CheckpointStays { path: PathBuf, error: io::Error },
    #[error(
        "{unfinished} of {total} verifications could not be run to their end; the same command tries \
         them again, from {}", .checkpoint.display()
    )]
    Unfinished {
        unfinished: usize,
        total: usize,
        checkpoint: PathBuf,
    },
    #[error("interrupted: the same command goes on from {}", .checkpoint.display())]
    Paused { signal: u8, checkpoint: PathBuf },
    #[error("interrupted: {} is as it was", .output.display())]
    Interrupted { signal: u8, output: PathBuf },
    #[error("cannot write to standard output: {0}; send it somewhere with room for it")]
    Stdout(#[source] io::Error),
}

impl From<ActivationError> for Error {
    fn from(error: ActivationError) -> Self {
        match error {
            // The library cannot say by what command its catalogue is listed.
            ActivationError::UnknownActivation {
                name,
                nearest: None,
            } => Self::UnknownActivation(name),
            // Nor by what option its families are told apart.
            ActivationError::OtherFamily { name, .. } => Self::NotElementwise(name),
            error => Self::Activation(error),
        }
    }
}

impl Error {
    /// 2 for what would fail on any machine and with any file, 128 and the signal for an
    /// interruption, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Activation(_)
            | Self::UnknownActivation(_)
            | Self::NotElementwise(_)
            | Self::SetTwice(_)
            | Self::NoBf16
            | Self::AxisOfElements(_)
            | Self::NoParameterTensors(_)
            | Self::GradientTwice(_)
            | Self::GradientOfConstant(_)
            | Self::SameOutput(_)
            | Self::NoGate(_)
            | Self::MaskOfOthers(_)
            | Self::MaskBackward(_)
            | Self::NoTargets
            | Self::TargetsOfOthers(_)
            | Self::NotRandomised(_)
            | Self::NoName(_)
            | Self::AdapterTwice(_)
            | Self::NamedTwice(_)
            | Self::NoWalk { .. }
            | Self::OnlyElementwise { .. }
            | Self::Offload(OffloadError::Kernel(KernelError::Threshold { .. }))
            | Self::Offload(OffloadError::UnknownBackend { .. }) => 2,
            Self::Interrupted { signal, .. } | Self::Paused { signal, .. } => 128 + signal,
            _ => 1,
        }
    }
}
