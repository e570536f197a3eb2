//! Puts WGSL text together; knows no GPU.

mod compose;
mod library;

pub(crate) use compose::{Access, Lanes, Shader};
pub use compose::{Operand, Operation, ShaderError};
