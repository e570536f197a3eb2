//! One element at a time.

use super::operations::{Operation, each_part, each_part_of_two};

/// Elements that a thread takes at a time.
const CHUNK: usize = 1 << 14;

/// f and its derivative, each inlined into a loop of its own.
fn each(
    name: &'static str,
    f: impl Fn(f32) -> f32 + Sync + 'static,
    derivative: impl Fn(f32) -> f32 + Sync + 'static,
) -> Operation {
    Operation {
        name,
        forward: Box::new(move |input, output| {
            each_part((output, CHUNK), (input, CHUNK), |output, input| {
                for (y, &x) in output.iter_mut().zip(input) {
                    *y = f(x);
                }
            });
        }),
        backward: Box::new(move |input, _, grad_output, gradient| {
            let [input, grad_output] = [input, grad_output].map(|tensor| (tensor, CHUNK));
            each_part_of_two(
                (gradient, CHUNK),
                input,
                grad_output,
                |gradient, input, grad_output| {
                    for ((d, &x), &g) in gradient.iter_mut().zip(input).zip(grad_output) {
                        *d = g * derivative(x);
                    }
                },
            );
        }),
    }
}

fn choose(condition: bool, yes: f32, no: f32) -> f32 {
    if condition { yes } else { no }
}

fn is(condition: bool) -> f32 {
    choose(condition, 1.0, 0.0)
}

pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    const SCALE: f32 = 1.050_701;
    const ALPHA: f32 = 1.673_263_2;
    const INVERSE_SQRT_TAU: f32 = 0.398_942_3;
    // sqrt(2 / pi), and 0.044715 times it.
    const A: f32 = 0.797_884_6;
    const B: f32 = 0.035_677_41;
    let leaky = |name, slope: f32| {
        each(
            name,
            move |x| choose(x > 0.0, x, slope * x),
            move |x| choose(x > 0.0, 1.0, slope),
        )
    };
    let elu = |name| {
        each(
            name,
            |x: f32| choose(x > 0.0, x, x.exp_m1()),
            |x: f32| x.min(0.0).exp(),
        )
    };
    let cdf = |x: f32| 0.5 * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2));
    vec![
        each("relu", |x| x.max(0.0), |x| is(x > 0.0)),
        each("relu6", |x| x.clamp(0.0, 6.0), |x| is(x > 0.0 && x < 6.0)),
        leaky("leaky_relu", 0.01),
        leaky("prelu", 0.25),
        each(
            "thresholded_relu",
            |x| choose(x > 1.0, x, 0.0),
            |x| is(x > 1.0),
        ),
        elu("elu"),
        elu("celu"),
        each(
            "selu",
            |x| SCALE * choose(x > 0.0, x, ALPHA * x.exp_m1()),
            |x| SCALE * choose(x > 0.0, 1.0, ALPHA * x.exp()),
        ),
        each("sigmoid", sigmoid, |x| sigmoid(x) * sigmoid(-x)),
        each(
            "hard_sigmoid",
            |x| (x / 6.0 + 0.5).clamp(0.0, 1.0),
            |x| choose(x.abs() < 3.0, 1.0 / 6.0, 0.0),
        ),
        each("log_sigmoid", |x| -softplus(-x), |x| sigmoid(-x)),
        each("tanh", f32::tanh, |x| 1.0 - x.tanh().powi(2)),
        each("hard_tanh", |x| x.clamp(-1.0, 1.0), |x| is(x.abs() < 1.0)),
        each("tanh_shrink", |x| x - x.tanh(), |x| x.tanh().powi(2)),
        each(
            "hard_shrink",
            |x| choose(x.abs() > 0.5, x, 0.0),
            |x| is(x.abs() > 0.5),
        ),
        each(
            "soft_shrink",
            |x| (x.abs() - 0.5).max(0.0).copysign(x),
            |x| is(x.abs() > 0.5),
        ),
        each(
            "silu",
            |x| x * sigmoid(x),
            |x| sigmoid(x) * (1.0 + x * sigmoid(-x)),
        ),
        each(
            "hard_swish",
            |x| x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
            |x| choose(x <= -3.0, 0.0, choose(x >= 3.0, 1.0, x / 3.0 + 0.5)),
        ),
        each(
            "gelu",
            move |x| x * cdf(x),
            move |x| cdf(x) + x * INVERSE_SQRT_TAU * (-0.5 * x * x).exp(),
        ),
        each(
            "gelu_tanh",
            |x| 0.5 * x * (1.0 + (x * (A + B * x * x)).tanh()),
            |x| {
                let t = (x * (A + B * x * x)).tanh();
                0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * (A + 3.0 * B * x * x)
            },
        ),
        each(
            "mish",
            |x| x * softplus(x).tanh(),
            |x| {
                let t = softplus(x).tanh();
                t + x * (1.0 - t * t) * sigmoid(x)
            },
        ),
        each("softplus", softplus, sigmoid),
        each(
            "softsign",
            |x| x / (1.0 + x.abs()),
            |x| (1.0 + x.abs()).powi(-2),
        ),
    ]
}
