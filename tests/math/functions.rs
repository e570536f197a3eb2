//! The functions of shaders/math whose error is stated, with their f64 formulas.

use std::f64::consts::{SQRT_2, TAU};

use wgpu_activations::reference::functions as exact;

/// A function, as an expression of `x` and of values `p.a` and `p.b`, where it has such.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) wgsl: &'static str,
    pub(crate) exact: fn(f64, &[f64]) -> f64,
    /// Each set of values that it is measured with.
    pub(crate) values: &'static [&'static [f32]],
    /// The magnitude of its largest term, where that is what errors are measured in.
    pub(crate) largest_term: Option<fn(f64, &[f64]) -> f64>,
    /// What the expression calls beside the module.
    pub(crate) helper: &'static str,
}

/// A function without values.
const fn plain(name: &'static str, wgsl: &'static str, exact: fn(f64, &[f64]) -> f64) -> Function {
    valued(name, wgsl, &[&[]], exact)
}

const fn valued(
    name: &'static str,
    wgsl: &'static str,
    values: &'static [&'static [f32]],
    exact: fn(f64, &[f64]) -> f64,
) -> Function {
    Function {
        name,
        wgsl,
        exact,
        values,
        largest_term: None,
        helper: "",
    }
}

/// The second part of an argument in two, as a share of the first, and its negative.
const SHARES: &[&[f32]] = &[&[0.0], &[0.000_976_562_5], &[-0.000_976_562_5]];
/// That part in the expressions: beyond +-174 e^x is no f32, and an argument is cut.
pub(crate) const SHARE: &str =
    "fn share(x: f32, part: f32) -> f32 { return clamp(x, -174.0, 174.0) * part; }";
/// Where both parts have the same sign.
const POSITIVE_SHARES: &[&[f32]] = &[&[0.0], &[0.000_976_562_5]];
/// A factor, over the range that hyper-parameters have, and such a share.
const FACTORS: &[&[f32]] = &[
    &[0.7, 0.0],
    &[-1.673_263_2, 0.000_976_562_5],
    &[1e-15, 0.0],
    &[1e12, 0.0],
];
/// Divisors and scales.
const SCALES: &[&[f32]] = &[&[0.7], &[-1e-15], &[9.9e11]];
/// The hyper-parameter of the inverse square root unit, which may be any normal f32 or 0.
const ALPHAS: &[&[f32]] = &[
    &[0.7],
    &[0.0],
    &[f32::MIN_POSITIVE],
    &[3e-20],
    &[3.999_999_8],
    &[5e20],
    &[f32::MAX],
];

fn tail(x: f64) -> f64 {
    libm::erfc(x / SQRT_2) / 2.0
}

pub(crate) const FUNCTIONS: &[Function] = &[
    valued(
        "math_scaled_argument",
        "math_scaled_argument(math_mask(p.a, 0xfffff000u), p.a - math_mask(p.a, 0xfffff000u), x)",
        SCALES,
        |x, p| p[0] * x,
    ),
    plain(
        "math_squared_argument",
        "math_squared_argument(x)",
        |x, _| x * x,
    ),
    plain("math_atan", "math_atan(x)", |x, _| x.atan()),
    plain("math_erf", "math_erf(x)", |x, _| libm::erf(x)),
    plain("math_erfc", "math_erfc(x)", |x, _| libm::erfc(x)),
    plain("math_exp", "math_exp(x)", |x, _| x.exp()),
    valued(
        "math_exp_pair",
        "math_exp_pair(math_exp_parts(x, share(x, p.a)))",
        SHARES,
        |x, p| (x * (1.0 + p[0])).exp(),
    ),
    valued(
        "math_exp_value",
        "math_exp_value(math_exp_parts(x, share(x, p.a)))",
        SHARES,
        |x, p| (x * (1.0 + p[0])).exp(),
    ),
    valued(
        "math_exp_times",
        "math_exp_times(math_exp_parts(x, share(x, p.b)), p.a)",
        FACTORS,
        |x, p| p[0] * (x * (1.0 + p[1])).exp(),
    ),
    plain(
        "math_exp_exp_complement",
        "math_exp_exp_complement(x)",
        |x, _| -(-x.exp()).exp_m1(),
    ),
    plain("math_exp_minus_exp", "math_exp_minus_exp(x)", |x, _| {
        (x - x.exp()).exp()
    }),
    valued(
        "math_expm1",
        "math_expm1(x, share(x, p.a))",
        SHARES,
        |x, p| (x * (1.0 + p[0])).exp_m1(),
    ),
    valued(
        "math_expm1_times",
        "math_expm1_times(x, share(x, p.b), p.a)",
        FACTORS,
        |x, p| p[0] * (x * (1.0 + p[1])).exp_m1(),
    ),
    Function {
        helper: "fn joined(m: MathExpm1mx) -> f32 { return m.factor * (m.curve.x + m.curve.y); }",
        ..plain("math_expm1mx", "joined(math_expm1mx(x))", |x, _| {
            exact::exp_minus_1_minus_x(x)
        })
    },
    Function {
        helper: "fn joined(e: MathFineExpm1) -> vec2<f32> { return vec2<f32>(e.leading, e.lesser * e.scale); }",
        ..plain(
            "math_fine_expm1_parts",
            "joined(math_fine_expm1_parts(x))",
            |x, _| x.exp_m1(),
        )
    },
    valued(
        "math_gate",
        "math_gate(p.a, x >= 0.0, math_gate_parts(x, share(x, p.b)))",
        &[&[1.0, 0.0], &[-87.3, 0.000_976_562_5], &[2.0, 0.0]],
        |x, p| p[0] * exact::sigmoid(x * (1.0 + p[1])),
    ),
    Function {
        largest_term: Some(|x, p| {
            let t = x * (1.0 + p[0]);
            exact::sigmoid(t).max((t * exact::sigmoid_slope(t)).abs())
        }),
        ..valued(
            "math_gate_slope",
            "math_gate_slope(x, x * p.a, x >= 0.0, math_gate_parts(x, share(x, p.a)))",
            POSITIVE_SHARES,
            |x, p| {
                let t = x * (1.0 + p[0]);
                exact::sigmoid(t) + t * exact::sigmoid_slope(t)
            },
        )
    },
    valued(
        "math_gate_bell",
        "math_gate_bell(vec2<f32>(math_mask(p.a, 0xfffffe00u), p.a - math_mask(p.a, 0xfffffe00u)), \
         math_gate_parts(x, share(x, p.b)))",
        &[&[1.0, 0.0], &[4.0, 0.0], &[1.143_933_3, 0.000_976_562_5]],
        |x, p| p[0] * exact::sigmoid_slope(x * (1.0 + p[1])),
    ),
    valued(
        "math_inverse_sqrt",
        "math_inverse_sqrt(x, x * p.a)",
        SHARES,
        |x, p| (x * (1.0 + p[0])).sqrt().recip(),
    ),
    valued(
        "math_times",
        "math_times(p.a, math_inverse_sqrt(x, x * p.b))",
        FACTORS,
        |x, p| p[0] / (x * (1.0 + p[1])).sqrt(),
    ),
    plain(
        "math_times",
        "math_times(x, math_inverse_sqrt(x, 0.0))",
        |x, _| x.sqrt(),
    ),
    valued("math_isru", "math_isru(x, p.a)", ALPHAS, |x, p| {
        exact::inverse_square_root_unit(x, p[0])
    }),
    valued(
        "math_isru_derivative",
        "math_isru_derivative(x, p.a)",
        ALPHAS,
        |x, p| exact::inverse_square_root_slope(x, p[0]),
    ),
    plain("math_log", "math_log(x)", |x, _| x.ln()),
    plain("math_log_parts", "math_log_parts(x)", |x, _| x.ln()),
    Function {
        helper: "fn scaled_log1p(e: MathExp) -> f32 { \
                 let y = math_log1p_fraction(e); return math_exp_scale(e, y.x + y.y); }",
        ..valued(
            "math_log1p_fraction",
            "scaled_log1p(math_exp_parts(x, share(x, p.a)))",
            POSITIVE_SHARES,
            |x, p| (x * (1.0 + p[0])).exp().ln_1p(),
        )
    },
    plain(
        "math_normal_near",
        "math_exp_times(math_normal_parts(x), math_normal_near(x))",
        |x, _| tail(x),
    ),
    plain("math_mills_ratio", "math_mills_ratio(x)", |x, _| {
        tail(x) / exact::normal_density(x)
    }),
    plain(
        "math_normal_parts",
        "math_exp_times(math_normal_parts(x), math_mills_ratio(x))",
        |x, _| tail(x) * TAU.sqrt(),
    ),
    valued(
        "math_quotient_parts",
        "math_quotient_parts(vec2<f32>(x, x * 0x1p-11f), math_divisor(p.a))",
        SCALES,
        |x, p| x * (1.0 + 1.0 / 2048.0) / p[0],
    ),
    valued(
        "math_quotient",
        "math_quotient(vec2<f32>(x, 0.0), math_divisor(p.a))",
        SCALES,
        |x, p| x / p[0],
    ),
    valued(
        "math_divisor_squared",
        "math_quotient(vec2<f32>(p.a, 0.0), math_divisor_squared(math_divisor(x)))",
        &[&[0.7]],
        |x, p| p[0] / (x * x),
    ),
    valued(
        "math_divisor_sum",
        "math_quotient(vec2<f32>(p.a, 0.0), \
         math_divisor_sum(max(x, 1.0), vec2<f32>(min(x, 1.0), 0.0)))",
        &[&[0.7]],
        |x, p| p[0] / (1.0 + x),
    ),
    plain("math_sin", "math_sin(x)", |x, _| x.sin()),
    plain("math_cos", "math_cos(x)", |x, _| x.cos()),
    Function {
        // A tail that cancels the angle is rounded itself.
        largest_term: Some(|x, p| x * p[0]),
        ..valued(
            "math_sin_angle",
            "math_sin_angle(math_reduce_moderate(x, x * p.a), 0u)",
            &[&[0.0], &[2.980_232_2e-8], &[-2.980_232_2e-8]],
            |x, p| (x * (1.0 + p[0])).sin(),
        )
    },
    valued(
        "math_tanh",
        "math_tanh(vec2<f32>(math_mask(p.a, 0xfffff000u), p.a - math_mask(p.a, 0xfffff000u)), \
         2.0 * min(x, 20.0), share(2.0 * min(x, 20.0), p.b))",
        &[&[1.0, 0.0], &[1.715_9, 0.000_976_562_5], &[-0.3, 0.0]],
        |x, p| p[0] * (x * (1.0 + p[1])).tanh(),
    ),
    plain(
        "math_tanh_shrink_quotient",
        "x * (x * x * math_tanh_shrink_quotient(x * x))",
        |x, _| exact::x_minus_tanh(x),
    ),
    valued(
        "math_two_product",
        "math_two_product(x, p.a)",
        SCALES,
        |x, p| x * p[0],
    ),
    valued("math_two_sum", "math_two_sum(x, p.a)", SCALES, |x, p| {
        x + p[0]
    }),
    valued(
        "math_pair_product",
        "math_pair_product(vec2<f32>(x, x * 0x1p-25f), vec2<f32>(p.a, p.a * -0x1p-26f))",
        SCALES,
        |x, p| x * (1.0 + 2.0_f64.powi(-25)) * (p[0] * (1.0 - 2.0_f64.powi(-26))),
    ),
];
