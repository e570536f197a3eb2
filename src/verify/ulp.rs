/// The distance between neighbouring f32 at the magnitude of `value`; 2⁻¹⁴⁹ for subnormals.
pub fn ulp_size(value: f64) -> f64 {
    let magnitude = value.abs().min(f64::from(f32::MAX));
    // A normal f32 is a normal f64, whose exponent can be read off.
    let exponent = ((magnitude.to_bits() >> 52) as i32 - 1023).max(-126);
    2.0_f64.powi(exponent - 23)
}

/// The error of an f32 result in units in the last place of the exact result.
///
/// `scale` is the magnitude at which a unit is taken; it never makes it smaller than that of
/// `expected`. A result below 2⁻¹²⁶ may be flushed to zero. A result that overflows f32 is expected
/// to be infinite; where it is only nearly so, infinity counts as 2¹²⁸. `NaN` where only one of the
/// two is NaN.
pub fn ulp_error(actual: f32, expected: f64, scale: f64) -> f64 {
    if actual.is_nan() && expected.is_nan() {
        return 0.0;
    }
    if actual.is_infinite() && actual == expected as f32 {
        return 0.0;
    }
    if actual == 0.0 && expected.abs() < f64::from(f32::MIN_POSITIVE) {
        return 0.0;
    }
    if expected.is_infinite() {
        return if actual.is_nan() {
            f64::NAN
        } else {
            f64::INFINITY
        };
    }
    let beyond = 2.0_f64.powi(128);
    let actual = f64::from(actual).clamp(-beyond, beyond);
    (actual - expected).abs() / ulp_size(expected.abs().max(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_unit_apart() {
        for value in [1.0_f32, 1.5, 3.4e38, 1e-37, f32::MIN_POSITIVE, 0.3] {
            let next = f32::from_bits(value.to_bits() - 1);
            let error = ulp_error(next, f64::from(value), 0.0);
            assert!(error == 1.0 || error == 0.5, "{value}: {error}");
        }
        assert_eq!(ulp_size(0.0), 2.0_f64.powi(-149));
    }

    #[test]
    fn half_a_unit_is_half_a_unit() {
        assert_eq!(ulp_error(1.0, 1.0 + 2.0_f64.powi(-24), 0.0), 0.5);
    }

    #[test]
    fn subnormal_results_may_be_flushed_but_not_wrong() {
        assert_eq!(ulp_error(0.0, 1e-39, 0.0), 0.0);
        assert!(ulp_error(0.0, 1.2e-38, 0.0) > 1e6);
        assert!(ulp_error(2e-39, 1e-39, 0.0) > 1e5);
    }

    #[test]
    fn overflow_and_nan() {
        assert_eq!(ulp_error(f32::INFINITY, 1e40, 0.0), 0.0);
        assert!(ulp_error(f32::MAX, 1e40, 0.0) > 1e6);
        assert_eq!(ulp_error(f32::MAX, 2.0_f64.powi(128), 0.0), 1.0);
        assert_eq!(ulp_error(f32::INFINITY, f64::from(f32::MAX), 0.0), 1.0);
        assert!(ulp_error(f32::NAN, f64::INFINITY, 0.0).is_nan());
        assert!(ulp_error(f32::INFINITY, 3e38, 0.0) > 1e6);
        assert_eq!(ulp_error(f32::MAX, f64::INFINITY, 0.0), f64::INFINITY);
        assert_eq!(
            ulp_error(f32::INFINITY, f64::NEG_INFINITY, 0.0),
            f64::INFINITY
        );
        assert!(ulp_error(f32::NAN, 1.0, 0.0).is_nan());
        assert!(ulp_error(1.0, f64::NAN, 0.0).is_nan());
        assert_eq!(ulp_error(f32::NAN, f64::NAN, 0.0), 0.0);
    }

    #[test]
    fn a_larger_term_widens_the_unit() {
        assert_eq!(
            ulp_error(1e-9, 0.0, 1.0),
            f64::from(1e-9_f32) / 2.0_f64.powi(-23)
        );
    }
}
