//! requires near_zero, trig_reduction

// Sine and cosine of a reduced angle, abs(r) <= pi / 4: r + r^3 S(r^2) (relative error 2^-27.9)
// and 1 - r^2 / 2 + r^4 C(r^2) (2^-33), minimax polynomials (Remez 1934, Sur le calcul effectif des
// polynomes d'approximation de Tchebichef). One is evaluated: the quadrant chooses which.
// Constants: tools/coefficients_trig.py.

const MATH_SIN_0: f32 = -1.6666655e-01;
const MATH_SIN_1: f32 = 8.332189e-03;
const MATH_SIN_2: f32 = -1.9518277e-04;
const MATH_COS_0: f32 = 4.1666646e-02;
const MATH_COS_1: f32 = -1.388731e-03;
const MATH_COS_2: f32 = 2.4432327e-05;

// The sine of hi + lo, or where `odd` the cosine, as the sum of two parts.
fn math_sin_parts(angle: MathAngle, odd: bool) -> vec2<f32> {
    let r = angle.hi + angle.lo;
    // The square of a moderate angle's twelve bits is exact, which the cosine profits from.
    let z_hi = angle.hi * angle.hi;
    let z_lo = angle.lo * (angle.hi + r);
    let z = z_hi + z_lo;
    let c0 = select(MATH_SIN_0, MATH_COS_0, odd);
    let c1 = select(MATH_SIN_1, MATH_COS_1, odd);
    let c2 = select(MATH_SIN_2, MATH_COS_2, odd);
    let polynomial = z * (c0 + z * (c1 + z * c2));
    let sine_rest = angle.lo + r * polynomial;
    let cosine_rest = (z * polynomial - 0.5 * z_lo) - 0.5 * z_hi;
    return vec2<f32>(select(angle.hi, 1.0, odd), select(sine_rest, cosine_rest, odd));
}

// sin(angle + quadrants * pi / 2), as the sum of two parts.
fn math_sin_angle_parts(angle: MathAngle, quadrants: u32) -> vec2<f32> {
    let quadrant = angle.quadrant + quadrants;
    let parts = math_sin_parts(angle, (quadrant & 1u) != 0u);
    let sign = vec2<u32>((quadrant & 2u) << 30u);
    return bitcast<vec2<f32>>(bitcast<vec2<u32>>(parts) ^ sign);
}

// Measured: within 1 ULP of the largest term for x in -3200 .. 3200 and results in
// 1e-30 .. 1; a term is the tail of the angle.
fn math_sin_angle(angle: MathAngle, quadrants: u32) -> f32 {
    let parts = math_sin_angle_parts(angle, quadrants);
    return parts.x + parts.y;
}

// NaN, made from bits, for an infinite x; otherwise y.
fn math_nan_at_infinity(x: f32, y: f32) -> f32 {
    let magnitude = bitcast<u32>(x) & 0x7fffffffu;
    return bitcast<f32>(bitcast<u32>(y) | select(0u, 0x7fc00000u, magnitude >= 0x7f800000u));
}

// Measured: within 1.01 ULP for every x.
fn math_sin(x: f32) -> f32 {
    return math_nan_at_infinity(x, math_near_zero(x, 1.0, math_sin_angle(math_reduce(x), 0u)));
}

// Measured: within 1.01 ULP for every x.
fn math_cos(x: f32) -> f32 {
    return math_nan_at_infinity(x, math_sin_angle(math_reduce(x), 1u));
}
