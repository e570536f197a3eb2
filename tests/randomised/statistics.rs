//! Whether slopes look random: fixed seeds, so that a test passes always or never.

use std::collections::HashSet;

use wgpu_activations::{RandomisedRelu, Seed};

use super::Subject;

const COUNT: usize = 1_000_000;

fn seed() -> Seed {
    Seed::new(0x0123_4567_89ab_cdef)
}

/// Slopes as u in 0 .. 1.
fn uniform(gpu: &Subject, seed: Seed, count: usize) -> Vec<f64> {
    let relu = RandomisedRelu::new(0.0, 1.0).expect("bounds");
    let slopes = gpu.slopes(&relu, seed, count);
    slopes.into_iter().map(f64::from).collect()
}

/// Kolmogorov–Smirnov: √n times the largest difference of the distributions exceeds 1.63 once in a
/// hundred times where they are alike.
#[test]
fn slopes_are_uniformly_distributed() {
    let gpu = Subject::shared();
    for (lower, upper) in [(1.0 / 8.0, 1.0 / 3.0), (-0.5, 0.25)] {
        let relu = RandomisedRelu::new(lower, upper).expect("bounds");
        let mut slopes = gpu.slopes(&relu, seed(), COUNT);
        slopes.sort_by(f32::total_cmp);
        let (lower, upper) = (f64::from(lower), f64::from(upper));
        let distances = slopes.iter().enumerate().map(|(index, &slope)| {
            let expected = (f64::from(slope) - lower) / (upper - lower);
            let (before, after) = (index as f64, (index + 1) as f64);
            let count = COUNT as f64;
            (expected - before / count).max(after / count - expected)
        });
        let statistic = distances.fold(0.0, f64::max) * (COUNT as f64).sqrt();
        println!("{lower} .. {upper}: {statistic:.3}");
        assert!(statistic < 1.63, "{lower} .. {upper}: {statistic}");
    }
}

/// √n times the correlation of two samples, which is normally distributed where they are independent.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let pairs = a.iter().zip(b);
    // A uniform variable's mean is 1/2 and its variance 1/12.
    let products = pairs.map(|(a, b)| (a - 0.5) * (b - 0.5) * 12.0);
    products.sum::<f64>() / (a.len() as f64).sqrt()
}

/// Four standard deviations: once in 16 000 times where streams are independent.
#[test]
fn streams_are_independent() {
    let gpu = Subject::shared();
    let first = uniform(gpu, seed(), COUNT);
    let next_key = Seed::new(seed().key() + 1);
    let other_half = Seed::new(seed().key() ^ (1 << 63));
    for other in [
        next_key,
        other_half,
        seed().after(COUNT as u64),
        seed().with_offset(1 << 63),
    ] {
        let correlation = correlation(&first, &uniform(gpu, other, COUNT));
        println!("{other:?}: {correlation:.2}");
        assert!(correlation.abs() < 4.0, "{other:?}: {correlation}");
    }
    // The next element, which has another lane, and the same lanes of the next counters.
    for distance in [1, 2, 3, 4, 8, 1024] {
        let correlation = correlation(&first[distance..], &first[..COUNT - distance]);
        println!("elements {distance} apart: {correlation:.2}");
        assert!(
            correlation.abs() < 4.0,
            "elements {distance} apart: {correlation}"
        );
    }
}

/// Four elements' slopes have 96 bits: none of a quarter of a million comes twice, in one stream or in
/// another.
#[test]
fn no_counter_repeats_the_slopes_of_another() {
    let gpu = Subject::shared();
    let mut seen = HashSet::new();
    let mut drawn = 0;
    for seed in [
        seed(),
        seed().after(COUNT as u64),
        Seed::new(seed().key() + 1),
    ] {
        for block in uniform(gpu, seed, COUNT / 4).chunks_exact(4) {
            seen.insert([0, 1, 2, 3].map(|at| block[at].to_bits()));
            drawn += 1;
        }
    }
    assert_eq!(seen.len(), drawn);
}
