//! The command line, as clap reads it.

mod apply;
mod notes;
mod parse;
mod plot;
mod tensors;

pub(crate) use apply::Apply;
pub(crate) use plot::{Format, Plot};
pub(crate) use tensors::{ParameterTensor, ParameterTensors};

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use wgpu_activations::{Dtype, Statistics};

use crate::location::Location;
use notes::{APPLY_NOTES, BENCH_NOTES, EXIT_CODES, JSON_NUMBERS, VERIFY_NOTES};
pub(crate) use parse::Setting;
use parse::{parse_every, parse_setting};

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
    /// Prints WGSL to put into a shader of one's own: an activation, its derivative and what they call.
    ///
    /// NAME_forward(x: f32) -> f32 and NAME_derivative(x: f32) -> f32 have the results of the kernels. All that
    /// the text declares begins with NAME, so that those of several activations go together. Where the
    /// hyper-parameters are to change without another text, NAME_forward_with and NAME_derivative_with take
    /// them as a struct.
    Wgsl(Wgsl),
    /// Draws activations with their derivatives, as the kernels compute them.
    ///
    /// A picture for each, called like it, and where there are several a contact sheet, `sheet`. All show x from -8
    /// to 8 and y from -2 to 4, or two, four and more times as much where a kink lies outside. A line along the
    /// bottom marks where the activation is saturated as `stats` counts it; at a jump a dot is the value, and a ring
    /// a limit that is none.
    #[command(after_help = EXIT_CODES)]
    Plot(Plot),
    /// Lists every adapter with its limits and optional features.
    Adapters(Adapters),
    /// Verifies activations on one or several adapters against their f64 reference.
    ///
    /// Both passes of each run over special, evenly spaced and random inputs, with the default
    /// hyper-parameters and with unusual ones; in f16 and bf16 over all inputs that there are. softmax
    /// and its kin run over random and hard rows of several shapes, with and without masks, cross_entropy
    /// over such rows with every reduction, and swiglu and its kin over special values in every combination
    /// and gates over the whole range. Derivatives by each hyper-parameter run over inputs with
    /// hyper-parameters of their own, ordinary and extreme; rrelu in training over such inputs with slopes
    /// that are drawn again in f64; what `stats` gives over random and hard tensors with dead channels, NaN
    /// and infinities.
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
    pub(crate) device: DeviceChoice,
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
pub(crate) struct Wgsl {
    /// The activation's name; `list` shows them all.
    pub(crate) activation: String,
    /// Sets a hyper-parameter; VALUE is a number or a fraction such as 1/3. May be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    pub(crate) settings: Vec<Setting>,
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
    pub(crate) device: DeviceChoice,
    /// Measures instead how long a fresh process takes to its first result, GELU of 2^20 elements, and in what
    /// phases: the medians of RUNS processes (9 where no number is given) with what is kept of compiled kernels
    /// and as many with --no-cache, in turn.
    #[arg(long, value_name = "RUNS", num_args = 0..=1, require_equals = true, default_missing_value = "9",
          conflicts_with_all = ["names", "elements", "row", "dtypes", "json", "no_cache"])]
    pub(crate) startup: Option<NonZeroU32>,
    /// Measures the phases of this process, which was started so many nanoseconds after the start of 1970.
    #[arg(long, value_name = "NANOSECONDS", hide = true)]
    pub(crate) startup_since: Option<u64>,
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

#[derive(Args, Clone, Debug)]
pub(crate) struct DeviceChoice {
    #[command(flatten)]
    pub(crate) adapter: AdapterChoice,
    /// Compiles kernels anew and keeps nothing of that. Else, where the adapter has pipeline caches, what its
    /// driver has compiled is kept in the user's cache folder ($XDG_CACHE_HOME or ~/.cache, wgpu-activations/).
    #[arg(long)]
    pub(crate) no_cache: bool,
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
}
