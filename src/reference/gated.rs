//! Gated units in f64.

use crate::activation::GatedActivation;

/// An exact result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact {
    /// The result.
    pub value: f64,
    /// The magnitude at which errors are counted, where it crosses zero because its terms cancel; else 0.
    pub largest_term: f64,
}

/// The gradients of a gated unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradients {
    /// That of a.
    pub grad_a: Exact,
    /// That of b.
    pub grad_b: Exact,
}

/// `a · f(b)`; `None` where f is a custom activation without a reference.
pub fn forward(gated: &GatedActivation, a: f64, b: f64) -> Option<Exact> {
    let (f, p) = (
        gated.activation().reference()?,
        gated.activation().values_f64(),
    );
    let term = f.forward_largest_term.map_or(0.0, |term| term(b, &p));
    Some(scaled(a, f.forward_at(b, &p), term, b))
}

/// `grad_output · f(b)` and `grad_output · a · f′(b)`.
pub fn backward(gated: &GatedActivation, a: f64, b: f64, grad_output: f64) -> Option<Gradients> {
    let (f, p) = (
        gated.activation().reference()?,
        gated.activation().values_f64(),
    );
    let term = f.derivative_largest_term.map_or(0.0, |term| term(b, &p));
    Some(Gradients {
        grad_a: forward(gated, grad_output, b)?,
        grad_b: scaled(grad_output * a, f.derivative_at(b, &p), term, b),
    })
}

/// For a finite b, what f64 takes for infinite is still a number, and 0 times it is 0.
fn scaled(factor: f64, y: f64, largest_term: f64, b: f64) -> Exact {
    if factor == 0.0 && b.is_finite() && y.is_infinite() {
        return Exact {
            value: factor * y.signum(),
            largest_term: 0.0,
        };
    }
    Exact {
        value: factor * y,
        largest_term: if largest_term > 0.0 {
            factor.abs() * largest_term
        } else {
            0.0
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;

    fn close(actual: f64, exact: f64) {
        let error = (actual - exact).abs() / exact.abs();
        assert!(error < 1e-14, "{actual} instead of {exact}");
    }

    /// 2 f(1) and its gradients for a grad_output of 3, to 17 digits by mpmath.
    #[test]
    fn known_values() {
        for (gated, exact) in [
            (
                GatedActivation::glu(),
                [
                    1.462_117_157_260_009_7,
                    2.193_175_735_890_015,
                    1.179_671_599_448_891,
                ],
            ),
            (GatedActivation::bilinear(), [2.0, 3.0, 6.0]),
            (GatedActivation::reglu(), [2.0, 3.0, 6.0]),
            (
                GatedActivation::geglu(),
                [
                    1.682_689_492_137_085_9,
                    2.524_034_238_205_629,
                    6.499_892_823_526_117,
                ],
            ),
            (
                GatedActivation::geglu_tanh(),
                [
                    1.682_383_981_216_553_4,
                    2.523_575_971_824_833,
                    6.497_784_503_074_695,
                ],
            ),
            (
                GatedActivation::swiglu(),
                [
                    1.462_117_157_260_009_7,
                    2.193_175_735_890_015,
                    5.566_023_071_228_92,
                ],
            ),
        ] {
            close(forward(&gated, 2.0, 1.0).unwrap().value, exact[0]);
            let gradients = backward(&gated, 2.0, 1.0, 3.0).unwrap();
            close(gradients.grad_a.value, exact[1]);
            close(gradients.grad_b.value, exact[2]);
        }
    }

    #[test]
    fn gradients_are_those_of_the_forward_function() {
        let gates = [
            "sigmoid",
            "identity",
            "relu",
            "gelu",
            "gelu_tanh",
            "silu",
            "swish",
            "mish",
        ];
        for name in gates {
            let gated = GatedActivation::new(Activation::named(name).unwrap());
            for (a, b) in [(0.7, -1.3), (-2.0, 0.4), (3.1, 5.0), (0.0, -0.2)] {
                let loss = |a, b| 1.7 * forward(&gated, a, b).unwrap().value;
                let gradients = backward(&gated, a, b, 1.7).unwrap();
                let h = 1e-6;
                let by_a = (loss(a + h, b) - loss(a - h, b)) / (2.0 * h);
                let by_b = (loss(a, b + h) - loss(a, b - h)) / (2.0 * h);
                assert!((gradients.grad_a.value - by_a).abs() < 1e-8, "{name}");
                assert!((gradients.grad_b.value - by_b).abs() < 1e-8, "{name}");
            }
        }
    }

    #[test]
    fn nothing_times_a_huge_number_is_nothing() {
        let gated = GatedActivation::new(Activation::exponential());
        assert_eq!(forward(&gated, 0.0, 1e30).unwrap().value, 0.0);
        assert_eq!(backward(&gated, 0.0, 1e30, 2.0).unwrap().grad_b.value, 0.0);
        let product = forward(&gated, 0.0, f64::INFINITY).unwrap().value;
        assert!(product.is_nan(), "{product}");
    }
}
