//! What the kernels computed of one activation, and what is drawn of it.

use wgpu_activations::{Activation, Statistics};

use crate::points::Points;

/// f and f′ at the points of one activation.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its place in the catalogue.
    pub index: usize,
    /// With the hyper-parameters that it was computed with.
    pub activation: Activation,
    /// Where.
    pub points: Points,
    /// f.
    pub outputs: Vec<f32>,
    /// f′.
    pub slopes: Vec<f32>,
}

/// x, f(x) and f′(x).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Where.
    pub x: f64,
    /// f(x).
    pub output: f64,
    /// f′(x).
    pub slope: f64,
}

/// A line that is not interrupted.
pub type Line = Vec<[f64; 2]>;

/// A region is drawn from so many points on: |f′| is small at any extremum too.
const NARROWEST: f64 = 4.0;
/// How much steeper than on either side a step at a kink must be to be a jump.
const JUMP: f32 = 100.0;

impl Curve {
    fn sample(&self, place: usize) -> Sample {
        Sample {
            x: self.points.xs()[place].into(),
            output: self.outputs[place].into(),
            slope: self.slopes[place].into(),
        }
    }

    /// What is under the pointer.
    pub fn under_pointer(&self) -> Option<Sample> {
        self.points.pointer().map(|place| self.sample(place))
    }

    /// The kinks in view.
    pub fn kinks(&self) -> impl Iterator<Item = Sample> {
        self.points.kinks().iter().map(|&place| self.sample(place))
    }

    /// The graph of f, interrupted where it jumps, as exact as `tolerance`.
    pub fn output_lines(&self, tolerance: f64) -> Vec<Line> {
        let jumps = self.points.kinks().iter().filter(|&&kink| self.jumps(kink));
        self.lines(&self.outputs, jumps, tolerance)
    }

    /// The graph of f′, interrupted where it may jump, as exact as `tolerance`.
    pub fn slope_lines(&self, tolerance: f64) -> Vec<Line> {
        self.lines(&self.slopes, self.points.kinks().iter(), tolerance)
    }

    /// Whether f jumps at a kink, rather than f′ alone.
    fn jumps(&self, kink: usize) -> bool {
        let xs = self.points.xs();
        let (before, after) = (kink.saturating_sub(1), kink + 1);
        let steepest = self.slopes[before].abs().max(self.slopes[after].abs());
        let rise = (self.outputs[after] - self.outputs[before]).abs();
        rise > JUMP * (1.0 + steepest) * (xs[after] - xs[before])
    }

    /// Lines that leave out the points of some kinks, and what is not finite.
    fn lines<'a>(
        &self,
        ys: &[f32],
        without: impl Iterator<Item = &'a usize>,
        tolerance: f64,
    ) -> Vec<Line> {
        let without: Vec<_> = without.collect();
        let mut lines = vec![Line::new()];
        let points = self.points.xs().iter().zip(ys).enumerate();
        for (place, (&x, &y)) in points.take(self.points.curve()) {
            match lines.last_mut() {
                Some(line) if y.is_finite() && !without.contains(&&place) => {
                    line.push([x.into(), y.into()]);
                }
                Some(line) if line.is_empty() => {}
                _ => lines.push(Line::new()),
            }
        }
        lines.retain(|line| !line.is_empty());
        let simple = lines.iter().map(|line| simplified(line, tolerance));
        simple.collect()
    }

    /// Where |f′| is so small that hardly any gradient gets through.
    pub fn saturated(&self) -> Vec<(f64, f64)> {
        let mut regions: Vec<(f64, f64)> = Vec::new();
        let mut is_inside = false;
        let points = self.points.xs().iter().zip(&self.slopes);
        for (&x, slope) in points.take(self.points.curve()) {
            let saturated = slope.abs() < Statistics::THRESHOLD;
            match regions.last_mut() {
                Some(region) if saturated && is_inside => region.1 = x.into(),
                _ if saturated => regions.push((x.into(), x.into())),
                _ => {}
            }
            is_inside = saturated;
        }
        let narrowest = NARROWEST * self.points.cell();
        regions.retain(|(left, right)| right - left >= narrowest);
        regions
    }
}

/// The same line without points that lie so close to the straight one between their neighbours: strokes of many
/// tiny pieces are drawn too thick, and their dashes at random.
fn simplified(line: &[[f64; 2]], tolerance: f64) -> Line {
    let mut kept = Line::new();
    // The slopes from the last point kept at which all since then are close enough.
    let mut slopes = (f64::NEG_INFINITY, f64::INFINITY);
    let mut last = None;
    for &[x, y] in line {
        if let (Some(&[from_x, from_y]), Some(previous)) = (kept.last(), last) {
            let slope = |y: f64| (y - from_y) / (x - from_x);
            if !(slopes.0..=slopes.1).contains(&slope(y)) {
                kept.push(previous);
                slopes = (f64::NEG_INFINITY, f64::INFINITY);
            }
        }
        match kept.last() {
            None => kept.push([x, y]),
            Some(&[from_x, from_y]) => {
                let slope = |y: f64| (y - from_y) / (x - from_x);
                slopes.0 = slopes.0.max(slope(y - tolerance));
                slopes.1 = slopes.1.min(slope(y + tolerance));
                last = Some([x, y]);
            }
        }
    }
    kept.extend(last);
    kept
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What kernels would compute, by the f64 reference.
    pub(crate) fn expected(name: &str, range: (f64, f64), pointer: Option<f64>) -> Curve {
        let activation = Activation::named(name).unwrap();
        let reference = *activation.reference().unwrap();
        let kinks = (reference.kinks)(&activation.values_f64());
        let points = Points::new(range, kinks.iter().map(|kink| kink.x), pointer);
        let at = |f: fn(f64, &[f64]) -> f64| {
            let xs = points.xs().iter();
            xs.map(|&x| f(x.into(), &activation.values_f64()) as f32)
                .collect()
        };
        let (outputs, slopes) = (at(reference.forward), at(reference.derivative));
        Curve {
            index: 0,
            activation,
            points,
            outputs,
            slopes,
        }
    }

    #[test]
    fn a_jump_interrupts_the_graph() {
        for (name, outputs, slopes) in [
            ("step", 2, 2),
            ("relu", 1, 2),
            ("gelu", 1, 1),
            ("hard_shrink", 3, 3),
        ] {
            let curve = expected(name, (-6.0, 6.0), None);
            assert_eq!(curve.output_lines(1e-4).len(), outputs, "{name}");
            assert_eq!(curve.slope_lines(1e-4).len(), slopes, "{name}");
        }
        let step = expected("step", (-6.0, 6.0), None);
        let lines = step.output_lines(0.0);
        assert!(lines[0].iter().all(|[x, y]| *x < 0.0 && *y == 0.0));
        assert!(lines[1].iter().all(|[x, y]| *x > 0.0 && *y == 1.0));
    }

    #[test]
    fn saturated_regions_are_where_the_derivative_is_small() {
        let relu = expected("relu", (-6.0, 6.0), None);
        let regions = relu.saturated();
        assert_eq!(regions.len(), 1);
        assert!(regions[0].0 == -6.0 && regions[0].1 == 0.0, "{regions:?}");
        // 1/(2 + 2 cosh x) = 1e-3 at x = arccosh(499).
        let edge = (499.0_f64 + (499.0_f64 * 499.0 - 1.0).sqrt()).ln();
        let sigmoid = expected("sigmoid", (-10.0, 10.0), None).saturated();
        assert_eq!(sigmoid.len(), 2);
        assert!((sigmoid[0].1 + edge).abs() < 0.02 && (sigmoid[1].0 - edge).abs() < 0.02);
        // Its derivative crosses 0, but it saturates nowhere in view.
        assert!(expected("gelu", (-3.0, 3.0), None).saturated().is_empty());
        assert!(
            expected("identity", (-6.0, 6.0), None)
                .saturated()
                .is_empty()
        );
    }

    #[test]
    fn the_pointer_has_a_value_of_its_own() {
        let relu = expected("relu", (-6.0, 6.0), Some(2.5));
        let sample = Sample {
            x: 2.5,
            output: 2.5,
            slope: 1.0,
        };
        assert_eq!(relu.under_pointer(), Some(sample));
        assert_eq!(expected("relu", (-6.0, 6.0), None).under_pointer(), None);
        let kinks: Vec<_> = relu.kinks().collect();
        assert_eq!(
            kinks,
            [Sample {
                x: 0.0,
                output: 0.0,
                slope: 0.0
            }]
        );
    }

    #[test]
    fn what_is_not_finite_is_left_out() {
        let exponential = expected("exponential", (-100.0, 100.0), None);
        let lines = exponential.output_lines(0.0);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().flatten().all(|value| value.is_finite()));
    }

    #[test]
    fn straight_pieces_are_drawn_in_one() {
        let relu = expected("relu", (-6.0, 6.0), None);
        let lines = relu.output_lines(1e-4);
        assert!(lines[0].len() <= 4, "{:?}", lines[0]);
        let gelu = expected("gelu", (-6.0, 6.0), None);
        let line = &gelu.output_lines(1e-4)[0];
        assert!((20..400).contains(&line.len()), "{}", line.len());
        // No point of the curve is further from the line than that.
        let curve = gelu.points.xs().iter().zip(&gelu.outputs);
        for (&x, &y) in curve.take(gelu.points.curve()) {
            let (x, y) = (f64::from(x), f64::from(y));
            let after = line.iter().position(|point| point[0] >= x).unwrap().max(1);
            let ([x0, y0], [x1, y1]) = (line[after - 1], line[after]);
            let drawn = y0 + (y1 - y0) * (x - x0) / (x1 - x0);
            assert!((drawn - y).abs() <= 2.01e-4, "{x}: {drawn}, not {y}");
        }
    }
}
