//! The command, run as a person runs it.

mod apply;
mod bad_input;
mod bench;
mod commands;
mod common;
mod cross_entropy;
mod gallery;
mod gated;
#[cfg(unix)]
mod interruption;
mod learnable;
mod masks;
#[cfg(unix)]
mod output_file;
mod pipeline_cache;
mod plot;
mod randomised;
mod rows;
mod safetensors;
mod stats;
mod verify;
