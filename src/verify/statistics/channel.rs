//! The numbers of a channel, or of all, and what is found of them.

use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::reference::Reference;
use crate::reference::statistics::{Exact, exact};
use crate::statistics::{Moments, Statistics};
use crate::verify::{ulp_error, ulp_size};

use super::StatisticsSample;

/// What the input's mean and deviation are counted in, as a part of an ULP: its numbers are exact.
const INPUT_UNIT: f64 = 1.0 / 4096.0;

const LEAST: f64 = f32::MIN_POSITIVE as f64;

/// An element, what becomes of it, and the terms at whose magnitude errors are counted, or 0.
#[derive(Clone, Copy)]
pub(super) struct Number {
    input: f64,
    output: f64,
    output_term: f64,
    slope: f64,
    slope_term: f64,
}

/// A single statistic.
pub(super) struct Finding {
    /// Of which of the three series.
    pub(super) series: &'static str,
    pub(super) statistic: &'static str,
    /// In ULP, infinite for a count that is wrong.
    pub(super) error: f64,
    pub(super) expected: f64,
    pub(super) actual: f64,
}

impl Number {
    pub(super) fn new(x: f32, reference: &Reference, p: &[f64]) -> Self {
        let x = f64::from(x);
        let term = |term: Option<fn(f64, &[f64]) -> f64>| {
            let term = term.filter(|_| x.is_finite());
            term.map_or(0.0, |term| term(x, p).abs())
        };
        Self {
            input: x,
            output: reference.forward_at(x, p),
            output_term: term(reference.forward_largest_term),
            slope: reference.derivative_at(x, p).abs(),
            slope_term: term(reference.derivative_largest_term),
        }
    }
}

/// Holds the statistics of numbers against exact ones.
pub(super) fn findings(
    activation: &Activation,
    numbers: &[Number],
    statistics: &Statistics,
) -> Vec<Finding> {
    let series = |of: fn(&Number) -> f64| -> Vec<f64> { numbers.iter().map(of).collect() };
    let [inputs, outputs, slopes] = [
        series(|n| n.input),
        series(|n| n.output),
        series(|n| n.slope),
    ];
    let [output_terms, slope_terms] = [series(|n| n.output_term), series(|n| n.slope_term)];
    let mut all = Vec::new();
    for (name, moments, values, terms, unit) in [
        ("input", statistics.input(), &inputs, &[][..], INPUT_UNIT),
        ("output", statistics.output(), &outputs, &output_terms, 1.0),
        ("slope", statistics.slope(), &slopes, &slope_terms, 1.0),
    ] {
        let term = terms.iter().copied().fold(0.0, f64::max);
        of_moments(name, moments, &exact(values), term, unit, &mut all);
    }
    let bound = activation.bound();
    let threshold = f64::from(StatisticsSample::THRESHOLD);
    let zeros = below(LEAST, &outputs, &output_terms, bound);
    let saturated = below(threshold, &slopes, &slope_terms, bound);
    all.push(count("output", "zeros", statistics.zeros(), zeros));
    all.push(count(
        "slope",
        "saturated",
        statistics.saturated(),
        saturated,
    ));
    all
}

/// Where a number is wrong by so much, the mean and the deviation are by no more.
fn of_moments(
    series: &'static str,
    moments: &Moments,
    exact: &Exact,
    term: f64,
    unit: f64,
    all: &mut Vec<Finding>,
) {
    let counts = [moments.finite(), moments.nan(), moments.infinite()];
    let names = ["finite", "NaN", "infinite"];
    for ((name, actual), expected) in names.into_iter().zip(counts).zip(exact.counts) {
        all.push(count(series, name, actual, [expected; 2]));
    }
    let scale = exact.minimum.abs().max(exact.maximum.abs()).max(term);
    let ulp = ulp_size(Dtype::F32, scale);
    let at_largest = |actual: f64, expected: f64| match (actual - expected).abs() {
        _ if actual.is_nan() && expected.is_nan() => 0.0,
        // Numbers below the normal ones may be taken for zero.
        error if error <= LEAST => 0.0,
        error => error / ulp,
    };
    let at_own = |actual: f64, expected| ulp_error(Dtype::F32, actual as f32, expected, term);
    let [deviation, exact_deviation] = [moments.variance(), exact.variance].map(f64::sqrt);
    let compared: [(_, _, _, &dyn Fn(f64, f64) -> f64); 4] = [
        ("mean", moments.mean(), exact.mean, &at_largest),
        ("deviation", deviation, exact_deviation, &at_largest),
        ("minimum", moments.minimum(), exact.minimum, &at_own),
        ("maximum", moments.maximum(), exact.maximum, &at_own),
    ];
    all.extend(
        compared.map(|(statistic, actual, expected, error)| Finding {
            series,
            statistic,
            error: error(actual, expected) / unit,
            expected,
            actual,
        }),
    );
}

/// How many magnitudes are below a limit, at least and at most: one that is as near as errors are large
/// may be on either side.
fn below(limit: f64, values: &[f64], terms: &[f64], bound: f64) -> [u64; 2] {
    [-bound, bound].map(|ulp| {
        let pairs = values.iter().zip(terms);
        let is_below = |(value, term): &(&f64, &f64)| {
            let scale = value.abs().max(**term);
            value.abs() < limit + ulp * ulp_size(Dtype::F32, scale)
        };
        pairs.filter(is_below).count() as u64
    })
}

fn count(
    series: &'static str,
    statistic: &'static str,
    actual: u64,
    [least, most]: [u64; 2],
) -> Finding {
    let expected = actual.clamp(least, most);
    Finding {
        series,
        statistic,
        error: if actual == expected {
            0.0
        } else {
            f64::INFINITY
        },
        expected: expected as f64,
        actual: actual as f64,
    }
}
