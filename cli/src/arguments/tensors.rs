//! Hyper-parameters that are tensors of files, as clap reads them.

use std::ffi::OsString;

use clap::Args;

use crate::location::Location;

/// What `apply` is told of them.
#[derive(Args, Debug)]
pub(crate) struct ParameterTensors {
    /// Takes a hyper-parameter's values from a file, npy or a tensor of a safetensors file: one, or one for
    /// each channel. May be repeated.
    #[arg(long = "parameter", value_name = "NAME=FILE", value_parser = parse_tensor, conflicts_with = "train")]
    pub(crate) parameters: Vec<ParameterTensor>,
    /// The axis of INPUT along which the channels of --parameter lie; negative ones count from the last.
    /// Where it is not given, each has one value.
    #[arg(
        long,
        value_name = "AXIS",
        requires = "parameters",
        allow_negative_numbers = true
    )]
    pub(crate) channel_axis: Option<i64>,
    /// With --backward, writes the gradient of a hyper-parameter that --parameter names to a file of its
    /// own, in the shape of its values. May be repeated.
    #[arg(long = "parameter-grad", value_name = "NAME=FILE", value_parser = parse_tensor,
          requires = "backward", requires = "parameters")]
    pub(crate) gradients: Vec<ParameterTensor>,
}

/// One `--parameter name=file`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParameterTensor {
    pub(crate) name: String,
    pub(crate) location: Location,
}

fn parse_tensor(text: &str) -> Result<ParameterTensor, String> {
    match text.split_once('=') {
        Some((name, file)) if !file.is_empty() => Ok(ParameterTensor {
            name: name.trim().to_owned(),
            location: Location::from(OsString::from(file)),
        }),
        _ => Err("write it as name=file, for example negative_slope=slopes.npy".to_owned()),
    }
}
