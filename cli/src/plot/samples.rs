//! Where an activation is evaluated.

use super::window::Window;

/// Inputs in ascending order: evenly spaced ones, every kink, and one just beside it on either side.
#[derive(Debug, PartialEq)]
pub(crate) struct Samples {
    x: Vec<f32>,
    /// Which of them are kinks.
    kinks: Vec<usize>,
    step: f64,
}

impl Samples {
    /// Takes `steps` steps through the window.
    pub(crate) fn new(window: Window, steps: u32, kinks: &[f64]) -> Self {
        let range = window.x();
        let step = (range.end - range.start) / f64::from(steps);
        // Far less than a pixel, and far more than what an adapter may flush to zero.
        let beside = window.scale() / 4096.0;
        let inside = range.start + 2.0 * beside..range.end - 2.0 * beside;
        let mut kinks: Vec<f64> = kinks
            .iter()
            .copied()
            .filter(|k| inside.contains(k))
            .collect();
        kinks.sort_by(f64::total_cmp);
        kinks.dedup_by(|next, kink| *next - *kink < 4.0 * beside);

        let mut samples = Self {
            x: Vec::new(),
            kinks: Vec::new(),
            step,
        };
        let mut kinks = kinks.into_iter().peekable();
        for n in 0..=steps {
            let even = range.start + f64::from(n) * step;
            while let Some(kink) = kinks.next_if(|kink| *kink <= even + 2.0 * beside) {
                samples.kinks.push(samples.x.len() + 1);
                let around = [kink - beside, kink, kink + beside];
                samples.x.extend(around.map(|x| x as f32));
            }
            if samples.x.last().is_none_or(|last| f64::from(*last) < even) {
                samples.x.push(even as f32);
            }
        }
        samples
    }

    pub(crate) fn x(&self) -> &[f32] {
        &self.x
    }

    pub(crate) fn is_kink(&self, index: usize) -> bool {
        self.kinks.contains(&index)
    }

    pub(crate) fn kinks(&self) -> impl Iterator<Item = f64> {
        self.kinks.iter().map(|&index| f64::from(self.x[index]))
    }

    /// How far evenly spaced ones lie apart.
    pub(crate) fn step(&self) -> f64 {
        self.step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BESIDE: f32 = 1.0 / 4096.0;

    #[test]
    fn kinks_have_a_neighbour_on_either_side() {
        let window = Window::showing(&[]);
        // On an evenly spaced input, between two, twice, unsorted, too close, and outside.
        let kinks = [4.0, -1.0, 4.0, -1.0 + 1e-4, 30.0, 8.0];
        let samples = Samples::new(window, 4, &kinks);
        let around = |kink: f32| [kink - BESIDE, kink, kink + BESIDE];
        let expected = [
            &[-8.0, -4.0],
            &around(-1.0)[..],
            &[0.0],
            &around(4.0),
            &[8.0],
        ]
        .concat();
        assert_eq!(samples.x(), expected);
        assert_eq!(samples.kinks().collect::<Vec<_>>(), [-1.0, 4.0]);
        assert!(samples.x().is_sorted());
        assert_eq!(samples.step(), 4.0);
    }

    #[test]
    fn an_input_beside_a_kink_gives_way() {
        let kink = f64::from(4.0 + BESIDE / 2.0);
        let samples = Samples::new(Window::showing(&[]), 4, &[kink]);
        assert!(samples.x().is_sorted());
        assert_eq!(samples.x().len(), 5 - 1 + 3);
    }
}
