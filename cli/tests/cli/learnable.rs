//! `apply` with hyper-parameters from files, held against formulas in f64.

mod bad_input;

use half::{bf16, f16};
use npyz::Order;
use safetensors::Dtype;

use crate::common::{Folder, numbers};
use crate::safetensors::{bytes, file, load};

const SHAPE: [u64; 3] = [2, 3, 4];
const SLOPES: [f32; 3] = [0.25, -0.5, 2.0];

/// Along axis 1 of an array of that shape, the channel of each of its elements as they lie.
fn channels(order: Order) -> impl Iterator<Item = usize> {
    (0..24).map(move |place| match order {
        Order::C => place / 4 % 3,
        Order::Fortran => place / 2 % 3,
    })
}

fn prelu(x: f32, slope: f32) -> f64 {
    f64::from(x) * if x > 0.0 { 1.0 } else { slope.into() }
}

/// With an input, a gradient of the output and slopes.
fn folder(order: Order) -> (Folder, [Vec<f32>; 2]) {
    let folder = Folder::new();
    let tensors = [numbers(24, 1), numbers(24, 2)];
    folder.save("x.npy", &SHAPE, order, &tensors[0]);
    folder.save("g.npy", &SHAPE, order, &tensors[1]);
    folder.save("slopes.npy", &[3, 1], Order::C, &SLOPES);
    (folder, tensors)
}

fn assert_close(actual: f32, expected: f64) {
    let error = (f64::from(actual) - expected).abs();
    assert!(
        error <= 2e-6 * expected.abs().max(1.0),
        "{actual} for {expected}"
    );
}

const APPLY: [&str; 8] = [
    "apply",
    "prelu",
    "x.npy",
    "y.npy",
    "--parameter",
    "negative_slope=slopes.npy",
    "--channel-axis",
    "1",
];
const BACKWARD: [&str; 4] = [
    "--backward",
    "g.npy",
    "--parameter-grad",
    "negative_slope=dslopes.npy",
];

#[test]
fn slopes_by_channel_in_either_order() {
    for order in [Order::C, Order::Fortran] {
        let (folder, [x, _]) = folder(order);
        for axis in ["1", "-2"] {
            folder.succeeds(&[&APPLY[..7], &[axis]].concat());
            let (shape, written, y) = folder.load::<f32>("y.npy");
            assert_eq!((shape, written), (SHAPE.to_vec(), order));
            for ((y, &x), channel) in y.into_iter().zip(&x).zip(channels(order)) {
                assert_close(y, prelu(x, SLOPES[channel]));
            }
        }
    }
}

#[test]
fn gradients_of_the_input_and_of_the_slopes() {
    for order in [Order::C, Order::Fortran] {
        let (folder, [x, g]) = folder(order);
        let run = folder.succeeds(&[&APPLY[..], &BACKWARD].concat());
        assert!(
            run.stderr.starts_with("prelu backward: 24 "),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("written to y.npy and dslopes.npy"),
            "{}",
            run.stderr
        );
        let mut sums = [0.0; 3];
        let (shape, _, dx) = folder.load::<f32>("y.npy");
        assert_eq!(shape, SHAPE);
        for (place, channel) in channels(order).enumerate() {
            let (x, g) = (x[place], f64::from(g[place]));
            let slope = if x > 0.0 { 1.0 } else { SLOPES[channel] };
            assert_close(dx[place], g * f64::from(slope));
            sums[channel] += g * f64::from(x.min(0.0));
        }
        let (shape, order, gradient) = folder.load::<f32>("dslopes.npy");
        assert_eq!((shape, order), (vec![3, 1], Order::C));
        for (gradient, sum) in gradient.into_iter().zip(sums) {
            assert_close(gradient, sum);
        }
        // Without the gradients of the slopes it is the same.
        folder.succeeds(&[&APPLY[..3], &["only.npy"], &APPLY[4..], &BACKWARD[..2]].concat());
        assert_eq!(folder.read("only.npy"), folder.read("y.npy"));
    }
}

/// slope_left by channel, threshold_right for all, and the others as they are set.
#[test]
fn several_parameters_beside_constants() {
    let (folder, [x, g]) = folder(Order::C);
    folder.save("right.npy", &[], Order::C, &[1.5_f32]);
    let apply = [
        "apply",
        "srelu",
        "x.npy",
        "y.npy",
        "--channel-axis",
        "1",
        "--set",
        "threshold_left=-2",
        "--set",
        "slope_right=0.5",
        "--parameter",
        "slope_left=slopes.npy",
        "--parameter",
        "threshold_right=right.npy",
    ];
    folder.succeeds(&apply);
    let y = folder.load::<f32>("y.npy").2;
    let (mut left, mut right) = ([0.0; 3], 0.0);
    for (place, channel) in channels(Order::C).enumerate() {
        let (x, g, slope) = (x[place].into(), f64::from(g[place]), SLOPES[channel].into());
        assert_close(y[place], srelu(x, slope));
        left[channel] += if x > -2.0 { 0.0 } else { g * (x + 2.0) };
        right += if x >= 1.5 { g * 0.5 } else { 0.0 };
    }
    let backward = [
        "--backward",
        "g.npy",
        "--parameter-grad",
        "threshold_right=dright.npy",
        "--parameter-grad",
        "slope_left=dleft.npy",
    ];
    folder.succeeds(&[&apply[..], &backward].concat());
    let gradient = folder.load::<f32>("dleft.npy").2;
    for (gradient, sum) in gradient.into_iter().zip(left) {
        assert_close(gradient, sum);
    }
    let (shape, _, gradient) = folder.load::<f32>("dright.npy");
    assert!(shape.is_empty());
    assert_close(gradient[0], right);
}

fn srelu(x: f64, slope_left: f64) -> f64 {
    match x {
        x if x >= 1.5 => 1.5 + 0.5 * (x - 1.5),
        x if x > -2.0 => x,
        x => -2.0 + slope_left * (x + 2.0),
    }
}

/// Values of 16 bits, from and to either format, and gradients in place of them.
#[test]
fn values_of_every_dtype() {
    let (folder, [x, g]) = folder(Order::C);
    let brains = bytes(&SLOPES.map(bf16::from_f32), bf16::to_le_bytes);
    let values = file(&[
        ("slopes", Dtype::BF16, &[3], &brains),
        ("bias", Dtype::F32, &[1], &[0; 4]),
    ]);
    folder.write("w.safetensors", values);
    folder.save("half.npy", &[3], Order::C, &SLOPES.map(f16::from_f32));
    let mut sums = [0.0; 3];
    for (place, channel) in channels(Order::C).enumerate() {
        sums[channel] += f64::from(x[place].min(0.0)) * f64::from(g[place]);
    }
    let apply = |values: &str, gradient: &str| {
        let values = format!("negative_slope={values}");
        let gradient = format!("negative_slope={gradient}");
        let mut arguments = [&APPLY[..], &BACKWARD].concat();
        (arguments[5], arguments[11]) = (values.as_str(), gradient.as_str());
        folder.succeeds(&arguments);
    };
    let near = |actual: f64, sum: f64, share: f64| {
        assert!(
            (actual - sum).abs() <= share * sum.abs(),
            "{actual} for {sum}"
        );
    };
    apply("w.safetensors:slopes", "d.safetensors");
    let (dtype, shape, gradient) = load(&folder, "d.safetensors", "slopes");
    assert_eq!((dtype, shape), (Dtype::BF16, vec![3]));
    for (bytes, sum) in gradient.as_chunks::<2>().0.iter().zip(sums) {
        near(bf16::from_le_bytes(*bytes).to_f64(), sum, 2.0_f64.powi(-8));
    }
    apply("w.safetensors:slopes", "wide.npy");
    for (gradient, sum) in folder.load::<f32>("wide.npy").2.into_iter().zip(sums) {
        assert_close(gradient, sum);
    }
    apply("half.npy", "half.npy");
    let (shape, _, gradient) = folder.load::<f16>("half.npy");
    assert_eq!(shape, [3]);
    for (gradient, sum) in gradient.into_iter().zip(sums) {
        near(gradient.to_f64(), sum, 2.0_f64.powi(-11));
    }
}

/// Their order is that of the axis, whatever the file's.
#[test]
fn values_in_fortran_order_lie_along_the_axis() {
    let (folder, _) = folder(Order::C);
    folder.save("x.npy", &[4], Order::C, &[-1.0_f32; 4]);
    folder.save(
        "slopes.npy",
        &[2, 2],
        Order::Fortran,
        &[1.0_f32, 3.0, 2.0, 4.0],
    );
    folder.save("g.npy", &[4], Order::C, &[1.0_f32, 2.0, 3.0, 4.0]);
    let axis = [&APPLY[..7], &["0"]].concat();
    folder.succeeds(&axis);
    assert_eq!(folder.load::<f32>("y.npy").2, [-1.0, -2.0, -3.0, -4.0]);
    folder.succeeds(&[&axis[..], &BACKWARD].concat());
    let gradient = folder.load::<f32>("dslopes.npy");
    let expected = vec![-1.0, -2.0, -3.0, -4.0];
    assert_eq!(gradient, (vec![2, 2], Order::C, expected));
}

#[test]
fn a_slope_for_more_elements_than_a_chunk_has() {
    let folder = Folder::new();
    let count = (5 << 20) + 3;
    folder.save(
        "x.npy",
        &[count],
        Order::C,
        &vec![f16::NEG_ONE; count as usize],
    );
    folder.save("g.npy", &[count], Order::C, &vec![f16::ONE; count as usize]);
    folder.save("slopes.npy", &[1, 1], Order::C, &[0.5_f32]);
    let without_axis = &APPLY[..6];
    folder.succeeds(&[without_axis, &BACKWARD].concat());
    let (_, _, dx) = folder.load::<f16>("y.npy");
    assert!(dx.iter().all(|&dx| dx == f16::from_f32(0.5)));
    assert_eq!(folder.load::<f32>("dslopes.npy").2, [-(count as f32)]);
}

#[test]
fn no_elements_have_gradients_of_zero() {
    let (folder, _) = folder(Order::C);
    folder.save::<f32>("x.npy", &[0, 3], Order::C, &[]);
    folder.save::<f32>("g.npy", &[0, 3], Order::C, &[]);
    folder.succeeds(&[&APPLY[..], &BACKWARD].concat());
    assert_eq!(folder.load::<f32>("y.npy").0, [0, 3]);
    assert_eq!(folder.load::<f32>("dslopes.npy").2, [0.0; 3]);
}
