use super::*;
use crate::verify::{Walk, round_to};

fn all(dtype: Dtype) -> Vec<f32> {
    let mut inputs = Vec::new();
    Walk::all(dtype).inputs(0..1 << 16, &mut inputs);
    inputs
}

#[test]
fn sixteen_bit_results_must_be_rounded_to_their_type() {
    for dtype in [Dtype::F16, Dtype::Bf16] {
        let inputs = all(dtype);
        for direction in Direction::ALL {
            let oracle = Oracle::new(&Activation::gelu(), direction).unwrap();
            let oracle = oracle.with_dtypes(dtype, dtype);
            let expected = oracle.expected(&inputs);
            let right: Vec<_> = expected
                .iter()
                .map(|&y| round_to(dtype, y) as f32)
                .collect();
            let report = oracle.judge(&inputs, &right).unwrap();
            assert!(report.passed(), "{report}");
            assert_eq!(report.correctly_rounded, report.inputs);

            // What f32 has is more than the type holds.
            let unrounded: Vec<_> = expected.iter().map(|&y| y as f32).collect();
            let report = oracle.judge(&inputs, &unrounded).unwrap();
            assert!(!report.passed() && report.to_string().contains("% correctly rounded"));

            // One unit beside the right one is near enough, but not often.
            let beside = |y: f32| {
                if y.abs() < 1.0 && y != 0.0 {
                    y + ulp(dtype, y)
                } else {
                    y
                }
            };
            for (count, passes) in [(65, true), (66, false)] {
                let mut outputs = right.clone();
                let ordinary = (0..outputs.len()).filter(|&n| beside(right[n]) != right[n]);
                ordinary
                    .take(count)
                    .for_each(|n| outputs[n] = beside(right[n]));
                let report = oracle.judge(&inputs, &outputs).unwrap();
                assert_eq!(report.correctly_rounded, report.inputs - count as u64);
                assert_eq!(report.is_rounded_well(), passes, "{report}");
            }
        }
    }
}

fn ulp(dtype: Dtype, value: f32) -> f32 {
    crate::verify::ulp_size(dtype, value.into()) as f32
}

/// At an f32 beside the zero of GELU's derivative, whose terms are 0.23 in size.
#[test]
fn of_cancelled_terms_in_f32_not_every_digit_is_left_for_16_bits() {
    let input = -0.751_791_54_f32;
    let oracle = Oracle::new(&Activation::gelu(), Direction::Backward).unwrap();
    for (dtype, near, far) in [(Dtype::Bf16, 4e-8, 1e-6), (Dtype::F16, 4e-8, 2e-6)] {
        let passes = |from, error| {
            let oracle = oracle.clone().with_dtypes(from, dtype);
            let [expected] = oracle.expected(&[input])[..] else {
                panic!("one result");
            };
            assert!(expected.abs() < 1e-7);
            let actual = round_to(dtype, expected + error) as f32;
            oracle.judge(&[input], &[actual]).unwrap().max_ulp <= 1.0
        };
        assert!(
            passes(Dtype::F32, near) && !passes(Dtype::F32, far),
            "{dtype}"
        );
        assert!(!passes(dtype, far), "{dtype}");
    }
}

#[test]
fn types_may_differ() {
    let oracle = Oracle::new(&Activation::squared_relu(), Direction::Forward).unwrap();
    let judge = |input, output, y| {
        let oracle = oracle.clone().with_dtypes(input, output);
        oracle.judge(&[300.0], &[y]).unwrap()
    };
    assert!(judge(Dtype::F16, Dtype::F32, 90_000.0).passed());
    assert!(judge(Dtype::F16, Dtype::F16, f32::INFINITY).passed());
    let stopped = judge(Dtype::F16, Dtype::F16, 65_504.0);
    assert_eq!(stopped.infinity_disagreements, 1);
    assert!(stopped.to_string().contains("from f16 to f16"), "{stopped}");
    assert_eq!(judge(Dtype::F32, Dtype::F32, 90_000.0).bound, 4.0);
}

#[test]
fn the_fingerprint_follows_the_function() {
    let of = |activation: &Activation, direction| {
        Oracle::new(activation, direction).unwrap().fingerprint()
    };
    let gelu = Activation::gelu();
    let forward = of(&gelu, Direction::Forward);
    assert_eq!(forward, of(&gelu, Direction::Forward));
    assert_ne!(forward, of(&gelu, Direction::Backward));
    assert_ne!(forward, of(&Activation::gelu_tanh(), Direction::Forward));
}

#[test]
fn the_bound_is_the_activations() {
    let bound = |activation: &Activation| {
        let oracle = Oracle::new(activation, Direction::Forward).unwrap();
        oracle.judge(&[0.0], &[0.0]).unwrap().bound
    };
    assert_eq!(bound(&Activation::tanh()), 2.0);
    assert_eq!(bound(&Activation::gelu()), 4.0);
}
