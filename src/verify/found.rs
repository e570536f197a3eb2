use std::fmt;

use super::tally::is_worse;

/// What was found among the results of a kernel: how far they are off, and where they are worst. A place is
/// what tells one result from the others; results are of type `N`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Found<P, N = f32> {
    /// How many elements were judged, or went into what was judged.
    pub elements: u64,
    /// The largest error in ULP, infinite where a result is infinite and should not be, or the other way
    /// round, and NaN where one of two results is.
    pub max_ulp: f64,
    /// The first result with that error; none if every result is exact.
    pub worst: Option<Worst<P, N>>,
    /// How many results are NaN and should not be, or the other way round.
    pub nan_disagreements: u64,
    /// The bound in ULP.
    pub bound: f64,
}

/// The result with the largest error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Worst<P, N = f32> {
    /// Which it is, and what it was computed from.
    pub place: P,
    /// The reference's result.
    pub expected: f64,
    /// The kernel's result.
    pub actual: N,
}

impl<P, N> Found<P, N> {
    /// Nothing yet.
    pub(super) fn new(bound: f64) -> Self {
        Self {
            elements: 0,
            max_ulp: 0.0,
            worst: None,
            nan_disagreements: 0,
            bound,
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.max_ulp <= self.bound
    }

    /// Takes a result's error into account, but does not count its element.
    pub(super) fn note(&mut self, error: f64, expected: f64, actual: N, place: impl FnOnce() -> P) {
        self.nan_disagreements += u64::from(error.is_nan());
        if is_worse(error, self.max_ulp) {
            self.max_ulp = error;
            self.worst = Some(Worst {
                place: place(),
                expected,
                actual,
            });
        }
    }
}

impl<P: fmt::Display, N: fmt::LowerExp> fmt::Display for Found<P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (max_ulp, elements, bound) = (self.max_ulp, self.elements, self.bound);
        write!(
            f,
            "{max_ulp:.2} ULP over {elements} elements (bound {bound})"
        )?;
        if let Some(worst) = &self.worst {
            let (place, expected, actual) = (&worst.place, worst.expected, &worst.actual);
            write!(f, ", worst at {place}: {actual:e} instead of {expected:e}")?;
        }
        match self.nan_disagreements {
            0 => Ok(()),
            count => write!(f, "; {count} results disagree on NaN"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of results with these errors.
    fn found(errors: &[f64]) -> Found<usize> {
        let mut found = Found::new(4.0);
        for (place, &error) in errors.iter().enumerate() {
            found.elements += 1;
            found.note(error, 0.5, 0.25, || place);
        }
        found
    }

    fn place(found: &Found<usize>) -> Option<usize> {
        found.worst.as_ref().map(|worst| worst.place)
    }

    #[test]
    fn the_first_of_the_largest_errors_is_kept() {
        let within = found(&[0.0, 3.0, 4.0, 4.0, 1.0]);
        assert_eq!((within.max_ulp, place(&within)), (4.0, Some(2)));
        assert!(within.passed() && !found(&[4.1]).passed());
        assert_eq!(place(&found(&[0.0; 2])), None);
    }

    #[test]
    fn nan_is_worse_than_all_else_and_every_one_is_counted() {
        let found = found(&[1.0, f64::NAN, f64::INFINITY, f64::NAN]);
        assert!(found.max_ulp.is_nan() && !found.passed());
        assert_eq!((found.nan_disagreements, place(&found)), (2, Some(1)));
    }

    #[test]
    fn it_is_written_in_a_line() {
        assert_eq!(
            found(&[0.0; 3]).to_string(),
            "0.00 ULP over 3 elements (bound 4)"
        );
        assert_eq!(
            found(&[1.0, f64::NAN]).to_string(),
            "NaN ULP over 2 elements (bound 4), worst at 1: 2.5e-1 instead of 5e-1; 1 results disagree on NaN"
        );
    }
}
