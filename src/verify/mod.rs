//! Holds results against the f64 reference, in units in the last place.
//!
//! How results get computed is not this room's business: it makes the inputs ([`Samples`], [`Walk`])
//! and judges the outputs ([`judge`], [`Oracle`]). [`Offload::verify`](crate::Offload::verify) puts a
//! GPU between the two.

mod differences;
mod error;
#[cfg(feature = "offload")]
mod found;
#[cfg(feature = "offload")]
mod gated;
mod inputs;
mod judge;
#[cfg(feature = "offload")]
mod learnable;
#[cfg(feature = "offload")]
mod loss;
mod oracle;
mod quick;
#[cfg(feature = "offload")]
mod randomised;
mod report;
#[cfg(feature = "offload")]
mod rows;
#[cfg(feature = "offload")]
mod statistics;
mod tally;
mod ulp;
mod walk;

pub use differences::{DerivativeCheck, FiniteDifferences};
pub use error::VerifyError;
#[cfg(feature = "offload")]
pub use found::{Found, Worst};
#[cfg(feature = "offload")]
pub use gated::{GatePlace, GatedReport, GatedSample};
pub use inputs::Samples;
pub use judge::judge;
#[cfg(feature = "offload")]
pub use learnable::{LearnableReport, LearnableSample, PointPlace};
#[cfg(feature = "offload")]
pub use loss::{LossPlace, LossReport, LossSample};
pub use oracle::Oracle;
#[cfg(feature = "offload")]
pub use randomised::{RandomisedReport, RandomisedSample, SlopePlace};
pub use report::{Direction, Report};
#[cfg(feature = "offload")]
pub use rows::{RowPlace, RowReport, RowSample, SampleMask};
#[cfg(feature = "offload")]
pub use statistics::{StatisticPlace, StatisticsReport, StatisticsSample};
pub use tally::Tally;
pub use ulp::{is_correctly_rounded, round_to, ulp_error, ulp_size};
pub use walk::Walk;

use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::shader::{ShaderError, fingerprint};

/// Tells whether results of an activation in one direction were computed by its present WGSL, from inputs
/// of one type to results of another: by all that computes an element, without comments and layout, and
/// without the kernels, which move elements and do not change them.
///
/// It is the same on every machine.
pub fn wgsl_fingerprint(
    activation: &Activation,
    direction: Direction,
    dtypes: [Dtype; 2],
) -> Result<u64, ShaderError> {
    let function = match direction {
        Direction::Forward => "evaluate",
        Direction::Backward => "differentiate",
    };
    fingerprint(activation, function, dtypes)
}
