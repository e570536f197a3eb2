use super::*;
use crate::activation::Activation;
use crate::verify::Direction;
use proptest::prelude::*;

/// The bits of an f64 tell 0 from −0 and one NaN from another.
fn bits(tally: &Tally) -> ([u64; 6], [u32; 2]) {
    let wide = [tally.max_ulp, tally.expected].map(f64::to_bits);
    (
        [
            tally.inputs,
            tally.correctly_rounded,
            tally.nan_disagreements,
            tally.infinity_disagreements,
            wide[0],
            wide[1],
        ],
        [tally.worst_input, tally.actual].map(f32::to_bits),
    )
}

/// What the slow path alone makes of the same results, with every term evaluated.
fn carefully(oracle: &Oracle, cases: &[(f32, f64, f32)]) -> Tally {
    let mut tally = Tally::default();
    for &(input, expected, actual) in cases {
        let verdict = oracle.verdict(input, expected, actual, 0.0);
        let infinite = oracle.rounds_to_infinity(verdict.expected);
        let is_infinite = actual.is_infinite() != infinite && verdict.error > oracle.bound();
        tally = tally.merge(Tally {
            inputs: 1,
            correctly_rounded: verdict.is_right.into(),
            nan_disagreements: verdict.error.is_nan().into(),
            infinity_disagreements: is_infinite.into(),
            max_ulp: verdict.error,
            worst_input: input,
            expected: verdict.expected,
            actual,
        });
    }
    tally
}

fn in_blocks(oracle: &Oracle, cases: &[(f32, f64, f32)]) -> Tally {
    let inputs: Vec<_> = cases.iter().map(|case| case.0).collect();
    let expected: Vec<_> = cases.iter().map(|case| case.1).collect();
    let outputs: Vec<_> = cases.iter().map(|case| case.2).collect();
    let mut tally = Tally::default();
    tally.add(oracle, &inputs, &expected, &outputs).unwrap();
    tally
}

/// Results near the exact ones, and anything else in their place now and then.
fn case(oracle: Oracle) -> impl Strategy<Value = (f32, f64, f32)> {
    let special = prop::sample::select(vec![
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        0.0,
        -0.0,
        1e-45,
        -1e-39,
        f32::MIN_POSITIVE,
    ]);
    let input = prop_oneof![
        4 => any::<u32>().prop_map(f32::from_bits),
        4 => -24.0_f32..24.0,
        1 => special.clone(),
    ];
    let change = prop_oneof![
        40 => (-6_i32..=6).prop_map(Some),
        1 => Just(None),
    ];
    (input, change, special).prop_map(move |(input, change, special)| {
        let expected = oracle.expected(&[input])[0];
        let rounded = expected as f32;
        let actual = match change {
            Some(ulp) => f32::from_bits(rounded.to_bits().wrapping_add_signed(ulp)),
            None => special,
        };
        (input, expected, actual)
    })
}

fn oracles() -> impl Strategy<Value = Oracle> {
    let rows = [
        (Activation::relu(), Direction::Forward),
        (Activation::exponential(), Direction::Forward),
        (Activation::gelu(), Direction::Backward),
        (Activation::snake(), Direction::Backward),
        (Activation::squared_relu(), Direction::Forward),
    ];
    let oracles = rows.map(|(activation, direction)| Oracle::new(&activation, direction));
    prop::sample::select(oracles.map(Result::unwrap).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn blocks_find_what_a_careful_look_finds(
        (oracle, cases) in oracles().prop_flat_map(|oracle| {
            let cases = prop::collection::vec(case(oracle.clone()), 1..400);
            (Just(oracle), cases)
        }),
        cut in 0.0..1.0,
    ) {
        let whole = in_blocks(&oracle, &cases);
        prop_assert_eq!(bits(&whole), bits(&carefully(&oracle, &cases)));

        let (first, second) = cases.split_at((cut * cases.len() as f64) as usize);
        let merged = in_blocks(&oracle, first).merge(in_blocks(&oracle, second));
        prop_assert_eq!(bits(&merged), bits(&whole));
    }
}

#[test]
fn many_shares_name_the_first_of_equal_errors() {
    let oracle = Oracle::new(&Activation::identity(), Direction::Forward).unwrap();
    let inputs: Vec<f32> = (0..5 * SHARE).map(|n| n as f32 + 0.5).collect();
    let mut outputs = inputs.clone();
    let next = |x: f32| f32::from_bits(x.to_bits() + 2);
    for at in [SHARE + 7, SHARE + 8, 4 * SHARE] {
        outputs[at] = next(inputs[at]);
    }
    let expected = oracle.expected(&inputs);
    let mut tally = Tally::default();
    tally.add(&oracle, &inputs, &expected, &outputs).unwrap();
    let found = (tally.max_ulp, tally.worst_input, tally.actual);
    assert_eq!(found, (2.0, inputs[SHARE + 7], outputs[SHARE + 7]));
    assert_eq!(tally.inputs - tally.correctly_rounded, 3);
}

#[test]
fn nan_must_come_back_as_nan() {
    let oracle = Oracle::new(&Activation::relu(), Direction::Backward).unwrap();
    let inputs = [f32::NAN, 1.0, -f32::NAN];
    let expected = oracle.expected(&inputs);
    assert!(expected[0].is_nan() && expected[2].is_nan());
    let mut tally = Tally::default();
    tally
        .add(&oracle, &inputs, &expected, &[f32::NAN, 1.0, 0.0])
        .unwrap();
    assert_eq!((tally.nan_disagreements, tally.correctly_rounded), (1, 2));
    assert!(tally.max_ulp.is_nan() && tally.worst_input.is_nan());
}

#[test]
fn a_subnormal_input_may_count_as_zero() {
    let oracle = Oracle::new(&Activation::cosine(), Direction::Forward).unwrap();
    let step = Oracle::new(&Activation::step(), Direction::Forward).unwrap();
    for (oracle, output, is_right) in [
        (&oracle, 1.0, true),
        (&step, 0.0, true),
        (&step, 0.5, false),
    ] {
        let report = oracle.judge(&[1e-40; 70], &[output; 70]).unwrap();
        assert_eq!(report.passed(), is_right, "{report}");
        assert_eq!(report.correctly_rounded, if is_right { 70 } else { 0 });
    }
    // Also where worse has been seen.
    let mut tally = Tally {
        max_ulp: f64::INFINITY,
        ..Tally::default()
    };
    tally.add(&step, &[1e-40], &[1.0], &[0.0]).unwrap();
    assert_eq!(tally.correctly_rounded, 1);
}

#[test]
fn missing_results_are_refused() {
    let oracle = Oracle::new(&Activation::relu(), Direction::Forward).unwrap();
    let mut tally = Tally::default();
    let error = tally
        .add(&oracle, &[1.0, 2.0], &[1.0], &[1.0, 2.0])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there are 2 inputs, but 1 expected results; give one for each input"
    );
    assert_eq!(tally, Tally::default());
}
