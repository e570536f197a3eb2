//! Gradients that a scale enlarges.

use wgpu_activations::{Dtype, RowActivation, Rows};

use super::common::subject::Subject;
use super::subject::check_backward;

const F32: [(Dtype, usize); 3] = [(Dtype::F32, 0); 3];

/// Their products with the results are below the normal numbers, and may be flushed.
#[test]
fn faint_shares_are_scaled_before_they_are_lost() {
    let gpu = Subject::shared();
    let rows = Rows::along(&[2, 5], 1).expect("a shape");
    let gradients = [0.7, 0.0, 0.1, 1e-30, -0.6, -1.3, 0.69, -1.31, 0.0, 0.05];
    let shares = [1.0, 2e-38, 5e-38, 1e-37, 2e-30].repeat(2);
    let logarithms = [0.0, -87.0, -86.0, -88.5, -100.0].repeat(2);
    for scale in [2.7, -1e3, 1e12] {
        for (activation, outputs) in [
            (RowActivation::softmax(), &shares),
            (RowActivation::softmin(), &shares),
            (RowActivation::log_softmax(), &logarithms),
        ] {
            let activation = activation.with_scale(scale).expect("finite");
            check_backward(gpu, &activation, &rows, [outputs, &gradients], F32);
        }
    }
}

/// Their products with the scale are beyond f32, those with the results are not.
#[test]
fn large_gradients_of_a_scaled_function_do_not_overflow() {
    let gpu = Subject::shared();
    let rows = Rows::along(&[3, 2], 1).expect("a shape");
    let gradients = [1e38, 1e38, -1e30, 2.0, 1e38, 0.5];
    let shares = [1.0, 0.0, 1.0, 1e-20, 1.0, 1e-30];
    let logarithms = [0.0, f32::NEG_INFINITY, 0.0, -100.0, 0.0, -80.0];
    for scale in [2.7, -1e12] {
        for (activation, outputs) in [
            (RowActivation::softmax(), &shares),
            (RowActivation::log_softmax(), &logarithms),
        ] {
            let activation = activation.with_scale(scale).expect("finite");
            check_backward(gpu, &activation, &rows, [outputs, &gradients], F32);
        }
    }
}
