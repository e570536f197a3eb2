//! Where on the x axis an activation is computed.

use std::sync::Arc;

/// Points from the left to the right end of the plot.
const GRID: usize = 1023;
/// The most kinks in view of which each is computed; catalogue rows have up to 4.
const MOST_KINKS: usize = 32;
/// The points of a curve, and behind them that under the pointer. A multiple of four, which one kernel computes.
pub(crate) const LEN: usize = GRID + 3 * MOST_KINKS + 1;

/// The points of one activation. Kinks are among them, each between two close neighbours, so that a jump is
/// drawn where it is and not between two points of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    xs: Arc<[f32]>,
    kinks: Vec<usize>,
    has_pointer: bool,
}

impl Points {
    /// Points over a range, which may be anything, with the kinks that lie in it and that under the pointer.
    pub fn new(
        range: (f64, f64),
        kinks: impl IntoIterator<Item = f64>,
        pointer: Option<f64>,
    ) -> Self {
        let largest = f64::from(f32::MAX) / 4.0;
        let bounded = |x: f64| {
            if x.is_nan() {
                0.0
            } else {
                x.clamp(-largest, largest)
            }
        };
        let (left, right) = (bounded(range.0), bounded(range.1));
        let step = (right - left) / (GRID - 1) as f64;
        let mut xs: Vec<_> = (0..GRID).map(|i| (left + step * i as f64) as f32).collect();
        let inside = kinks
            .into_iter()
            .filter(|kink| (left..=right).contains(kink));
        let inside: Vec<_> = inside.take(MOST_KINKS).map(|kink| kink as f32).collect();
        for &kink in &inside {
            // Not the next float: beside 0 that would be one which adapters take for 0.
            let near = ((right - left) as f32 * 1e-6).max(kink.abs() * 1e-6);
            xs.extend([kink - near, kink, kink + near]);
        }
        xs.sort_by(f32::total_cmp);
        // So that the neighbours of a kink in the grid are those beside it.
        xs.dedup();
        let place = |kink: &f32| xs.iter().position(|x| x == kink);
        let kinks = inside.iter().filter_map(place).collect();
        xs.resize(LEN - 1, right as f32);
        xs.push(bounded(pointer.unwrap_or(0.0)) as f32);
        Self {
            xs: xs.into(),
            kinks,
            has_pointer: pointer.is_some(),
        }
    }

    /// All of them: [`LEN`] values.
    pub fn xs(&self) -> &[f32] {
        &self.xs
    }

    /// Where the curve's own points end.
    pub(crate) fn curve(&self) -> usize {
        LEN - 1
    }

    /// The places of the kinks.
    pub fn kinks(&self) -> &[usize] {
        &self.kinks
    }

    /// The place of the point under the pointer.
    pub fn pointer(&self) -> Option<usize> {
        self.has_pointer.then_some(LEN - 1)
    }

    /// What a region must be at least as wide as to be one.
    pub fn cell(&self) -> f64 {
        (f64::from(self.xs[self.curve() - 1]) - f64::from(self.xs[0])) / GRID as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinks_lie_between_close_neighbours() {
        let points = Points::new((-6.0, 6.0), [0.0, 3.0, 7.0], Some(1.5));
        let (xs, kinks) = (points.xs(), points.kinks());
        assert_eq!((xs.len(), kinks.len()), (LEN, 2));
        for (&kink, x) in kinks.iter().zip([0.0_f32, 3.0]) {
            assert_eq!(xs[kink], x);
            assert!(x - xs[kink - 1] < 1e-4 && xs[kink - 1] < x);
            assert!(xs[kink + 1] - x < 1e-4 && xs[kink + 1] > x);
            let normal = [xs[kink - 1], xs[kink + 1]];
            assert!(normal.iter().all(|x| x.is_normal()));
        }
        assert_eq!(xs[points.pointer().unwrap()], 1.5);
        assert!(xs[..LEN - 1].is_sorted());
    }

    #[test]
    fn any_range_gives_finite_points() {
        for range in [
            (f64::NEG_INFINITY, f64::INFINITY),
            (f64::NAN, 1.0),
            (1e300, 1e308),
            (3.0, -3.0),
            (0.0, 0.0),
        ] {
            let points = Points::new(range, (0..100).map(f64::from), None);
            assert_eq!(points.xs().len(), LEN, "{range:?}");
            assert!(points.xs().iter().all(|x| x.is_finite()), "{range:?}");
            assert_eq!(points.pointer(), None);
        }
    }
}
