// WGSL has no erf; this is the usual stand-in, Abramowitz & Stegun 7.1.26, absolute error 1.5e-7.
fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let y = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return sign(x) * (1.0 - y * exp(-x * x));
}

fn forward(x: f32) -> f32 {
    return 0.5 * x * (1.0 + erf(0.70710678 * x));
}

fn derivative(x: f32) -> f32 {
    let cdf = 0.5 * (1.0 + erf(0.70710678 * x));
    return cdf + x * 0.39894228 * exp(-0.5 * x * x);
}
