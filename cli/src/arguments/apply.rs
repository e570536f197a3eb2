//! What `apply` is told.

use clap::Args;
use wgpu_activations::{Dtype, Gate, Reduction};

use super::parse::{Setting, parse_gate, parse_number, parse_reduction, parse_setting};
use super::{DeviceChoice, ParameterTensors};
use crate::location::Location;

#[derive(Args, Debug)]
pub(crate) struct Apply {
    /// The activation's name; `list` shows them all.
    pub(crate) activation: String,
    /// The file to read: npy, or a tensor of a safetensors file as x.safetensors:NAME. With --backward
    /// softmax and its kin take the saved output of their forward pass here.
    pub(crate) input: Location,
    /// The file to write: npy, or safetensors as y.safetensors:NAME. With --backward it is the gradient
    /// of the forward pass's input.
    pub(crate) output: Location,
    /// Sets a hyper-parameter; VALUE is a number or a fraction such as 1/3. May be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    pub(crate) settings: Vec<Setting>,
    #[command(flatten)]
    pub(crate) tensors: ParameterTensors,
    /// The axis along which the rows of softmax and its kin and of cross_entropy lie, or the halves of swiglu and its kin;
    /// negative ones count from the last, which is taken where none is given.
    #[arg(long, value_name = "AXIS", allow_negative_numbers = true)]
    pub(crate) axis: Option<i64>,
    /// A mask on the rows of softmax and its kin, npy or safetensors. In an array of bool true lets an
    /// element take part, as in PyTorch's scaled_dot_product_attention; one of f32, f16 or bf16 is added to
    /// what enters the exponential, after --scale.
    #[arg(long, value_name = "MASK")]
    pub(crate) mask: Option<Location>,
    /// Masks what comes after a query: queries lie along the axis before --axis, and the last one sees all.
    #[arg(long, conflicts_with = "mask")]
    pub(crate) causal: bool,
    /// Which half swiglu and its kin apply their activation to, first or second; the second where it is
    /// not given, as PyTorch's GLU has it.
    #[arg(long, value_name = "HALF", value_parser = parse_gate)]
    pub(crate) gate: Option<Gate>,
    /// Draws rrelu's slopes at random, as in training, and does not take their mean.
    #[arg(long, requires = "seed")]
    pub(crate) train: bool,
    /// Chooses the slopes of --train: any whole number below 2^64.
    #[arg(
        long,
        value_name = "SEED",
        requires = "train",
        allow_negative_numbers = true
    )]
    pub(crate) seed: Option<u64>,
    /// The class of each row of cross_entropy, npy or safetensors, in an array of i64, i32 or u32 with the
    /// shape of INPUT without --axis.
    #[arg(long, value_name = "CLASSES")]
    pub(crate) targets: Option<Location>,
    /// The class whose rows cross_entropy ignores; -100 where it is not given.
    #[arg(long, value_name = "CLASS", allow_negative_numbers = true)]
    pub(crate) ignore_index: Option<i64>,
    /// What cross_entropy makes of the losses of all rows, mean, sum or none; mean where it is not given.
    #[arg(long, value_name = "REDUCTION", value_parser = parse_reduction)]
    pub(crate) reduction: Option<Reduction>,
    /// The share of each target that all classes divide among them in cross_entropy, as --set
    /// label_smoothing=SHARE sets it.
    #[arg(long, value_name = "SHARE", value_parser = parse_number, allow_hyphen_values = true)]
    pub(crate) label_smoothing: Option<f64>,
    /// Multiplies what softmax and its kin take, as --set scale=SCALE does: the inverse of a temperature.
    #[arg(long, value_name = "SCALE", value_parser = parse_number, allow_hyphen_values = true)]
    pub(crate) scale: Option<f64>,
    /// Computes the backward pass with this gradient of the output, a file of the output's shape.
    #[arg(long, value_name = "GRAD_OUTPUT")]
    pub(crate) backward: Option<Location>,
    /// The type of OUTPUT's elements, f32, f16 or in a safetensors file bf16; that of INPUT where it is
    /// not given.
    #[arg(long)]
    pub(crate) dtype: Option<Dtype>,
    #[command(flatten)]
    pub(crate) device: DeviceChoice,
    /// Shares the work with this adapter too, named as by --adapter: whichever is free takes the next chunk. Two
    /// adapters differ in last digits. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) with_adapter: Vec<String>,
    /// Prints nothing but errors.
    #[arg(long)]
    pub(crate) quiet: bool,
}
