//! Puts WGSL text together; knows no GPU.

mod compose;
#[cfg(feature = "verify")]
mod fingerprint;
mod gated;
mod library;
mod operation;
mod randomised;
mod rows;
mod storage;

pub(crate) use compose::{Access, Lanes, Shader};
pub use compose::{ShaderError, wgsl};
#[cfg(feature = "verify")]
pub(crate) use fingerprint::{fingerprint, hash};
pub(crate) use gated::{GatedOperation, GatedShader};
pub use operation::{Operand, Operation};
pub(crate) use randomised::RandomisedShader;
pub(crate) use rows::{RowShader, Stage, Team, row_operands};
