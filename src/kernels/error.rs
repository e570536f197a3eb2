use super::scope::one_line;
use crate::activation::ActivationError;
use crate::dtype::Dtype;
use crate::shader::{Operation, ShaderError};
use crate::tensor::{ImageError, TensorError};

/// Why an operation could not be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// A view was refused.
    #[error(transparent)]
    Tensor(#[from] TensorError),
    /// A view of a texture was refused.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Two tensors of one operation differ in length.
    #[error(
        "{first} has {first_len} elements, {second} has {second_len}; give views of equal length"
    )]
    LengthMismatch {
        /// The role of one tensor.
        first: &'static str,
        /// Its length.
        first_len: u64,
        /// The role of the other.
        second: &'static str,
        /// Its length.
        second_len: u64,
    },
    /// A tensor does not have the rows that it is said to have.
    #[error(
        "{name} has {len} elements, but {rows} rows of {row} elements are {}; check the shape and the axis",
        rows * row
    )]
    Shape {
        /// The tensor's role.
        name: &'static str,
        /// How many elements it has.
        len: u64,
        /// How many rows there are.
        rows: u64,
        /// The elements of a row.
        row: u64,
    },
    /// A tensor does not have as many elements as the others ask for.
    #[error("{name} has {len} elements, but must have {needed}; give a view of that length")]
    Length {
        /// The tensor's role.
        name: &'static str,
        /// How many elements it has.
        len: u64,
        /// How many it must have.
        needed: u64,
    },
    /// A tensor has elements of the wrong type.
    #[error(
        "{name} is a tensor of {dtype}, but must be one of {needed}; give a view of that dtype"
    )]
    WrongDtype {
        /// The tensor's role.
        name: &'static str,
        /// The type of its elements.
        dtype: Dtype,
        /// What it must be.
        needed: Dtype,
    },
    /// More than an index counts.
    #[error(
        "there are {count} {what}, but {limit} is the most that one operation takes; divide the tensor"
    )]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many.
        count: u64,
        /// How many there may be.
        limit: u64,
    },
    /// A threshold below which nothing or everything would be saturated, or which adapters flush to zero.
    #[error(
        "a threshold of {threshold:e} tells nothing apart; choose a finite one of at least {:e}",
        f32::MIN_POSITIVE
    )]
    Threshold {
        /// What was given.
        threshold: f32,
    },
    /// So many rows lie beside one another that not one element of each can be bound at once.
    #[error(
        "{inner} rows lie beside one another, but the device binds {limit} elements at once; move the \
         rows' axis to the end"
    )]
    RowsTooFarApart {
        /// How many rows lie beside one another.
        inner: u64,
        /// How many elements can be bound.
        limit: u64,
    },
    /// A tensor does not have the channels that it is said to have.
    #[error(
        "{name} has {len} elements, but {outer} times {channels} channels of {inner} elements are {}; check \
         the shape and the axis",
        outer * channels * inner
    )]
    Channels {
        /// The tensor's role.
        name: &'static str,
        /// How many elements it has.
        len: u64,
        /// The product of the axes before the channels.
        outer: u64,
        /// How many channels there are.
        channels: u64,
        /// The product of the axes after the channels.
        inner: u64,
    },
    /// A hyper-parameter that the activation does not have.
    #[error(transparent)]
    Activation(#[from] ActivationError),
    /// A hyper-parameter's tensor has neither one value nor one for each channel.
    #[error(
        "the tensor of {parameter} has {len} values; give it 1, or {channels}, one for each channel"
    )]
    ParameterLength {
        /// The hyper-parameter.
        parameter: &'static str,
        /// How many values its tensor has.
        len: u64,
        /// How many channels there are.
        channels: u64,
    },
    /// A hyper-parameter has two tensors, or two gradients.
    #[error("{parameter} is given twice; give it once")]
    ParameterTwice {
        /// The hyper-parameter.
        parameter: &'static str,
    },
    /// The gradient of a hyper-parameter that is no tensor.
    #[error(
        "{parameter} is a constant here, which has no gradient; give its tensor by Learnable::with"
    )]
    ConstantParameter {
        /// The hyper-parameter.
        parameter: &'static str,
    },
    /// The activation's WGSL does not say how it changes with a hyper-parameter.
    #[error(
        "the WGSL of {activation} has no function {function}; add \
         `fn {function}(x: f32, p: Parameters) -> f32`"
    )]
    NoDerivative {
        /// The activation.
        activation: String,
        /// The function that is missing.
        function: String,
    },
    /// A written tensor shares bytes with another one.
    #[error(
        "{first} (bytes {first_start}..{first_end}) and {second} (bytes {second_start}..{second_end}) \
         overlap in one buffer; use an in-place operation or separate ranges"
    )]
    Overlap {
        /// The role of one tensor.
        first: &'static str,
        /// Its first byte.
        first_start: u64,
        /// One past its last byte.
        first_end: u64,
        /// The role of the other.
        second: &'static str,
        /// Its first byte.
        second_start: u64,
        /// One past its last byte.
        second_end: u64,
    },
    /// The device was made with limits that are too low for any kernel.
    #[error(
        "the device's {limit} is {value}, but the kernels need {needed}; request the device with at \
         least wgpu::Limits::downlevel_defaults()"
    )]
    Limit {
        /// The limit's name in `wgpu::Limits`.
        limit: &'static str,
        /// What the device has.
        value: u64,
        /// What is needed.
        needed: u64,
    },
    /// No shader could be put together.
    #[error(transparent)]
    Shader(#[from] ShaderError),
    /// The WGSL was refused by the compiler; the message, of several lines, shows where.
    #[error("the WGSL of {activation} does not compile: {message}")]
    Compile {
        /// The activation.
        activation: String,
        /// What the compiler says.
        message: String,
    },
    /// The device has no memory left for the operation's settings.
    #[error("the device is out of memory; free some buffers and prepare the operation again")]
    OutOfMemory,
    /// The device was lost.
    #[error("the device was lost; make a new one and prepare the operation on it again")]
    DeviceLost,
    /// wgpu refused what was asked of it.
    #[error(
        "wgpu refused the operation ({message}); check that its buffers, textures and pipeline cache are of \
         the kernels' device and not destroyed"
    )]
    Refused {
        /// What wgpu says, in one line.
        message: String,
    },
    /// The hyper-parameters of another activation.
    #[error("this operation was prepared for {prepared}, not for {given}; prepare another one")]
    OtherActivation {
        /// The activation that it was prepared for.
        prepared: String,
        /// The activation that was given.
        given: String,
    },
    /// A seed for an operation that draws no random numbers.
    #[error("{prepared} was prepared without a seed; only randomised operations have one")]
    NoSeed {
        /// What was prepared.
        prepared: String,
    },
    /// An image is not as large as another.
    #[error(
        "{first} has {} x {} texels, {second} has {} x {}; give images of one size",
        first_size.0, first_size.1, second_size.0, second_size.1
    )]
    ImageSize {
        /// The role of one image.
        first: &'static str,
        /// Its width and height.
        first_size: (u32, u32),
        /// The role of the other.
        second: &'static str,
        /// Its width and height.
        second_size: (u32, u32),
    },
    /// An image cannot be bound as it must be.
    #[error("the usage of {name}'s texture is {usage:?}; create it with {needed:?} too")]
    ImageUsage {
        /// The image's role.
        name: &'static str,
        /// The usage that its texture was created with.
        usage: wgpu::TextureUsages,
        /// What is missing.
        needed: wgpu::TextureUsages,
    },
    /// An image that is written is also read.
    #[error(
        "{first} and {second} are the same level of one texture, which cannot be read while it is \
         written; give two"
    )]
    SameImage {
        /// The role of one image.
        first: &'static str,
        /// The role of the other.
        second: &'static str,
    },
    /// A view to replace with which the operation was not prepared.
    #[error(
        "{prepared} was not prepared with the view that is to be replaced; give one that it was prepared with"
    )]
    NotBound {
        /// What was prepared.
        prepared: String,
    },
    /// Two views for the place of one.
    #[error("a view is to be replaced twice; give one that takes its place")]
    ReplacedTwice,
    /// Another shape or type than that of the view that is replaced.
    #[error("{new} cannot take the place of {old}; prepare another operation")]
    Replacement {
        /// What is replaced.
        old: String,
        /// What was to come in its place.
        new: String,
    },
    /// Another alignment than that of the view that is replaced.
    #[error(
        "a view from byte {new} cannot take the place of one from byte {old}, as their distance is \
         no multiple of {alignment}; prepare another operation"
    )]
    ReplacementOffset {
        /// Where the replaced view starts.
        old: u64,
        /// Where the other one starts.
        new: u64,
        /// The device's `min_storage_buffer_offset_alignment`.
        alignment: u64,
    },
    /// After the replacement a buffer would be read and written, as it was not before.
    #[error(
        "one buffer would be read and written, for which the operation was not prepared; prepare another \
         one on these views"
    )]
    ReplacementShares,
    /// The operation belongs to other kernels, and perhaps to another device.
    #[error("{prepared} was prepared by other kernels; prepare it by these")]
    OtherKernels {
        /// What was prepared.
        prepared: String,
    },
    /// The wrong number of tensors for an operation.
    #[error(
        "{operation:?} takes {expected} tensors, not {given}; give those that Operation::operands names"
    )]
    TensorCount {
        /// The operation.
        operation: Operation,
        /// How many it takes.
        expected: usize,
        /// How many were given.
        given: usize,
    },
}

impl From<wgpu::Error> for KernelError {
    fn from(error: wgpu::Error) -> Self {
        match error {
            wgpu::Error::OutOfMemory { .. } => Self::OutOfMemory,
            error => Self::Refused {
                message: one_line(&error),
            },
        }
    }
}
