//! Which part of the plane shows an activation best.

use wgpu_activations::Activation;

/// A part of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// From left to right.
    pub x: (f64, f64),
    /// From below to above.
    pub y: (f64, f64),
}

/// What is shown at least on either side of 0.
const REACH: f64 = 6.0;
/// What is shown at most above and below 0.
const HEIGHT: f64 = 6.0;
const STEPS: u32 = 240;

impl View {
    /// Where an activation and its derivative bend, by the f64 reference: the plot's frame has to be there
    /// before the first curve is.
    pub fn of(activation: &Activation) -> Self {
        let Some(reference) = activation.reference() else {
            return Self {
                x: (-REACH, REACH),
                y: (-HEIGHT, HEIGHT),
            };
        };
        let values = activation.values_f64();
        let kinks = (reference.kinks)(&values);
        let furthest = kinks.iter().map(|kink| 1.5 * kink.x.abs());
        // A kink far off is not worth squeezing all else for.
        let reach = furthest.fold(REACH, f64::max).min(4.0 * REACH);
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        for step in 0..=STEPS {
            let x = reach * (2.0 * f64::from(step) / f64::from(STEPS) - 1.0);
            for y in [
                reference.forward_at(x, &values),
                reference.derivative_at(x, &values),
            ] {
                low = low.min(y);
                high = high.max(y);
            }
        }
        let (low, high) = (low.max(-HEIGHT), high.min(HEIGHT));
        let margin = 0.08 * (high - low);
        Self {
            x: (-reach, reach),
            y: (low - margin, high + margin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_activations::activation::catalogue;

    #[test]
    fn what_matters_is_in_view() {
        let sigmoid = View::of(&Activation::sigmoid());
        assert!(sigmoid.y.0 < 0.0 && sigmoid.y.1 > 1.0 && sigmoid.y.1 < 1.2);
        assert!(View::of(&Activation::exponential()).y.1 < 7.0);
        assert!(View::of(&Activation::relu6()).x.1 > 6.0);
        for row in catalogue() {
            let view = View::of(&Activation::from_definition(row));
            let is_real = view.x.0 < view.x.1 && view.y.0 < view.y.1 && view.y.1.is_finite();
            assert!(is_real, "{}: {view:?}", row.name);
        }
    }
}
