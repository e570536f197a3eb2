//! Random slopes through a device that the library owns.

use half::f16;
use wgpu_activations::reference::randomised::slope;
use wgpu_activations::{RandomisedRelu, Seed};

use super::common::gpu;

/// A whole tensor has the slopes of its elements, in whichever chunk they pass.
#[test]
fn chunks_have_the_slopes_of_the_whole() {
    let gpu = gpu();
    let relu = RandomisedRelu::default();
    // It begins within a counter, and so does each chunk.
    let seed = Seed::new(5).from_element(3);
    let x = vec![-1.0_f32; (2 << 22) + 77];
    let y = gpu.forward_randomised(&relu, seed, &x).expect("forward");
    let grad = vec![f16::from_f32(3.0); x.len()];
    let halves = vec![f16::from_f32(-1.0); x.len()];
    let grad_x = gpu.backward_randomised(&relu, seed, &halves, &grad);
    let grad_x = grad_x.expect("backward");
    for (index, (y, grad_x)) in y.iter().zip(&grad_x).enumerate() {
        let slope = slope(&relu, seed, index as u64);
        assert!((f64::from(*y) + slope).abs() <= 1e-7, "[{index}]: {y}");
        let exact = 3.0 * slope;
        assert!(
            (grad_x.to_f64() - exact).abs() <= 0.6e-3,
            "[{index}]: {grad_x}"
        );
    }
}

#[test]
fn lengths_have_to_agree() {
    let gpu = gpu();
    let relu = RandomisedRelu::new(0.5, 0.5).expect("bounds");
    let y = gpu.forward_randomised(&relu, Seed::new(1), &[2.0, -2.0, 0.0]);
    assert_eq!(y.expect("forward"), [2.0, -1.0, 0.0]);
    let error = gpu.backward_randomised(&relu, Seed::new(1), &[1.0; 3], &[1.0; 2]);
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the gradient of the output has 2 elements, but the job has 3"),
        "{error}"
    );
    assert_eq!(
        gpu.forward_randomised::<f32>(&relu, Seed::new(1), &[])
            .expect("nothing"),
        []
    );
}
