//! requires exp

// e^x - 1 - x for x <= 0, accurate relative to itself: with x = n ln 2 + r it is
//   r^2 q(r)                              for n = 0,
//   (r^2 q(r) + (ln 2 - 1 - x)) / 2       for n = -1,
//   e^x - (1 + x)                         below.
fn math_expm1mx(x: f32) -> f32 {
    let e = math_exp_parts(x, 0.0);
    let near = 0.5 * (e.curve + ((-0.30685282 - x) - 1.9046542e-9));
    let far = math_exp_value(e) - (1.0 + x);
    return select(select(far, near, e.second == 1.0), e.curve, e.first == 1.0);
}
