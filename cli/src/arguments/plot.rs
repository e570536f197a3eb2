//! What `plot` is told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::DeviceChoice;
use super::parse::{Setting, parse_setting};

#[derive(Args, Debug)]
pub(crate) struct Plot {
    /// The activations to draw; all of them where none is named.
    #[arg(value_name = "ACTIVATION")]
    pub(crate) activations: Vec<String>,
    /// The folder for the pictures, which is made where it does not exist. Files of the same names are
    /// replaced.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The kind of the pictures.
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    pub(crate) format: Format,
    /// Sets a hyper-parameter of each; VALUE is a number or a fraction such as 1/3. May be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    pub(crate) settings: Vec<Setting>,
    #[command(flatten)]
    pub(crate) device: DeviceChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Takes the colour of text from where it is shown, light or dark.
    Svg,
    /// Dark on white, at twice the size.
    Png,
}

impl Format {
    /// What ends the names of such files.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}
