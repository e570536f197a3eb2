#![doc = include_str!("../README.md")]
// The README's pictures are files of their own, which a reader of the documentation does not have: here one is in the
// page.
#![cfg_attr(doc, doc = concat!(
    "\n\n## Gallery\n\nThe documentation of each constructor of [`Activation`] has its picture larger, with axes.\n\n<div>\n",
    include_str!("../docs/gallery/sheet.svg"),
    "<style>.readme-only { display: none }</style></div>"
))]

pub mod activation;
mod dtype;
pub mod kernels;
#[cfg(feature = "offload")]
pub mod offload;
pub mod reference;
mod shader;
mod statistics;
pub mod tensor;
#[cfg(feature = "verify")]
pub mod verify;

pub use activation::{
    Activation, ActivationError, CrossEntropy, CustomActivation, Definition, GatedActivation,
    GatedDefinition, Parameter, RandomisedRelu, Reduction, RowActivation, RowFunction, Seed,
};
#[cfg(feature = "offload")]
pub use dtype::Element;
pub use dtype::{Dtype, UnknownDtype};
#[cfg(feature = "offload")]
pub use half;
pub use kernels::{KernelError, Kernels, Learnable, Preparation, Prepared};
#[cfg(feature = "offload")]
pub use offload::{
    Classes, HostMask, Input, Job, LearnableActivation, LearnableGradients, LearnableJob, Offload,
    OffloadError, Output, Progress, StatisticsJob,
};
pub use shader::{Operand, Operation, ShaderError, wgsl};
pub use statistics::{Moments, Statistics};
pub use tensor::{
    BoolView, Channels, ClassIndices, ClassType, Gate, Halves, ImageError, ImageFormat, ImageView,
    Mask, MaskError, Rows, ShapeError, TensorError, TensorView, View,
};
