//! Where an activation is saturated: |f′| below the threshold of the library's statistics.

use std::ops::Range;

use wgpu_activations::Statistics;

use super::samples::Samples;

/// The parts of the x axis where it is, each at least a step wide: f′ is small beside any of its zeros.
pub(crate) fn saturated(samples: &Samples, derivative: &[f32]) -> Vec<Range<f64>> {
    let mut parts: Vec<Range<f64>> = Vec::new();
    let mut goes_on = false;
    for (&x, slope) in samples.x().iter().zip(derivative) {
        let x = f64::from(x);
        let is_saturated = slope.abs() < Statistics::THRESHOLD;
        match parts.last_mut() {
            Some(part) if is_saturated && goes_on => part.end = x,
            _ if is_saturated => parts.push(x..x),
            _ => {}
        }
        goes_on = is_saturated;
    }
    parts.retain(|part| part.end - part.start >= samples.step());
    parts
}

#[cfg(test)]
mod tests {
    use super::super::window::Window;
    use super::*;

    fn of(kinks: &[f64], derivative: impl Fn(f32) -> f32) -> Vec<Range<f64>> {
        let samples = Samples::new(Window::showing(&[]), 256, kinks);
        let slopes: Vec<_> = samples.x().iter().map(|&x| derivative(x)).collect();
        saturated(&samples, &slopes)
    }

    #[test]
    fn constant_parts_are_saturated_up_to_their_kinks() {
        let within = |range: Range<f32>| move |x: f32| f32::from(range.start < x && x < range.end);
        let relu6 = of(&[0.0, 6.0], within(0.0..6.0));
        assert_eq!(relu6, [-8.0..0.0, 6.0..8.0]);
        // Between two evenly spaced inputs.
        assert_eq!(of(&[0.3], |x| if x > 0.3 { 0.0 } else { 1.0 })[0].end, 8.0);
        let start = of(&[0.3], |x| if x >= 0.3 { 0.0 } else { 1.0 })[0].start;
        assert_eq!(start, f64::from(0.3_f32));
        // Everywhere, jumps or not.
        assert_eq!(of(&[0.0], |_| 0.0), [-8.0..8.0]);
        // hard_shrink passes what is large.
        let shrink = of(&[-0.5, 0.5], |x| if x.abs() > 0.5 { 1.0 } else { 0.0 });
        assert_eq!(shrink, [-0.5..0.5]);
    }

    #[test]
    fn smooth_tails_are_saturated_from_the_threshold_on() {
        // 1 − tanh² is 0.001 at artanh(√0.999) = 4.147.
        let [left, right] = &of(&[], |x| 1.0 - x.tanh().powi(2))[..] else {
            panic!("two tails")
        };
        assert_eq!((left.start, right.end), (-8.0, 8.0));
        assert!((left.end + 4.147).abs() < 1.0 / 16.0, "{left:?}");
        assert!((right.start - 4.147).abs() < 1.0 / 16.0, "{right:?}");
    }

    #[test]
    fn zeros_of_the_derivative_are_no_saturation() {
        assert_eq!(of(&[], |x| x), []);
        assert_eq!(of(&[0.0], |x| if x == 0.0 { 0.0 } else { x.signum() }), []);
        assert_eq!(of(&[], |_| f32::NAN), []);
    }
}
