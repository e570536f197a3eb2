//! Activation functions of neural networks, forward and backward, as WGSL compute shaders for wgpu.

pub mod activation;
pub mod reference;
pub mod shader;

pub use activation::{Activation, ActivationError, Definition, Parameter};
