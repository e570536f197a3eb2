//! The same in f64 on the CPU, and how far f32 may be from it.

use wgpu_activations::Activation;

use crate::{Inputs, Sizes};

/// Half the distance from 1 to the next f32: what one rounding is off by, relative to its result.
const ROUNDING: f64 = 1.0 / (1 << 24) as f64;

/// |GELU″| = φ(x) |2 − x²| at most: 2 φ(0).
const LARGEST_SECOND_DERIVATIVE: f64 = 0.797_884_560_802_865_4;

/// A number and how far its twin in f32 may be from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounded {
    pub(crate) exact: f64,
    pub(crate) bound: f64,
}

/// What both directions give.
pub(crate) struct Exact {
    pub(crate) output: Vec<Bounded>,
    pub(crate) gradient: Vec<Bounded>,
}

impl Exact {
    pub(crate) fn new(sizes: Sizes, inputs: &Inputs) -> Self {
        let Inputs { a, b, bias, g, v } = inputs;
        let zs = product(sizes, a, b, Some(bias));
        let sums = product(sizes, g, v, None);
        let gradient = sums.iter().zip(&zs).map(|(&sum, &z)| gradient(sum, z));
        Self {
            gradient: gradient.collect(),
            output: zs.iter().map(|&z| output(z)).collect(),
        }
    }
}

/// left · right, and the bias of each column.
///
/// A sum of n products in whatever order, fused or not, is off by no more than γ Σ|aᵢbᵢ| with
/// γ = n u / (1 − n u), where u is one rounding (Higham, Accuracy and Stability of Numerical Algorithms,
/// section 3.1). A bias is one more term.
fn product(sizes: Sizes, left: &[f32], right: &[f32], bias: Option<&[f32]>) -> Vec<Bounded> {
    let (columns, inner) = (sizes.columns as usize, sizes.inner as usize);
    let terms = (inner + usize::from(bias.is_some())) as f64;
    let gamma = terms * ROUNDING / (1.0 - terms * ROUNDING);
    let mut results = Vec::with_capacity(sizes.rows as usize * columns);
    for row in left.chunks(inner) {
        let first = |column| bias.map_or(0.0, |bias: &[f32]| f64::from(bias[column]));
        let mut sums: Vec<_> = (0..columns)
            .map(|column| (first(column), first(column).abs()))
            .collect();
        for (&a, others) in row.iter().zip(right.chunks(columns)) {
            for ((sum, size), &b) in sums.iter_mut().zip(others) {
                let term = f64::from(a) * f64::from(b);
                *sum += term;
                *size += term.abs();
            }
        }
        results.extend(sums.into_iter().map(|(exact, size)| Bounded {
            exact,
            bound: gamma * size,
        }));
    }
    results
}

/// GELU of a number that is off already.
///
/// That moves the result by |GELU′| times as much, where GELU′ itself changes by what the second derivative
/// allows; the kernel adds the ULP that it is allowed, one of which is two roundings at most.
fn output(z: Bounded) -> Bounded {
    let gelu = Activation::gelu();
    let (value, slope) = at(&gelu, z.exact);
    let moved = (slope.value.abs() + LARGEST_SECOND_DERIVATIVE * z.bound) * z.bound;
    Bounded {
        exact: value.value,
        bound: moved + 2.0 * ROUNDING * gelu.bound() * (value.scale + moved),
    }
}

/// A sum times GELU′(z), where both are off and the product is rounded.
fn gradient(sum: Bounded, z: Bounded) -> Bounded {
    let gelu = Activation::gelu();
    let (_, slope) = at(&gelu, z.exact);
    let moved = LARGEST_SECOND_DERIVATIVE * z.bound;
    let off = moved + 2.0 * ROUNDING * gelu.bound() * (slope.scale + moved);
    let exact = sum.exact * slope.value;
    let largest = (sum.exact.abs() + sum.bound) * (slope.value.abs() + off) * (1.0 + ROUNDING);
    Bounded {
        exact,
        bound: largest - exact.abs(),
    }
}

/// A value, and the magnitude at which its ULP are counted: that of its largest term, where terms cancel.
struct Scaled {
    value: f64,
    scale: f64,
}

/// The library's reference, forward and derivative.
fn at(activation: &Activation, x: f64) -> (Scaled, Scaled) {
    let reference = activation.definition().map(|row| row.reference);
    let reference = reference.expect("a row of the catalogue has a reference");
    let scaled = |value: f64, largest_term: Option<fn(f64, &[f64]) -> f64>| Scaled {
        value,
        scale: largest_term
            .map_or(0.0, |term| term(x, &[]))
            .max(value.abs()),
    };
    (
        scaled(reference.forward_at(x, &[]), reference.forward_largest_term),
        scaled(
            reference.derivative_at(x, &[]),
            reference.derivative_largest_term,
        ),
    )
}
