//! NaN, infinities and signed zeros: what `docs/special-values.md` says is what the kernels do, in
//! every dtype.

mod common;

use common::generated::{self, short};
use common::{gpu, guarded};
use wgpu_activations::activation::{Definition, catalogue};
use wgpu_activations::{Activation, Dtype, Input, Job, Offload, Output};

const TEXT: &str = "\
# NaN, infinities and signed zeros

What the kernels give for values that are no finite numbers, forward (f) and backward with a
grad_output of 1 (f′), for f32, f16 and bf16 alike. `cargo xtask generate` writes this table from the
f64 references, and `cargo test --test special_values` holds the kernels to it.

- NaN gives NaN in every activation, forward and backward, also where the formula would choose
  between numbers (`relu`, clamps, steps). Its sign and payload are not kept.
- ±∞ gives the limit of f and of f′, and NaN where there is none. The table has the limits at the
  default hyper-parameters, to four decimals; a limit of 0 may come with either sign.
- The sign of a zero is kept where the activation is odd: f(−0) = −0. Elsewhere a result of 0 may come
  with either sign.
- Subnormal f32 and bf16 may be flushed to zero of the same sign, as inputs and as results, where the
  adapter does so; subnormal f16 never are.
- A result beyond the range of its dtype is ±∞: above 65 504 for f16 once rounded.

| activation | f(−∞) | f(∞) | f′(−∞) | f′(∞) | f(−0) |
|---|---|---|---|---|---|
";

#[test]
fn the_table_of_special_values_is_generated() {
    let rows = catalogue().map(|row| {
        let p = Activation::from_definition(row).values_f64();
        let (f, derivative) = (row.reference.forward, row.reference.derivative);
        let cells = [
            f(f64::NEG_INFINITY, &p),
            f(f64::INFINITY, &p),
            derivative(f64::NEG_INFINITY, &p),
            derivative(f64::INFINITY, &p),
        ];
        let cells = cells.map(|limit| short(if limit == 0.0 { 0.0 } else { limit }));
        let at_zero = if is_odd(row) {
            "−0".to_owned()
        } else {
            short(f(0.0, &p))
        };
        format!("| `{}` | {} | {at_zero} |\n", row.name, cells.join(" | "))
    });
    generated::check(
        "docs/special-values.md",
        &format!("{TEXT}{}", rows.collect::<String>()),
    );
}

fn is_odd(row: &Definition) -> bool {
    row.properties.zero_centred
}

/// Runs an activation in both directions over f32 values that the dtype holds.
fn both(gpu: &Offload, activation: &Activation, dtype: Dtype, x: &[f32]) -> [Vec<f32>; 2] {
    let elements: Vec<u32> = x.iter().map(|&x| guarded::bits(dtype, x)).collect();
    let ones: Vec<u32> = x.iter().map(|_| guarded::bits(dtype, 1.0)).collect();
    let (mut y, mut grad_x) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
    let [elements, ones] = [elements, ones].map(|bits| guarded::pack(dtype, &bits));
    let bytes = x.len() * dtype.size() as usize;
    let input = || Input::bytes(dtype, &elements[..bytes]);
    let grad = Input::bytes(dtype, &ones[..bytes]);
    let len = x.len() as u64;
    let forward = Job::forward(activation, input(), Output::slice(&mut y), len);
    gpu.run(forward).expect("forward");
    let backward = Job::backward(activation, input(), grad, Output::slice(&mut grad_x), len);
    gpu.run(backward).expect("backward");
    [y, grad_x]
}

/// Goes through all activations, with all their sets of hyper-parameters, in all dtypes; `check` says
/// what is wrong.
fn every_case(check: impl Fn(&Offload, &Definition, &Activation, Dtype) -> Option<String>) {
    // One device, so that each kernel is compiled once; a static is never dropped.
    let mut wrong = Vec::new();
    for row in catalogue() {
        for activation in Activation::variants(row) {
            for dtype in Dtype::ALL {
                let found = check(gpu(), row, &activation, dtype);
                let values = activation.values();
                wrong.extend(found.map(|text| format!("{} {values:?} {dtype}: {text}", row.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nan_gives_nan() {
    let nans = [0x7fc0_0000, 0xffc0_0000, 0x7fa0_0000, 0x7fff_ffff].map(f32::from_bits);
    every_case(|gpu, _, activation, dtype| {
        let both = both(gpu, activation, dtype, &nans);
        let is_lost = both.iter().flatten().any(|y| !y.is_nan());
        is_lost.then(|| format!("{both:?}"))
    });
}

#[test]
fn infinity_gives_the_limit() {
    let ends = [f32::NEG_INFINITY, f32::INFINITY];
    every_case(|gpu, row, activation, dtype| {
        let p = activation.values_f64();
        let [y, grad_x] = both(gpu, activation, dtype, &ends);
        let limits = [row.reference.forward, row.reference.derivative]
            .map(|f| ends.map(|end| f(f64::from(end), &p) as f32));
        let agrees = |(value, limit): (&f32, &f32)| {
            (value.is_nan() && limit.is_nan())
                || value == limit
                || (value - limit).abs() <= 4.0 * relative_unit(dtype) * limit.abs()
        };
        let agree =
            y.iter().zip(&limits[0]).all(agrees) && grad_x.iter().zip(&limits[1]).all(agrees);
        (!agree).then(|| format!("f(±∞) = {y:?}, f′(±∞) = {grad_x:?}, not {limits:?}"))
    });
}

/// Twice the largest relative error of rounding to the type.
fn relative_unit(dtype: Dtype) -> f32 {
    match dtype {
        Dtype::F16 => half::f16::EPSILON.to_f32(),
        Dtype::Bf16 => half::bf16::EPSILON.to_f32(),
        _ => f32::EPSILON,
    }
}

#[test]
fn odd_activations_keep_the_sign_of_zero() {
    every_case(|gpu, row, activation, dtype| {
        let p = activation.values_f64();
        let f = |x: f64| (row.reference.forward)(x, &p);
        // Unusual hyper-parameters can make an odd activation another kind.
        let is_odd_now = [0.0, 0.3, 2.0, 50.0].iter().all(|&x| f(-x) == -f(x));
        if !is_odd(row) || !is_odd_now {
            return None;
        }
        let expected = if f(1e-3) < 0.0 {
            [0.0_f32, -0.0]
        } else {
            [-0.0, 0.0]
        };
        let [y, _] = both(gpu, activation, dtype, &[-0.0, 0.0]);
        let bits = |y: &[f32]| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
        (bits(&y) != bits(&expected)).then(|| format!("f(∓0) = {y:?}"))
    });
}
