//! Puts WGSL text together; knows no GPU.

mod compose;
mod cross_entropy;
#[cfg(feature = "verify")]
mod fingerprint;
mod gated;
mod images;
mod learnable;
mod library;
mod operation;
mod portable;
mod randomised;
mod rows;
mod statistics;
mod storage;
mod words;

pub(crate) use compose::{Access, BufferUse, Lanes, Shader};
pub use compose::{ShaderError, wgsl};
pub(crate) use cross_entropy::{
    LOSS_BACKWARD, LOSS_BACKWARD_IN_PLACE, LOSS_FORWARD, LossShader, LossStage,
};
#[cfg(feature = "verify")]
pub(crate) use fingerprint::{fingerprint, hash};
pub(crate) use gated::{GatedOperation, GatedShader};
pub(crate) use images::{ImageOperation, ImageShader};
pub(crate) use learnable::{
    GatherShader, LearnableShader, Neighbours, ParameterSet, SUM_OPERANDS, SUM_WORKGROUP,
    SumShader, SumTeam, Total, TotalShader, derivative_by,
};
pub use operation::{Operand, Operation};
pub(crate) use randomised::RandomisedShader;
pub(crate) use rows::{MaskKind, RowShader, Stage, Team, row_operands};
pub(crate) use statistics::{STATISTICS, StatisticsShader, StatisticsStage};
