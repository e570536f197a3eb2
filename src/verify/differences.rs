/// Checks a derivative against finite differences of its function: for activations without a
/// reference.
///
/// Central differences at two step widths are extrapolated (Richardson), so in f32 some four digits
/// can be trusted; that finds a wrong formula, not a wrong last place. Derivatives are compared
/// relative to the larger of 1 and their size, so choose a range in which f bends.
#[derive(Clone, Copy, Debug)]
pub struct FiniteDifferences {
    /// The checked points lie evenly between these two.
    pub from: f32,
    /// The other end.
    pub to: f32,
    /// How many points.
    pub points: usize,
    /// What counts as agreement, relative to the larger of 1 and the derivative.
    pub tolerance: f64,
}

impl Default for FiniteDifferences {
    fn default() -> Self {
        Self {
            from: -8.0,
            to: 8.0,
            points: 4096,
            tolerance: 1e-3,
        }
    }
}

/// What a comparison with finite differences found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DerivativeCheck {
    /// How many points were compared.
    pub points: usize,
    /// Points left out because the function kinks or jumps beside them.
    pub kinks: usize,
    /// The largest disagreement, relative to the larger of 1 and the derivative.
    pub max_error: f64,
    /// Where it is.
    pub worst_input: f32,
    /// The slope by finite differences there.
    pub expected: f64,
    /// The derivative that was given there.
    pub actual: f32,
    /// Whether all agree within the tolerance.
    pub passed: bool,
}

/// A bend of more than this between two steps is a kink: a curvature of 4 would be less.
const MAX_BEND: f64 = 0.05;

impl FiniteDifferences {
    /// A 4096th of the range, rounded to a power of two: in the default range neither lost in
    /// rounding nor in curvature.
    fn step(&self) -> f32 {
        let width = (self.to - self.from).abs() / 4096.0;
        width.clamp(1e-30, 1e30).log2().round().exp2()
    }

    /// The points at which the derivative is needed.
    pub fn points(&self) -> Vec<f32> {
        let width = (self.to - self.from) / self.points.max(1) as f32;
        // Rounded to a fraction of the step, so that x ± step is exact.
        let grid = self.step() / 8.0;
        let round = |x: f32| (x / grid).round() * grid;
        (0..self.points)
            .map(|i| round(self.from + (i as f32 + 0.5) * width))
            .collect()
    }

    /// The inputs at which the function is needed: two steps to the left of each point, one to the
    /// left, one to the right, two to the right.
    pub fn inputs(&self) -> Vec<f32> {
        let step = self.step();
        let around = |x| [x - 2.0 * step, x - step, x + step, x + 2.0 * step];
        self.points().into_iter().flat_map(around).collect()
    }

    /// Compares `derivatives` at [`points`](Self::points) with the slopes of `values`, which stand at
    /// [`inputs`](Self::inputs).
    pub fn judge(&self, values: &[f32], derivatives: &[f32]) -> DerivativeCheck {
        let mut check = DerivativeCheck {
            points: 0,
            kinks: 0,
            max_error: 0.0,
            worst_input: 0.0,
            expected: 0.0,
            actual: 0.0,
            passed: true,
        };
        let points = self.points();
        for ((&x, around), &actual) in points.iter().zip(values.chunks_exact(4)).zip(derivatives) {
            let step = f64::from(self.step());
            let f = [0, 1, 2, 3].map(|i| f64::from(around[i]));
            let narrow = (f[2] - f[1]) / (2.0 * step);
            let wide = (f[3] - f[0]) / (4.0 * step);
            let expected = narrow + (narrow - wide) / 3.0;
            let size = expected.abs().max(1.0);
            // The slopes to the left and to the right of x. Where the function is smooth they differ by
            // three steps of its curvature, at a kink by the jump.
            let (left, right) = ((f[1] - f[0]) / step, (f[3] - f[2]) / step);
            if (left - right).abs() > MAX_BEND * size || (narrow - wide).abs() > MAX_BEND * size {
                check.kinks += 1;
                continue;
            }
            check.points += 1;
            let error = (f64::from(actual) - expected).abs() / size;
            if error > check.max_error || error.is_nan() {
                (check.max_error, check.worst_input) = (error, x);
                (check.expected, check.actual) = (expected, actual);
            }
            // NaN is not within any tolerance.
            check.passed &= error <= self.tolerance;
        }
        check.passed &= check.points > check.kinks;
        check
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: fn(f32) -> f32, derivative: fn(f32) -> f32) -> DerivativeCheck {
        let differences = FiniteDifferences::default();
        let values: Vec<f32> = differences.inputs().into_iter().map(f).collect();
        let derivatives: Vec<f32> = differences.points().into_iter().map(derivative).collect();
        differences.judge(&values, &derivatives)
    }

    #[test]
    fn right_derivatives_pass_and_wrong_ones_do_not() {
        assert!(check(f32::tanh, |x| 1.0 - x.tanh().powi(2)).passed);
        let wrong = check(f32::tanh, |x| 1.0 - x.tanh());
        assert!(!wrong.passed && wrong.max_error > 0.1);
        assert!(!check(f32::tanh, |_| f32::NAN).passed);
    }

    #[test]
    fn a_kink_is_left_out() {
        let relu = check(|x| x.max(0.0), |x| if x > 0.0 { 1.0 } else { 0.0 });
        assert!(relu.passed && relu.kinks > 0 && relu.kinks < 64, "{relu:?}");
    }
}
