//! What both have, with the same parameters.

use burn::nn::loss::CrossEntropyLoss;
use burn::tensor::activation as burn_activation;
use burn::tensor::{Device, Int, Tensor};

/// An operation under the library's name, and as burn computes it.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) theirs: fn(Tensor<2>, &Beside) -> Tensor<2>,
}

/// What some operations take beside their input.
pub(crate) struct Beside {
    classes: Tensor<1, Int>,
    slope: Tensor<1>,
    loss: CrossEntropyLoss,
}

impl Beside {
    /// Every row's target is class 0, and PReLU's slope is 0.25.
    pub(crate) fn new(rows: usize, device: &Device) -> Self {
        Self {
            classes: Tensor::zeros([rows], device),
            slope: Tensor::from_floats([0.25], device),
            loss: CrossEntropyLoss::new(None, device),
        }
    }
}

const fn row(name: &'static str, theirs: fn(Tensor<2>, &Beside) -> Tensor<2>) -> Operation {
    Operation { name, theirs }
}

/// With the parameters that the library has by default.
pub(crate) const OPERATIONS: &[Operation] = &[
    row("relu", |x, _| burn_activation::relu(x)),
    row("relu6", |x, _| burn_activation::relu6(x)),
    row("leaky_relu", |x, _| burn_activation::leaky_relu(x, 0.01)),
    row("prelu", |x, beside| {
        burn_activation::prelu(x, beside.slope.clone())
    }),
    row("thresholded_relu", |x, _| {
        burn_activation::thresholded_relu(x, 1.0)
    }),
    row("elu", |x, _| burn_activation::elu(x, 1.0)),
    row("celu", |x, _| burn_activation::celu(x, 1.0)),
    row("selu", |x, _| burn_activation::selu(x)),
    row("sigmoid", |x, _| burn_activation::sigmoid(x)),
    row("hard_sigmoid", |x, _| {
        burn_activation::hard_sigmoid(x, 1.0 / 6.0, 0.5)
    }),
    row("log_sigmoid", |x, _| burn_activation::log_sigmoid(x)),
    row("tanh", |x, _| burn_activation::tanh(x)),
    row("hard_tanh", |x, _| burn_activation::hardtanh(x, -1.0, 1.0)),
    row("tanh_shrink", |x, _| burn_activation::tanhshrink(x)),
    row("hard_shrink", |x, _| burn_activation::hard_shrink(x, 0.5)),
    row("soft_shrink", |x, _| burn_activation::soft_shrink(x, 0.5)),
    row("shrink", |x, _| burn_activation::shrink(x, 0.5, 0.0)),
    row("silu", |x, _| burn_activation::silu(x)),
    row("hard_swish", |x, _| burn_activation::hard_swish(x)),
    row("gelu", |x, _| burn_activation::gelu(x)),
    row("gelu_tanh", |x, _| burn_activation::gelu_approximate(x)),
    row("mish", |x, _| burn_activation::mish(x)),
    row("softplus", |x, _| burn_activation::softplus(x, 1.0)),
    row("softsign", |x, _| burn_activation::softsign(x)),
    row("softmax", |x, _| burn_activation::softmax(x, 1)),
    row("softmin", |x, _| burn_activation::softmin(x, 1)),
    row("log_softmax", |x, _| burn_activation::log_softmax(x, 1)),
    row("glu", |x, _| burn_activation::glu(x, 1)),
    row("cross_entropy", |x, beside| {
        let loss = beside.loss.forward(x, beside.classes.clone());
        loss.reshape([1, 1])
    }),
];
