//! How 16-bit elements become f32 and f32 become 16-bit elements, against the `half` crate: every
//! pattern of 16 bits, and f32 at, just below and just above every point where rounding turns.

mod common;

use common::gpu;
use half::{bf16, f16};
use wgpu_activations::{Activation, Element};

/// The kernels do nothing to the elements but load and store them.
fn converted<T: Element, U: Element>(input: &[T]) -> Vec<U> {
    let mut output = vec![U::zeroed(); input.len()];
    gpu()
        .forward_into(&Activation::identity(), input, &mut output)
        .expect("converted");
    output
}

/// Adapters may take subnormal f32 for zero.
fn flushed(x: f32) -> f32 {
    if x.is_subnormal() {
        0.0_f32.copysign(x)
    } else {
        x
    }
}

#[test]
fn every_f16_is_loaded_exactly() {
    let all: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
    for (x, y) in all.iter().zip(converted::<f16, f32>(&all)) {
        let expected = x.to_f32();
        assert!(
            y.to_bits() == expected.to_bits() || (y.is_nan() && x.is_nan()),
            "{:#06x} became {y:e}, not {expected:e}",
            x.to_bits()
        );
    }
}

#[test]
fn every_bf16_is_loaded_exactly() {
    let all: Vec<bf16> = (0..=u16::MAX).map(bf16::from_bits).collect();
    for (x, y) in all.iter().zip(converted::<bf16, f32>(&all)) {
        let expected = x.to_f32();
        let right = [expected, flushed(expected)]
            .iter()
            .any(|expected| y.to_bits() == expected.to_bits());
        assert!(
            right || (y.is_nan() && x.is_nan()),
            "{:#06x} became {y:e}, not {expected:e}",
            x.to_bits()
        );
    }
}

#[test]
fn every_16_bit_element_comes_back_as_it_was() {
    let all: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
    for (x, y) in all.iter().zip(converted::<f16, f16>(&all)) {
        assert!(x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()));
    }
    let all: Vec<bf16> = (0..=u16::MAX).map(bf16::from_bits).collect();
    for (x, y) in all.iter().zip(converted::<bf16, bf16>(&all)) {
        let expected = [*x, bf16::from_f32(flushed(x.to_f32()))];
        assert!(expected.contains(&y) || (x.is_nan() && y.is_nan()));
    }
}

/// Each f32 that is a 16-bit element, each halfway between two of them, and the neighbours of both.
fn turning_points(elements: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut elements: Vec<f32> = elements.filter(|x| x.is_finite()).collect();
    elements.sort_by(f32::total_cmp);
    let mut points = vec![f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN];
    // Halfway between the largest element and the one that would follow it.
    if let [.., before, last] = elements[..] {
        let step = last - before;
        let beyond = (f64::from(last) + f64::from(step) / 2.0) as f32;
        elements.extend([beyond, -beyond]);
    }
    for pair in elements.windows(2) {
        let halfway = ((f64::from(pair[0]) + f64::from(pair[1])) / 2.0) as f32;
        for point in [pair[0], halfway, pair[1]] {
            points.extend([point, point.next_down(), point.next_up()]);
        }
    }
    points
}

#[test]
fn f32_are_rounded_to_the_nearest_even_f16() {
    let all = (0..=u16::MAX).map(|bits| f16::from_bits(bits).to_f32());
    let points = turning_points(all);
    assert!(points.len() > 500_000);
    for (x, y) in points.iter().zip(converted::<f32, f16>(&points)) {
        let expected = f16::from_f32(*x);
        assert_eq!(
            y.to_bits(),
            expected.to_bits(),
            "{x:e} became {y}, not {expected}"
        );
    }
}

#[test]
fn f32_are_rounded_to_the_nearest_even_bf16() {
    let all = (0..=u16::MAX).map(|bits| bf16::from_bits(bits).to_f32());
    let points = turning_points(all);
    for (x, y) in points.iter().zip(converted::<f32, bf16>(&points)) {
        let expected = [*x, flushed(*x)].map(|x| bf16::from_f32(x).to_bits());
        assert!(
            expected.contains(&y.to_bits()),
            "{x:e} became {y}, not {}",
            bf16::from_bits(expected[0])
        );
    }
}

#[test]
fn nan_stays_nan_whatever_its_bits() {
    let quiet_and_signalling = (0..23).flat_map(|bit| {
        let payload = 0x7f80_0000 | (1 << bit);
        [payload, payload | 0x8000_0000]
    });
    let all: Vec<f32> = quiet_and_signalling.map(f32::from_bits).collect();
    assert!(converted::<f32, f16>(&all).iter().all(|y| y.is_nan()));
    assert!(converted::<f32, bf16>(&all).iter().all(|y| y.is_nan()));
}
