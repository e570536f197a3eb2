//! The functions of shaders/math with their intervals and their f64 formulas.

use std::f64::consts::SQRT_2;

use wgpu_activations::reference::functions as exact;

/// A function of one module, as an expression of `x`.
pub(crate) struct Function {
    pub(crate) module: &'static str,
    pub(crate) wgsl: &'static str,
    /// Its interval, both ends included.
    pub(crate) interval: (f32, f32),
    pub(crate) exact: fn(f64, &[f64]) -> f64,
}

const fn function(
    module: &'static str,
    wgsl: &'static str,
    interval: (f32, f32),
    exact: fn(f64, &[f64]) -> f64,
) -> Function {
    Function {
        module,
        wgsl,
        interval,
        exact,
    }
}

/// Where e^x is a normal f32.
const EXP: (f32, f32) = (-87.336_54, 88.722_83);
/// Below, results may be flushed.
const LEAST: f32 = 1e-30;
/// Where no part of a root's inverse is flushed.
const ROOT: (f32, f32) = (8e-31, 2e37);
const ALL: (f32, f32) = (f32::MIN, f32::MAX);

pub(crate) const FUNCTIONS: &[Function] = &[
    function("atan", "math_atan(x)", ALL, |x, _| x.atan()),
    function("erf", "math_erf(x)", ALL, |x, _| libm::erf(x)),
    function("erf", "math_erfc(x)", (f32::MIN, 9.19), |x, _| {
        libm::erfc(x)
    }),
    function("exp", "math_exp(x)", EXP, |x, _| x.exp()),
    // An argument in two parts, the second 2^-12 of the first.
    function(
        "exp",
        "math_exp_value(math_exp_parts(x, x * 0x1p-12f))",
        (-87.3, 88.7),
        |x, _| (x * (1.0 + 1.0 / 4096.0)).exp(),
    ),
    function(
        "exp",
        "math_exp_times(math_exp_parts(x, 0.0), 0.7)",
        (-86.9, 88.7),
        |x, _| f64::from(0.7_f32) * x.exp(),
    ),
    function("exp_exp", "math_exp_minus_exp(x)", (-87.3, 4.51), |x, _| {
        (x - x.exp()).exp()
    }),
    function("expm1", "math_expm1(x, 0.0)", (-104.0, 88.0), |x, _| {
        x.exp_m1()
    }),
    function(
        "expm1",
        "math_expm1_times(x, 0.0, 0.7)",
        (-104.0, 88.0),
        |x, _| f64::from(0.7_f32) * x.exp_m1(),
    ),
    function(
        "expm1mx",
        "joined(math_expm1mx(x))",
        (-16_777_216.0, -1e-15),
        |x, _| exact::exp_minus_1_minus_x(x),
    ),
    function(
        "gate",
        "math_gate(1.0, x >= 0.0, math_gate_parts(x, 0.0))",
        (-87.3, f32::MAX),
        |x, _| exact::sigmoid(x),
    ),
    function(
        "gate",
        "math_gate_bell(vec2<f32>(1.0, 0.0), math_gate_parts(x, 0.0))",
        (-87.3, 87.3),
        |x, _| exact::sigmoid_slope(x),
    ),
    // A radicand in two parts, the second 2^-13 of the first.
    function(
        "inverse_sqrt",
        "math_times(0.7, math_inverse_sqrt(x, x * 0x1p-13f))",
        ROOT,
        |x, _| f64::from(0.7_f32) / (x * (1.0 + 1.0 / 8192.0)).sqrt(),
    ),
    function(
        "inverse_sqrt",
        "math_times(x, math_inverse_sqrt(x, 0.0))",
        ROOT,
        |x, _| x.sqrt(),
    ),
    function("isru", "math_isru(x, 0.7)", ALL, |x, _| {
        exact::inverse_square_root_unit(x, f64::from(0.7_f32))
    }),
    function(
        "isru",
        "math_isru_derivative(x, 0.7)",
        (-1e12, 1e12),
        |x, _| exact::inverse_square_root_slope(x, f64::from(0.7_f32)),
    ),
    function(
        "log",
        "math_log(x)",
        (f32::MIN_POSITIVE, f32::MAX),
        |x, _| x.ln(),
    ),
    // ln(1 + e^x).
    function(
        "log1p",
        "scaled_log1p(math_exp_parts(x, 0.0))",
        (-87.3, 0.0),
        |x, _| x.exp().ln_1p(),
    ),
    function(
        "normal_tail",
        "math_exp_times(math_normal_parts(x), math_normal_near(x))",
        (0.0, 2.0),
        |x, _| libm::erfc(x / SQRT_2) / 2.0,
    ),
    function("normal_tail", "math_mills_ratio(x)", (2.0, 15.0), |x, _| {
        libm::erfc(x / SQRT_2) / 2.0 / exact::normal_density(x)
    }),
    function(
        "quotient",
        "math_quotient(vec2<f32>(x, 0.0), math_divisor(0.7))",
        (LEAST, 1e38),
        |x, _| x / f64::from(0.7_f32),
    ),
    function(
        "quotient",
        "math_quotient(vec2<f32>(0.7, 0.0), \
         math_divisor_squared(math_divisor_sum(max(x, 1.0), vec2<f32>(min(x, 1.0), 0.0))))",
        (0.0, 1e13),
        |x, _| f64::from(0.7_f32) / ((1.0 + x) * (1.0 + x)),
    ),
    function("sin_cos", "math_sin(x)", ALL, |x, _| x.sin()),
    function("sin_cos", "math_cos(x)", ALL, |x, _| x.cos()),
    function(
        "tanh",
        "math_tanh(vec2<f32>(1.0, 0.0), 2.0 * x, 0.0)",
        (LEAST, f32::MAX),
        |x, _| x.tanh(),
    ),
    function(
        "tanh_shrink",
        "x * (x * x * math_tanh_shrink_quotient(x * x))",
        (1e-9, 1.0),
        |x, _| exact::x_minus_tanh(x),
    ),
];

/// What the expressions call beside the modules' functions.
pub(crate) fn helpers(module: &str) -> &'static str {
    match module {
        "expm1mx" => {
            "fn joined(m: MathExpm1mx) -> f32 { return m.factor * (m.curve.x + m.curve.y); }"
        }
        "log1p" => {
            "fn scaled_log1p(e: MathExp) -> f32 { \
             let y = math_log1p_fraction(e); return math_exp_scale(e, y.x + y.y); }"
        }
        _ => "",
    }
}
