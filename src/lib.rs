//! Activation functions of neural networks, forward and backward, as WGSL compute shaders for wgpu.

pub mod activation;
pub mod kernels;
pub mod reference;
pub mod shader;
pub mod tensor;

pub use activation::{Activation, ActivationError, CustomActivation, Definition, Parameter};
pub use kernels::{KernelError, Kernels, Prepared};
pub use tensor::{Dtype, TensorError, TensorView};
