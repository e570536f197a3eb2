//! How long each activation takes: the numbers of the table.

use std::collections::{BTreeMap, VecDeque};

/// What the table shows is the median of so many measurements.
const LATEST: usize = 9;

/// Milliseconds, by place in the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// Whether nothing more is measured.
    pub are_paused: bool,
    /// How it is measured, in words.
    pub clock: &'static str,
    latest: BTreeMap<usize, VecDeque<Milliseconds>>,
}

/// One activation over one tensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Milliseconds {
    /// output = f(input).
    pub forward: f64,
    /// grad_input = f′(input) · grad_output.
    pub backward: f64,
}

impl Timings {
    /// Adds a measurement.
    pub fn add(&mut self, index: usize, measured: Milliseconds) {
        let latest = self.latest.entry(index).or_default();
        latest.push_back(measured);
        if latest.len() > LATEST {
            latest.pop_front();
        }
    }

    /// The median of the latest ones, where there are any.
    pub fn of(&self, index: usize) -> Option<Milliseconds> {
        let latest = self.latest.get(&index)?;
        let median = |part: fn(&Milliseconds) -> f64| {
            let mut values: Vec<_> = latest.iter().map(part).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        Some(Milliseconds {
            forward: median(|m| m.forward)?,
            backward: median(|m| m.backward)?,
        })
    }

    /// Forgets all, as after a change of device.
    pub fn clear(&mut self) {
        self.latest.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_the_latest_is_shown() {
        let mut timings = Timings::default();
        assert_eq!(timings.of(3), None);
        // The first includes what a driver compiles.
        for forward in [900.0, 1.0, 2.0, 3.0] {
            timings.add(
                3,
                Milliseconds {
                    forward,
                    backward: 2.0 * forward,
                },
            );
        }
        assert_eq!(
            timings.of(3),
            Some(Milliseconds {
                forward: 3.0,
                backward: 6.0
            })
        );
        for _ in 0..LATEST {
            timings.add(
                3,
                Milliseconds {
                    forward: 5.0,
                    backward: 5.0,
                },
            );
        }
        assert_eq!(
            timings.of(3),
            Some(Milliseconds {
                forward: 5.0,
                backward: 5.0
            })
        );
        timings.clear();
        assert_eq!(timings.of(3), None);
    }
}
