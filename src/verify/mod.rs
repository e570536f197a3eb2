//! Holds results against the f64 reference, in units in the last place.
//!
//! How results get computed is not this room's business: it makes the inputs ([`Samples`]) and judges
//! the outputs ([`judge`]). [`Offload::verify`](crate::Offload::verify) puts a GPU between the two.

mod differences;
mod inputs;
mod judge;
mod report;
mod ulp;

pub use differences::{DerivativeCheck, FiniteDifferences};
pub use inputs::Samples;
pub use judge::{VerifyError, judge};
pub use report::{Direction, Report};
pub use ulp::{ulp_error, ulp_size};
