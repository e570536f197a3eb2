//! Activations whose hyper-parameters are tensors, and the gradients of these, on the adapter.

mod accuracy;
#[path = "../common/mod.rs"]
mod common;
mod references;
mod refusals;
mod shapes;
mod subject;
mod sums;
