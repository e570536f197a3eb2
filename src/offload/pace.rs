//! How much of a job a device takes at a time: pure arithmetic, no GPU.

use std::time::{Duration, Instant};

/// What a step should take at most. Operating systems take a device away that computes for a second or two.
const LONGEST: Duration = Duration::from_millis(100);

/// Elements of the first chunk: nothing is known of the device's speed yet.
pub(super) const FIRST: u64 = 1 << 18;

/// How many units a device takes at a time, by how long the ones before took.
pub(super) struct Pace {
    units: u64,
    most: u64,
    /// When its last step was done.
    before: Option<Instant>,
}

impl Pace {
    /// For chunks of so many units at most, which have so many elements each.
    pub(super) fn new(most: u64, unit: u64) -> Self {
        Self {
            units: (FIRST / unit.max(1)).clamp(1, most.max(1)),
            most: most.max(1),
            before: None,
        }
    }

    /// How many units it should take next.
    pub(super) fn units(&self) -> u64 {
        self.units
    }

    /// So many units were submitted at one time, and done at another.
    pub(super) fn learn(&mut self, units: u64, submitted: Instant, done: Instant) {
        // The step began when the one before was done, if that came later.
        let began = self
            .before
            .map_or(submitted, |before| before.max(submitted));
        self.before = Some(done);
        let spent = done.saturating_duration_since(began);
        let fitting = units as f64 * LONGEST.div_duration_f64(spent.max(Duration::from_nanos(1)));
        // No more than twice what was tried. A power of two ends with a whole vector.
        let units = (fitting as u64).clamp(1, units.saturating_mul(2));
        self.units = (1 << units.ilog2()).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The units of the steps of a device that takes so long for one, with so many on their way.
    fn steps(per_unit: Duration, most: u64, in_flight: usize) -> Vec<u64> {
        let start = Instant::now();
        let mut pace = Pace::new(most, 1);
        let mut free = start;
        let mut queue = std::collections::VecDeque::new();
        let mut taken = Vec::new();
        let mut now = start;
        for _ in 0..60 {
            while queue.len() < in_flight {
                let units = pace.units();
                free = free.max(now) + per_unit.mul_f64(units as f64);
                queue.push_back((units, now, free));
                taken.push(units);
            }
            if let Some((units, submitted, done)) = queue.pop_front() {
                now = done;
                pace.learn(units, submitted, done);
            }
        }
        taken
    }

    #[test]
    fn a_fast_device_soon_takes_the_most() {
        let taken = steps(Duration::from_nanos(1), 1 << 22, 3);
        assert_eq!(taken[..3], [FIRST; 3]);
        assert!(taken.contains(&(1 << 22)));
        assert_eq!(taken.last(), Some(&(1 << 22)));
    }

    #[test]
    fn a_slow_device_never_takes_more_than_it_does_in_time() {
        for per_unit in [100, 1_000, 30_000, 3_000_000_000].map(Duration::from_nanos) {
            let taken = steps(per_unit, 1 << 22, 3);
            // Those that were submitted before anything was known.
            for &units in &taken[3..] {
                let spent = per_unit.mul_f64(units as f64);
                assert!(
                    units == 1 || spent <= LONGEST,
                    "{units} units take {spent:?}"
                );
            }
            let last = per_unit.mul_f64(taken[taken.len() - 1] as f64);
            assert!(last >= LONGEST.mul_f64(0.25), "{last:?} for a step");
        }
    }

    #[test]
    fn it_takes_a_unit_at_least_and_no_more_than_there_are() {
        assert_eq!(Pace::new(0, 0).units(), 1);
        assert_eq!(Pace::new(5, 1 << 30).units(), 1);
        assert_eq!(Pace::new(5, 1).units(), 5);
        let mut pace = Pace::new(3, 1);
        let now = Instant::now();
        pace.learn(u64::MAX, now, now);
        assert_eq!(pace.units(), 3);
        pace.learn(1, now, now + Duration::from_secs(3600));
        assert_eq!(pace.units(), 1);
    }
}
