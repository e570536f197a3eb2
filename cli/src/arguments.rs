//! The command line, as clap reads it.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use wgpu_activations::{Dtype, Gate, Reduction, Statistics};

use crate::location::Location;

mod tensors;

pub(crate) use tensors::{ParameterTensor, ParameterTensors};

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed (a file, the adapter, or a verification that does not pass); 2 wrong \
usage, which would fail on any machine (an unknown activation or parameter, a value that is not \
allowed); 128 and the signal's number where one ended it (130 for Ctrl-C).";

const APPLY_NOTES: &str = "\
INPUT, OUTPUT and GRAD_OUTPUT are npy files, or tensors of safetensors files, written as \
FILE.safetensors:NAME (where INPUT or GRAD_OUTPUT has a single tensor, its name may be left out). npy \
files are of dtype '<f4' (f32) or '<f2' (f16), in C or Fortran order; tensors of safetensors files of F32, \
F16 or BF16. Their dtypes may differ. They are memory-mapped: do not shorten them while the command runs.

OUTPUT gets the shape and order of INPUT, and its dtype where --dtype names no other; a safetensors file \
is always in C order, and holds this one tensor, which is called like INPUT's where OUTPUT gives no name. \
OUTPUT is written beside its final name and renamed at \
the end, so that it is whole or not there, and an existing one survives a failure and Ctrl-C; its \
permissions are kept. It may be INPUT or GRAD_OUTPUT itself. An existing safetensors file with other \
tensors is not replaced. Where OUTPUT is a symbolic link, the file that it \
points to is replaced; other hard links to that file keep the old contents.

softmax, softmin and log_softmax go over the rows along --axis, whatever the order in memory. With \
--backward their INPUT is the saved output of the forward pass, from which their gradient is computed.

A mask leaves elements out of their rows: OUTPUT is 0 there (-inf for log_softmax), and everywhere in a row \
of which nothing is left. Its shape is that of INPUT, or broadcasts to it as in NumPy; its memory order is \
that of OUTPUT. It is for the forward pass only: backward, the saved output tells what was left out.

glu, bilinear, reglu, geglu, geglu_tanh, swiglu, and gated_NAME for any other activation of elements as f, \
take the two halves of INPUT along --axis: OUTPUT = a * f(b) has half as many elements there. b is the half \
that --gate names, the second where it names none, as PyTorch's GLU has it; language models often have the \
first. With --backward their INPUT is that of the forward pass, GRAD_OUTPUT has the halved shape, and \
OUTPUT gets the gradients of both halves, laid out as they are.

cross_entropy goes from the logits in INPUT, whose rows lie along --axis, and the classes in --targets to a \
single number, or with --reduction none to the loss of each row. With --backward OUTPUT gets the gradients \
of the logits.

--parameter gives an activation of elements the values of a hyper-parameter as a tensor, and \
--parameter-grad writes their gradient, which is of their shape and dtype (f32 for bf16 in an npy file), in C \
order. The values have any shape that has one element, or as many as INPUT has along --channel-axis.

rrelu with --train draws a slope between lower and upper for each element that is not positive. The same \
--seed draws the same slopes, whatever the adapter: give that of the forward pass with --backward.";

const VERIFY_NOTES: &str = "\
With --every and --exhaustive the state is saved every few seconds and on Ctrl-C; the same command \
goes on from there. The file is removed at the end, unless something could not be run, as when a \
device is lost: the same command then tries it again.

f32 results must be within 4 ULP of the exact ones, or within 2 ULP for an activation that is made of \
one elementary function, or 8 ULP for a function of rows or cross_entropy, or for a gated unit twice the \
bound of its activation and 1.5 ULP; `list` shows which. Derivatives by hyper-parameters must be within 4 ULP, \
counted at the magnitude of their largest term. Results of 16 bits must be within 1 ULP of their type, and but \
for functions of rows, gated units, cross_entropy and derivatives by hyper-parameters 99.9 % of them correctly \
rounded. Those have no part in --every and --exhaustive.";

const BENCH_NOTES: &str = "\
Besides the names that `list` shows there are gated_NAME for a gated unit with any activation of elements, \
learnable_NAME for one whose parameters are tensors with a value for each channel (backward with their \
gradients), statistics_NAME, and randomised_rrelu.";

const JSON_NUMBERS: &str = "\
Numbers that JSON cannot hold are the strings \"inf\", \"-inf\" and \"nan\".";

/// Applies the activation functions of neural networks to npy and safetensors files on the GPU.
#[derive(Debug, Parser)]
#[command(name = "wgpu-activations", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Applies an activation, or its backward pass, to a tensor in a file.
    #[command(after_help = EXIT_CODES, after_long_help = format!("{APPLY_NOTES}\n\n{EXIT_CODES}"))]
    Apply(Box<Apply>),
    /// Tells how healthy a tensor in a file is as the input of an activation.
    ///
    /// One pass gives mean, variance, extrema, NaN and infinities of the input, of the output and of |f'|,
    /// and how many outputs are zero or saturated; along an axis also channel by channel, with those that
    /// are dead. INPUT is as `apply` takes it. Mean, variance and extrema are of finite numbers; outputs are
    /// those of f32, whatever INPUT's dtype, and those below f32's normal numbers count as zero.
    #[command(after_help = format!("{JSON_NUMBERS}\n\n{EXIT_CODES}"))]
    Stats(Stats),
    /// Lists every activation with its family, its parameters, the bound of its error and its formula.
    #[command(after_help = JSON_NUMBERS)]
    List(List),
    /// Lists every adapter with its limits and optional features.
    Adapters(Adapters),
    /// Verifies activations on one or several adapters against their f64 reference.
    ///
    /// Both passes of each run over special, evenly spaced and random inputs, with the default
    /// hyper-parameters and with unusual ones; in f16 and bf16 over all inputs that there are. softmax
    /// and its kin run over random and hard rows of several shapes, with and without masks, cross_entropy
    /// over such rows with every reduction, and swiglu and its kin over special values in every combination
    /// and gates over the whole range. Derivatives by each hyper-parameter run over inputs with
    /// hyper-parameters of their own, ordinary and extreme.
    #[command(after_help = format!("{JSON_NUMBERS}\n\n{EXIT_CODES}"),
              after_long_help = format!("{VERIFY_NOTES}\n\n{JSON_NUMBERS}\n\n{EXIT_CODES}"))]
    Verify(Verify),
    /// Measures how fast operations are beside what the memory allows.
    ///
    /// Each row is an operation in one direction: the median of nine submissions, after warming up, over
    /// tensors of normal random numbers that take turns, more of them than a cache holds. Its speed counts
    /// the bytes that any implementation has to move. The roofline is the better of a plain copy and the
    /// identity kernel, measured on tensors of the same size in the same run.
    #[command(after_help = format!("{BENCH_NOTES}\n\n{EXIT_CODES}"))]
    Bench(Bench),
}

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
    /// A mask on the rows of softmax and its kin, npy or safetensors. In an array of bool ('|b1') true lets an
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
    /// The class of each row of cross_entropy, in an npy file of dtype '<i8', '<i4' or '<u4' with the shape
    /// of INPUT without --axis.
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
    pub(crate) adapter: AdapterChoice,
    /// Prints nothing but errors.
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Stats {
    /// The activation's name; `list` shows them all.
    pub(crate) activation: String,
    /// The file to read: npy, or a tensor of a safetensors file as x.safetensors:NAME.
    pub(crate) input: Location,
    /// The axis along which the channels lie; negative ones count from the last. Without it everything
    /// is one channel.
    #[arg(long, value_name = "CHANNELS", allow_negative_numbers = true)]
    pub(crate) axis: Option<i64>,
    /// Sets a hyper-parameter; VALUE is a number or a fraction such as 1/3. May be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    pub(crate) settings: Vec<Setting>,
    /// Counts an element as saturated where |f'| is below this.
    #[arg(long, value_name = "SLOPE", default_value_t = Statistics::THRESHOLD, allow_negative_numbers = true)]
    pub(crate) threshold: f32,
    #[command(flatten)]
    pub(crate) adapter: AdapterChoice,
    /// Shows no progress.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Prints a JSON object, with all channels, instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct List {
    /// Prints a JSON array instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Adapters {
    /// Prints a JSON array instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The activations to verify; all of them where none is named.
    #[arg(value_name = "ACTIVATION")]
    pub(crate) activations: Vec<String>,
    /// Takes every N-th of all 2^32 bit patterns of f32, and the special inputs.
    #[arg(long, value_name = "N", group = "walk", value_parser = parse_every, allow_negative_numbers = true)]
    pub(crate) every: Option<NonZeroU32>,
    /// Takes all 2^32 bit patterns of f32, with the default hyper-parameters.
    #[arg(long, group = "walk")]
    pub(crate) exhaustive: bool,
    /// Takes the unusual hyper-parameters too, as it does unless it is exhaustive.
    #[arg(long, requires = "exhaustive")]
    pub(crate) variants: bool,
    /// Takes inputs and outputs of this type only: f32, f16 or bf16. May be repeated.
    #[arg(long = "dtype", value_name = "DTYPE")]
    pub(crate) dtypes: Vec<Dtype>,
    /// Uses the adapter whose name contains this text, whatever its case, and not the one that the
    /// environment variable WGPU_ADAPTER_NAME names; it may end with a back end, as in
    /// "llvmpipe (gl)". May be repeated, to verify several adapters against one evaluation of the
    /// reference; WGPU_BACKEND limits the choice.
    #[arg(long = "adapter", value_name = "NAME")]
    pub(crate) adapters: Vec<String>,
    /// Keeps here what has been verified, to go on from after an interruption; only with --every and
    /// --exhaustive.
    #[arg(
        long,
        value_name = "FILE",
        requires = "walk",
        default_value = "wgpu-activations-verify.checkpoint.json"
    )]
    pub(crate) checkpoint: PathBuf,
    /// Prints a JSON array instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// The operations to measure; all of them where none is named.
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// The elements of a tensor, of which an operation takes whole rows.
    #[arg(long, value_name = "N", default_value_t = 1 << 24, value_parser = clap::value_parser!(u64).range(2..))]
    pub(crate) elements: u64,
    /// The elements of a row of softmax and its kin, of each half of swiglu and its kin, and of a channel;
    /// the classes of cross_entropy. The whole tensor where it is longer.
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) row: u64,
    /// Takes tensors of this type, f32, f16 or bf16; f32 where none is named. May be repeated.
    #[arg(long = "dtype", value_name = "DTYPE")]
    pub(crate) dtypes: Vec<Dtype>,
    #[command(flatten)]
    pub(crate) adapter: AdapterChoice,
    /// Writes what was measured to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct AdapterChoice {
    /// Uses the adapter whose name contains this text, whatever its case, and not the one that the
    /// environment variable WGPU_ADAPTER_NAME names; it may end with a back end, as in
    /// "llvmpipe (gl)". WGPU_BACKEND limits the choice.
    #[arg(long = "adapter", value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// One `--set name=value`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: f64,
}

fn parse_every(text: &str) -> Result<NonZeroU32, String> {
    let every = text.parse();
    every.map_err(|_| format!("give a whole number from 1 to {}", u32::MAX))
}

fn parse_gate(text: &str) -> Result<Gate, String> {
    match text {
        "first" => Ok(Gate::First),
        "second" => Ok(Gate::Second),
        _ => Err("give first or second".to_owned()),
    }
}

fn parse_reduction(text: &str) -> Result<Reduction, String> {
    match text {
        "mean" => Ok(Reduction::Mean),
        "sum" => Ok(Reduction::Sum),
        "none" => Ok(Reduction::None),
        _ => Err("give mean, sum or none".to_owned()),
    }
}

fn parse_setting(text: &str) -> Result<Setting, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write it as name=value, for example negative_slope=0.2")?;
    Ok(Setting {
        name: name.trim().to_owned(),
        value: parse_number(value)?,
    })
}

fn parse_number(text: &str) -> Result<f64, String> {
    parse_value(text)
        .ok_or_else(|| format!("{text:?} is not a number; write one such as 0.2, 1e-3 or 1/3"))
}

fn parse_value(text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match text.split_once('/') {
        Some((numerator, denominator)) => {
            let denominator = number(denominator)?;
            (denominator != 0.0).then_some(number(numerator)? / denominator)
        }
        None => number(text),
    }
}

/// One that is there more than once.
pub(crate) fn repeated<T: PartialEq>(all: &[T]) -> Option<&T> {
    let mut rest = all;
    while let [first, others @ ..] = rest {
        if others.contains(first) {
            return Some(first);
        }
        rest = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn settings_are_numbers_or_fractions() {
        let value = |text| parse_setting(text).map(|setting| setting.value);
        assert_eq!(value("a=0.25"), Ok(0.25));
        assert_eq!(value("a=-1e-3"), Ok(-1e-3));
        assert_eq!(value("a=1/3"), Ok(1.0 / 3.0));
        assert_eq!(value("a= -1 / 8 "), Ok(-0.125));
        for wrong in ["a", "a=", "a=x", "a=1/0", "a=1/", "a=1/2/3", "a=1,5"] {
            let error = value(wrong).unwrap_err();
            assert!(
                error.contains("such as") || error.contains("name=value"),
                "{wrong}: {error}"
            );
        }
    }
}
