// WGSL has no erf; this is the usual stand-in, Abramowitz & Stegun 7.1.26, absolute error 1.5e-7.
fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let y = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return sign(x) * (1.0 - y * exp(-x * x));
}

fn softplus(x: f32) -> f32 {
    return select(log(1.0 + exp(x)), x, x > 20.0);
}

fn forward(x: f32) -> f32 {
    return x * erf(softplus(x));
}

fn derivative(x: f32) -> f32 {
    let u = softplus(x);
    let s = 1.0 / (1.0 + exp(-x));
    return erf(u) + x * s * 1.1283791671 * exp(-u * u);
}
