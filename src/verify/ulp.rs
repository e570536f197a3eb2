use crate::dtype::Dtype;

/// The bound for tensors of 16 bits, in ULP of their type.
const SIXTEEN_BIT_BOUND: f64 = 1.0;

/// What a type can represent.
#[derive(Clone, Copy)]
struct Format {
    /// Bits of the fraction, without the implicit one.
    fraction: i32,
    /// The exponent of the least normal number.
    least_exponent: i32,
    /// The exponent of the largest finite number.
    largest_exponent: i32,
}

impl Format {
    const fn of(dtype: Dtype) -> Self {
        let (fraction, least_exponent, largest_exponent) = match dtype {
            Dtype::F32 => (23, -126, 127),
            Dtype::F16 => (10, -14, 15),
            Dtype::Bf16 => (7, -126, 127),
        };
        Self {
            fraction,
            least_exponent,
            largest_exponent,
        }
    }

    /// The distance between neighbours where `magnitude`, which is finite, lies.
    fn unit(self, magnitude: f64) -> f64 {
        // Below the normal f64 the field reads −1023, which the least exponent replaces anyway.
        let exponent = (magnitude.to_bits() >> 52) as i32 - 1023;
        power_of_two(exponent.clamp(self.least_exponent, self.largest_exponent) - self.fraction)
    }

    /// The first power of two that is too large.
    fn beyond(self) -> f64 {
        power_of_two(self.largest_exponent + 1)
    }
}

/// 2ⁿ, for the exponents of normal f64.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The distance between neighbouring numbers of a type at the magnitude of `value`: for f32 2⁻¹⁴⁹
/// below its normal numbers, and 2¹⁰⁴ beyond its range.
pub fn ulp_size(dtype: Dtype, value: f64) -> f64 {
    Format::of(dtype).unit(value.abs())
}

/// The number of a type that is nearest to `value`, of two equally near ones the even one; infinite
/// from half a unit beyond the largest finite one.
pub fn round_to(dtype: Dtype, value: f64) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let format = Format::of(dtype);
    let unit = format.unit(value.abs());
    // Scaling by a power of two is exact, and so is the product: it has few digits.
    let rounded = (value / unit).round_ties_even() * unit;
    if rounded.abs() >= format.beyond() {
        f64::INFINITY.copysign(value)
    } else {
        rounded
    }
}

/// Values in a type, without those that an adapter may read as zero.
#[cfg(feature = "offload")]
pub(super) fn rounded(dtype: Dtype, values: &[f32]) -> Vec<f32> {
    let values = values.iter();
    let rounded = values.map(|&value| round_to(dtype, value.into()) as f32);
    rounded
        .map(|value| if value.is_subnormal() { 0.0 } else { value })
        .collect()
}

/// How far results of a type may be off, in ULP of it, where those of f32 may be by `bound`.
pub(super) fn bound_of(dtype: Dtype, bound: f64) -> f64 {
    match dtype {
        Dtype::F32 => bound,
        Dtype::F16 | Dtype::Bf16 => SIXTEEN_BIT_BOUND,
    }
}

/// Whether a result below 2⁻¹²⁶ came out as zero, as adapters may do. It says nothing of f16, whose
/// subnormal numbers are normal in the arithmetic.
fn is_flushed(actual: f32, expected: f64) -> bool {
    // One just below it, such as that of softsign′ at 2⁶³, is 2⁻¹²⁶ in f64.
    actual == 0.0 && expected.abs() <= f64::from(f32::MIN_POSITIVE)
}

/// Whether a result is the exact one, correctly rounded to the type. Zero is right for a result below
/// 2⁻¹²⁶, and NaN is for NaN.
pub fn is_correctly_rounded(dtype: Dtype, actual: f32, expected: f64) -> bool {
    if expected.is_nan() {
        return actual.is_nan();
    }
    f64::from(actual) == round_to(dtype, expected) || is_flushed(actual, expected)
}

/// The error of a result in units in the last place of the exact result, as the type has them; f32
/// holds the results of all types.
///
/// `scale` is the magnitude at which a unit is taken; it never makes it smaller than that of
/// `expected`. A result below 2⁻¹²⁶ may be flushed to zero. A result that overflows the type is
/// expected to be infinite; where it is only nearly so, infinity counts as the first power of two
/// that is too large. `NaN` where only one of the two is NaN.
pub fn ulp_error(dtype: Dtype, actual: f32, expected: f64, scale: f64) -> f64 {
    if actual.is_nan() && expected.is_nan() || is_flushed(actual, expected) {
        return 0.0;
    }
    if actual.is_infinite() && f64::from(actual) == round_to(dtype, expected) {
        return 0.0;
    }
    if expected.is_infinite() {
        return if actual.is_nan() {
            f64::NAN
        } else {
            f64::INFINITY
        };
    }
    let beyond = Format::of(dtype).beyond();
    let actual = f64::from(actual).clamp(-beyond, beyond);
    (actual - expected).abs() / ulp_size(dtype, expected.abs().max(scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dtype::{Bf16, F16, F32};
    use proptest::prelude::*;

    const MAX: f64 = f32::MAX as f64;

    #[test]
    fn sixteen_bits_have_a_bound_of_their_own() {
        let bounds = [F32, F16, Bf16].map(|dtype| bound_of(dtype, 4.0));
        assert_eq!(bounds, [4.0, 1.0, 1.0]);
    }

    #[test]
    fn neighbours_are_one_unit_apart() {
        for value in [1.0_f32, 1.5, 3.4e38, 1e-37, f32::MIN_POSITIVE, 0.3] {
            let next = f32::from_bits(value.to_bits() - 1);
            let error = ulp_error(F32, next, f64::from(value), 0.0);
            assert!(error == 1.0 || error == 0.5, "{value}: {error}");
        }
        assert_eq!(ulp_size(F32, 0.0), 2.0_f64.powi(-149));
        assert_eq!(ulp_size(F16, 1e-7), 2.0_f64.powi(-24));
        assert_eq!(ulp_size(F16, -65_504.0), 32.0);
        assert_eq!(ulp_size(Bf16, 1.0), 2.0_f64.powi(-7));
        assert_eq!(ulp_size(Bf16, 1e300), 2.0_f64.powi(120));
    }

    #[test]
    fn half_a_unit_is_half_a_unit() {
        assert_eq!(ulp_error(F32, 1.0, 1.0 + 2.0_f64.powi(-24), 0.0), 0.5);
        assert_eq!(ulp_error(F16, 1.0, 1.0 + 2.0_f64.powi(-11), 0.0), 0.5);
        assert_eq!(ulp_error(Bf16, 1.0, 1.0 + 2.0_f64.powi(-8), 0.0), 0.5);
    }

    #[test]
    fn subnormal_results_may_be_flushed_but_not_wrong() {
        assert_eq!(ulp_error(F32, 0.0, 1e-39, 0.0), 0.0);
        assert!(ulp_error(F32, 0.0, 1.2e-38, 0.0) > 1e6);
        assert!(ulp_error(F32, 2e-39, 1e-39, 0.0) > 1e5);
        assert!(is_correctly_rounded(F32, 0.0, 1e-39));
        assert_eq!(ulp_error(Bf16, 0.0, 1e-39, 0.0), 0.0);
        // The subnormal numbers of f16 are no smaller than others to the arithmetic.
        assert_eq!(ulp_error(F16, 0.0, 3.0 * 2.0_f64.powi(-24), 0.0), 3.0);
        assert!(!is_correctly_rounded(F16, 0.0, 3.0 * 2.0_f64.powi(-24)));
    }

    #[test]
    fn overflow_and_nan() {
        assert_eq!(ulp_error(F32, f32::INFINITY, 1e40, 0.0), 0.0);
        assert!(ulp_error(F32, f32::MAX, 1e40, 0.0) > 1e6);
        assert_eq!(ulp_error(F32, f32::MAX, 2.0_f64.powi(128), 0.0), 1.0);
        assert_eq!(ulp_error(F32, f32::INFINITY, MAX, 0.0), 1.0);
        assert!(ulp_error(F32, f32::NAN, f64::INFINITY, 0.0).is_nan());
        assert!(ulp_error(F32, f32::INFINITY, 3e38, 0.0) > 1e6);
        assert_eq!(ulp_error(F32, f32::MAX, f64::INFINITY, 0.0), f64::INFINITY);
        assert_eq!(
            ulp_error(F32, f32::INFINITY, f64::NEG_INFINITY, 0.0),
            f64::INFINITY
        );
        assert!(ulp_error(F32, f32::NAN, 1.0, 0.0).is_nan());
        assert!(ulp_error(F32, 1.0, f64::NAN, 0.0).is_nan());
        assert_eq!(ulp_error(F32, f32::NAN, f64::NAN, 0.0), 0.0);
        assert!(is_correctly_rounded(F32, f32::NAN, f64::NAN));
        assert!(!is_correctly_rounded(F32, 1.0, f64::NAN));
        assert_eq!(ulp_error(F16, f32::INFINITY, 65_520.0, 0.0), 0.0);
        assert_eq!(ulp_error(F16, f32::INFINITY, 65_504.0, 0.0), 1.0);
        assert_eq!(ulp_error(F16, 65_504.0, 65_536.0, 0.0), 1.0);
    }

    #[test]
    fn a_larger_term_widens_the_unit() {
        assert_eq!(
            ulp_error(F32, 1e-9, 0.0, 1.0),
            f64::from(1e-9_f32) / 2.0_f64.powi(-23)
        );
    }

    #[test]
    fn ties_go_to_even_and_overflow_has_its_own_threshold() {
        for (value, rounded) in [
            (1.0 + 2.0_f64.powi(-11), 1.0),
            (1.0 + 3.0 * 2.0_f64.powi(-11), 1.0 + 2.0_f64.powi(-9)),
            (65_519.999, 65_504.0),
            (65_520.0, f64::INFINITY),
            (-65_520.0, f64::NEG_INFINITY),
            // Subnormal: 1.5 and 0.5 units.
            (1.5 * 2.0_f64.powi(-24), 2.0 * 2.0_f64.powi(-24)),
            (-0.5 * 2.0_f64.powi(-24), 0.0),
            (5e-324, 0.0),
        ] {
            assert_eq!(round_to(F16, value), rounded, "{value:e}");
        }
        // Through f32 this would be a tie, and end at 1.
        let above = 1.0 + 2.0_f64.powi(-8) + 2.0_f64.powi(-40);
        assert_eq!(round_to(Bf16, above), 1.0 + 2.0_f64.powi(-7));
        assert_eq!(round_to(Bf16, MAX), f64::INFINITY);
        assert_eq!(round_to(Bf16, 3.39e38), 255.0 * 2.0_f64.powi(120));
        assert!(round_to(F16, f64::NAN).is_nan());
    }

    /// Every finite number of a 16-bit type in ascending order from zero: what rounding must hit.
    fn numbers(fraction: u32, largest_field: u32) -> Vec<f64> {
        let bias = f64::from(largest_field / 2);
        let bits = 0..=(largest_field << fraction) | ((1 << fraction) - 1);
        let number = |bits: u32| {
            let (field, rest) = (bits >> fraction, bits & ((1 << fraction) - 1));
            let significand = f64::from(rest) / f64::from(1 << fraction) + f64::from(field.min(1));
            significand * (f64::from(field.max(1)) - bias).exp2()
        };
        bits.map(number).collect()
    }

    proptest! {
        #[test]
        fn f32_rounds_as_the_processor_does(bits: u64) {
            let value = f64::from_bits(bits);
            let (rounded, cast) = (round_to(F32, value), f64::from(value as f32));
            prop_assert!(rounded == cast || value.is_nan() && rounded.is_nan());
        }

        #[test]
        fn f32_rounds_ordinary_values_as_the_processor_does(value in -1e3_f64..1e3, shift in -140..30) {
            let value = value * 2.0_f64.powi(shift);
            prop_assert_eq!(round_to(F32, value), f64::from(value as f32));
        }

        #[test]
        fn sixteen_bits_round_to_the_nearest(value in 0.0_f64..2.0, shift in -30..16) {
            let value = value * 2.0_f64.powi(shift);
            for (dtype, fraction, largest_field) in [(F16, 10, 30), (Bf16, 7, 254)] {
                let numbers = numbers(fraction, largest_field);
                let above = numbers.partition_point(|&number| number < value);
                let candidates = &numbers[above.saturating_sub(1)..(above + 1).min(numbers.len())];
                let least = candidates.iter().map(|c| (c - value).abs()).fold(f64::MAX, f64::min);
                let rounded = round_to(dtype, value);
                if rounded.is_finite() {
                    prop_assert_eq!((rounded - value).abs(), least);
                    prop_assert!(candidates.contains(&rounded));
                } else {
                    prop_assert!(value >= 65_520.0);
                }
            }
        }
    }
}
