//! Which part of the plane is shown: the same rule for every activation.

use std::ops::Range;

/// A point of the plane.
pub(crate) type Point = (f64, f64);

/// x from −8 to 8 and y from −2 to 4, or both a power of two times as much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    scale: f64,
}

impl Window {
    /// How many units there are along x and y, at scale 1.
    pub(crate) const UNITS: (i32, i32) = (16, 6);
    /// How many times as long as a unit of x is one of y.
    pub(crate) const ASPECT: f64 = 2.0;
    /// What lies further out than this is not worth to show all else so small.
    const LARGEST: Self = Self { scale: 64.0 };

    /// The smallest that has all these points inside, but for those that even the largest has not.
    pub(crate) fn showing(points: &[Point]) -> Self {
        let within = points.iter().filter(|point| Self::LARGEST.contains(point));
        let scale = within.fold(1.0, |mut scale, point| {
            while !(Self { scale }).contains(point) {
                scale *= 2.0;
            }
            scale
        });
        Self { scale }
    }

    pub(crate) fn scale(self) -> f64 {
        self.scale
    }

    pub(crate) fn x(self) -> Range<f64> {
        -8.0 * self.scale..8.0 * self.scale
    }

    pub(crate) fn y(self) -> Range<f64> {
        -2.0 * self.scale..4.0 * self.scale
    }

    /// Whether the point lies inside, not on the edge.
    pub(crate) fn contains(self, &(x, y): &Point) -> bool {
        let inside = |range: Range<f64>, value| range.start < value && value < range.end;
        inside(self.x(), x) && inside(self.y(), y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_doubled_until_it_shows_every_kink() {
        let scale = |points: &[Point]| Window::showing(points).scale();
        assert_eq!(scale(&[]), 1.0);
        assert_eq!(scale(&[(0.0, 0.0), (3.0, 3.0)]), 1.0);
        // relu6: its plateau is above 4.
        assert_eq!(scale(&[(0.0, 0.0), (6.0, 6.0)]), 2.0);
        assert_eq!(scale(&[(8.0, 0.0)]), 2.0);
        assert_eq!(scale(&[(0.0, -5.0), (1.0, 20.0)]), 8.0);
    }

    #[test]
    fn what_is_too_far_out_does_not_count() {
        let far = [(1e30, 0.0), (0.0, f64::INFINITY), (f64::NAN, 0.0)];
        assert_eq!(Window::showing(&far).scale(), 1.0);
        assert_eq!(Window::showing(&[far[0], (100.0, 0.0)]).scale(), 16.0);
    }
}
