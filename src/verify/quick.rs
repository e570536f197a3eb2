/// What can be said of a few f32 results without a branch and without the reference.
///
/// Nearly all results are plain numbers with ordinary errors. The rest (NaN, one-sided infinities,
/// subnormal inputs, errors above all earlier ones) is only found here, and judged elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quick {
    pub(super) correctly_rounded: u64,
    /// The largest error, if every unit is taken at the exact result.
    largest_error: f64,
    /// Whether any of them needs more than this.
    is_doubtful: bool,
}

/// The error in ULP and whether the result is correctly rounded.
///
/// The error is NaN or infinite where NaN or infinity stands on one side only.
#[inline]
fn error(expected: f64, actual: f32) -> (f64, bool) {
    const EXPONENT: u64 = 0x7ff << 52;
    const LEAST: f64 = f32::MIN_POSITIVE as f64;
    let rounded = expected as f32;
    let is_flushed = (actual == 0.0) & (expected.abs() <= LEAST);
    let is_exact = actual == rounded;
    let magnitude = expected.abs().max(LEAST).min(f64::from(f32::MAX));
    // 2^(23−e) of a magnitude 2^e: the exponents' fields add up to 2·1023 + 23.
    let units = f64::from_bits((2069 << 52) - (magnitude.to_bits() & EXPONENT));
    let is_settled = is_flushed | (is_exact & rounded.is_infinite());
    let error = (f64::from(actual) - expected).abs() * units;
    (if is_settled { 0.0 } else { error }, is_exact | is_flushed)
}

/// Whether all results are the exact ones, correctly rounded.
#[inline]
fn are_rounded(expected: &[f64], outputs: &[f32]) -> bool {
    let pairs = expected.iter().zip(outputs);
    pairs.fold(true, |all, (&expected, &actual)| {
        all & (expected as f32 == actual)
    })
}

/// Whether all results are the exact ones.
#[inline]
fn are_exact(expected: &[f64], outputs: &[f32]) -> bool {
    let pairs = expected.iter().zip(outputs);
    pairs.fold(true, |all, (&expected, &actual)| {
        all & (expected == f64::from(actual))
    })
}

/// Whether there is nothing to say of results but that they are right: all are correctly rounded, and
/// so off by half a unit at most, which is no news where the worst error so far is larger, or exact.
#[inline]
pub(super) fn are_settled(expected: &[f64], outputs: &[f32], worst: f64) -> bool {
    // Nothing is worse than NaN.
    if worst < 0.5 {
        are_exact(expected, outputs)
    } else {
        are_rounded(expected, outputs)
    }
}

impl Quick {
    #[inline]
    pub(super) fn judge(inputs: &[f32], expected: &[f64], outputs: &[f32]) -> Self {
        let mut quick = Self::default();
        for ((&input, &expected), &actual) in inputs.iter().zip(expected).zip(outputs) {
            let (error, is_right) = error(expected, actual);
            quick.correctly_rounded += u64::from(is_right);
            quick.largest_error = if error > quick.largest_error {
                error
            } else {
                quick.largest_error
            };
            let is_one_sided = actual.is_infinite() != (expected as f32).is_infinite();
            quick.is_doubtful |= error.is_nan() | is_one_sided | (input.is_subnormal() & !is_right);
        }
        quick
    }

    /// Whether this is all that there is to say, where the worst error so far is `worst`.
    pub(super) fn settles(&self, worst: f64) -> bool {
        // Nothing is worse than NaN.
        !self.is_doubtful && (self.largest_error <= worst || worst.is_nan())
    }
}
