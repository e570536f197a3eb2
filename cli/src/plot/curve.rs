//! A function as lines that can be drawn: broken where it jumps, and cut off where the window ends.

use std::ops::Range;

use super::samples::Samples;
use super::window::{Point, Window};

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Curve {
    pub(crate) lines: Vec<Vec<Point>>,
    /// Where it jumps: its value there.
    pub(crate) closed: Vec<Point>,
    /// Where it jumps: limits that are not its value.
    pub(crate) open: Vec<Point>,
}

impl Curve {
    /// Lines end before a limit that is not reached, where there is a ring then: `gap` away from it, in units of x.
    pub(crate) fn new(samples: &Samples, values: &[f32], window: Window, gap: f64) -> Self {
        // A smaller jump cannot be seen.
        let jump = window.scale() / 64.0;
        let value = |index: usize| f64::from(values[index]);
        let mut curve = Self::default();
        let mut piece = Piece::default();
        for (index, &x) in samples.x().iter().enumerate() {
            let (x, y) = (f64::from(x), value(index));
            if y.is_nan() {
                curve.finish(&mut piece, window);
                continue;
            }
            // It has an input on either side.
            let reached = |side: usize| (value(side) - y).abs() <= jump;
            if !samples.is_kink(index) || (reached(index - 1) && reached(index + 1)) {
                piece.points.push((x, y));
                continue;
            }
            // Along x, as the line rises there. It has had an input further out, too.
            let before = |limit: usize, further: usize| {
                let run = f64::from(samples.x()[limit] - samples.x()[further]);
                let slope = Window::ASPECT * (value(limit) - value(further)) / run;
                gap / slope.hypot(1.0)
            };
            curve.closed.push((x, y));
            if reached(index - 1) {
                piece.points.push((x, y));
            } else {
                curve.open.push((x, value(index - 1)));
                piece.end = Some(x - before(index - 1, index - 2));
            }
            curve.finish(&mut piece, window);
            if reached(index + 1) {
                piece.points.push((x, y));
            } else {
                curve.open.push((x, value(index + 1)));
                piece.start = Some(x + before(index + 1, index + 2));
            }
        }
        curve.finish(&mut piece, window);
        curve.closed.retain(|point| window.contains(point));
        curve.open.retain(|point| window.contains(point));
        curve
    }

    fn finish(&mut self, piece: &mut Piece, window: Window) {
        let Piece { points, start, end } = std::mem::take(piece);
        let all = window.x();
        let x = start.unwrap_or(all.start)..end.unwrap_or(all.end);
        self.lines.extend(visible(&points, &x, &window.y()));
    }
}

/// A continuous part of a curve, and where it is to start and end, if not where its points do.
#[derive(Default)]
struct Piece {
    points: Vec<Point>,
    start: Option<f64>,
    end: Option<f64>,
}

/// The parts of a line within a rectangle.
fn visible(points: &[Point], x: &Range<f64>, y: &Range<f64>) -> Vec<Vec<Point>> {
    let mut lines: Vec<Vec<Point>> = Vec::new();
    for (from, to) in points.iter().zip(points.iter().skip(1)) {
        let Some((from, to)) = cut(finite(*from), finite(*to), x, y) else {
            continue;
        };
        match lines.last_mut() {
            Some(line) if line.last() == Some(&from) => line.push(to),
            _ => lines.push(vec![from, to]),
        }
    }
    lines
}

/// Infinity as a number that is as far from being visible.
fn finite((x, y): Point) -> Point {
    (x, y.clamp(-1e6, 1e6))
}

/// The part of a segment within a rectangle, by Liang & Barsky 1984, A new concept and method for line clipping.
fn cut(from: Point, to: Point, x: &Range<f64>, y: &Range<f64>) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for (start, change, range) in [(from.0, dx, x), (from.1, dy, y)] {
        if change == 0.0 {
            if start < range.start || start > range.end {
                return None;
            }
            continue;
        }
        let (a, b) = ((range.start - start) / change, (range.end - start) / change);
        enters = enters.max(a.min(b));
        leaves = leaves.min(a.max(b));
    }
    let at = |t: f64| match t {
        0.0 => from,
        1.0 => to,
        _ => (from.0 + t * dx, from.1 + t * dy),
    };
    (enters < leaves).then(|| (at(enters), at(leaves)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: (Range<f64>, Range<f64>) = (-8.0..8.0, -2.0..4.0);

    fn curve(kinks: &[f64], f: impl Fn(f32) -> f32) -> Curve {
        let window = Window::showing(&[]);
        let samples = Samples::new(window, 16, kinks);
        let values: Vec<_> = samples.x().iter().map(|&x| f(x)).collect();
        Curve::new(&samples, &values, window, 0.25)
    }

    fn ends(curve: &Curve) -> Vec<(Point, Point)> {
        let ends = |line: &Vec<Point>| (line[0], line[line.len() - 1]);
        curve.lines.iter().map(ends).collect()
    }

    #[test]
    fn a_continuous_function_is_one_line_without_marks() {
        let relu = curve(&[0.0], |x| x.max(0.0));
        assert_eq!(ends(&relu), [((-8.0, 0.0), (4.0, 4.0))]);
        assert!(relu.lines[0].contains(&(0.0, 0.0)));
        assert_eq!((relu.open, relu.closed), (vec![], vec![]));
    }

    #[test]
    fn a_jump_has_its_value_and_the_limit_that_it_is_not() {
        let step = curve(&[0.0], |x| if x > 0.0 { 1.0 } else { 0.0 });
        assert_eq!(
            ends(&step),
            [((-8.0, 0.0), (0.0, 0.0)), ((0.25, 1.0), (8.0, 1.0))]
        );
        assert_eq!(
            (step.closed, step.open),
            (vec![(0.0, 0.0)], vec![(0.0, 1.0)])
        );
        let sign = curve(&[0.0], |x| if x == 0.0 { 0.0 } else { x.signum() });
        assert_eq!(
            ends(&sign),
            [((-8.0, -1.0), (-0.25, -1.0)), ((0.25, 1.0), (8.0, 1.0))]
        );
        assert_eq!(sign.closed, [(0.0, 0.0)]);
        assert_eq!(sign.open, [(0.0, -1.0), (0.0, 1.0)]);
    }

    #[test]
    fn a_steep_line_ends_as_far_from_the_ring_as_a_flat_one() {
        // As drawn, where a unit of y is twice as long, 3/8 is a slope of 3/4.
        let broken = curve(&[0.0], |x| if x > 0.0 { 1.0 + 3.0 * x / 8.0 } else { 0.0 });
        let start = broken.lines[1][0];
        assert!((start.0 - 0.2).abs() < 1e-3, "{start:?}");
        assert!((start.1 - 1.075).abs() < 1e-3, "{start:?}");
    }

    #[test]
    fn jumps_out_of_sight_have_no_marks() {
        let far = curve(&[0.0], |x| if x > 0.0 { 7.0 } else { 1.0 });
        assert_eq!(ends(&far), [((-8.0, 1.0), (0.0, 1.0))]);
        assert_eq!((far.closed, far.open), (vec![(0.0, 1.0)], vec![]));
    }

    #[test]
    fn nan_and_poles_are_gaps() {
        let root = curve(&[], f32::sqrt);
        assert_eq!(ends(&root), [((0.0, 0.0), (8.0, 8_f32.sqrt().into()))]);
        let pole = curve(&[], |x| 1.0 / x.abs());
        let [(_, left), (right, _)] = ends(&pole)[..] else {
            panic!("two arms: {pole:?}")
        };
        assert_eq!((left.1, right.1), (4.0, 4.0));
        assert!(left.0 > -1.0 && left.0 < -0.99, "{left:?}");
        // A sample of a function that is nowhere else a number is no line.
        assert_eq!(
            ends(&curve(&[], |x| if x == 1.0 { 1.0 } else { f32::NAN })),
            []
        );
    }

    #[test]
    fn what_leaves_the_window_is_cut_off_and_comes_back() {
        let (x, y) = SIDES;
        let wave = [(0.0, 0.0), (1.0, 8.0), (2.0, 0.0), (3.0, 4.0), (4.0, 0.0)];
        let expected = [
            vec![(0.0, 0.0), (0.5, 4.0)],
            vec![(1.5, 4.0), (2.0, 0.0), (3.0, 4.0), (4.0, 0.0)],
        ];
        assert_eq!(visible(&wave, &x, &y), expected);
        // Along the edge it is visible, beyond it is not.
        assert_eq!(visible(&[(0.0, 4.0), (1.0, 4.0)], &x, &y).len(), 1);
        assert_eq!(visible(&[(0.0, 4.1), (1.0, 4.1)], &x, &y).len(), 0);
        assert_eq!(visible(&[(0.0, 4.0), (1.0, 5.0)], &x, &y).len(), 0);
    }
}
