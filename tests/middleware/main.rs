//! The kernels in a program that has a device, passes and buffers of its own.

#[path = "../common/mod.rs"]
mod common;
mod device;
mod frame;
mod prewarm;
mod rebind;
mod recording;

use wgpu_activations::{Activation, TensorView};

/// A slope that is a power of two, so that expectations are exact.
fn leaky() -> Activation {
    let leaky = Activation::leaky_relu().with("negative_slope", 0.25);
    leaky.expect("a valid slope")
}

fn leaky_of(x: f32) -> f32 {
    if x > 0.0 { x } else { 0.25 * x }
}

fn view(buffer: &wgpu::Buffer) -> TensorView {
    TensorView::f32(buffer).expect("a storage buffer")
}
