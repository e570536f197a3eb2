//! Puts WGSL text together; knows no GPU.

mod compose;
mod library;
mod operation;
mod storage;

pub use compose::ShaderError;
pub(crate) use compose::{Access, Lanes, Shader};
pub use operation::{Operand, Operation};
