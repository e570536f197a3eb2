//! Special functions in f64 that the references are made of.

/// The logistic function 1/(1+e⁻ˣ), without overflow.
pub fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x < 0.0 {
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + e)
    }
}
