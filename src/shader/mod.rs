//! Puts WGSL text together; knows no GPU.

mod compose;
mod library;

pub use compose::{Access, Lanes, Operation, Shader, ShaderError};
