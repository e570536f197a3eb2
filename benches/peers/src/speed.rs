//! How long operations take: contenders in turn, round after round, so that what disturbs the machine disturbs all
//! alike. Also a module of the crate in `burn/`.

use std::time::Duration;

use serde::Serialize;

/// Rounds where there is time.
const ROUNDS: usize = 9;

/// Rounds where there is not.
const FEWEST_ROUNDS: usize = 3;

/// What the runs of a round should take at least, so that submitting and waiting hardly count.
const ROUND_MS: f64 = 30.0;

/// Runs in a round at most.
const MOST_RUNS: f64 = 16.0;

/// Before anything counts: the first pays for what is put off until then, and tuners still try.
const WARM_UPS: usize = 3;

/// An implementation of an operation in one direction.
pub(crate) struct Contender<'a, E> {
    pub(crate) implementation: &'static str,
    pub(crate) direction: &'static str,
    /// The time of so many runs, until all are done.
    pub(crate) time: Box<dyn FnMut(usize) -> Result<Duration, E> + 'a>,
}

/// Milliseconds of one run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Speed {
    operation: String,
    implementation: &'static str,
    direction: &'static str,
    ms_median: f64,
    ms_min: f64,
    ms_max: f64,
    /// Queued before a wait; what it took is divided by them.
    runs: usize,
    rounds: usize,
}

/// The time for each operation, if it is one, and if so many elements can be halved in rows.
pub(crate) fn checked(elements: usize, row: usize, budget: f64) -> Result<Duration, String> {
    if row == 0 || elements == 0 || !elements.is_multiple_of(2 * row) {
        return Err(format!(
            "{elements} elements are no whole number of pairs of rows of {row}; pass --elements {} or another \
             multiple of twice --row",
            (2 * row).max(2)
        ));
    }
    Duration::try_from_secs_f64(budget)
        .map_err(|error| format!("--budget {budget}: {error}; pass seconds"))
}

/// Times the contenders within about that time, or in three rounds if those take longer.
pub(crate) fn compare<E>(
    operation: &str,
    contenders: &mut [Contender<'_, E>],
    budget: Duration,
) -> Result<Vec<Speed>, E> {
    let mut runs = Vec::new();
    let mut round_ms = 0.0;
    for contender in &mut *contenders {
        let mut once = f64::INFINITY;
        for _ in 0..WARM_UPS {
            once = milliseconds((contender.time)(1)?).min(once);
        }
        let count = (ROUND_MS / once).clamp(1.0, MOST_RUNS).ceil();
        round_ms += count * once;
        runs.push(count as usize);
    }
    let affordable = milliseconds(budget) / round_ms;
    let rounds = (affordable as usize).clamp(FEWEST_ROUNDS, ROUNDS);
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for _ in 0..rounds {
        for ((contender, times), &runs) in contenders.iter_mut().zip(&mut times).zip(&runs) {
            times.push(milliseconds((contender.time)(runs)?) / runs as f64);
        }
    }
    let speeds = contenders.iter().zip(times).zip(runs);
    Ok(speeds
        .map(|((contender, mut times), runs)| {
            times.sort_by(f64::total_cmp);
            Speed {
                operation: operation.to_owned(),
                implementation: contender.implementation,
                direction: contender.direction,
                ms_median: times[rounds / 2],
                ms_min: times[0],
                ms_max: times[rounds - 1],
                runs,
                rounds,
            }
        })
        .collect())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// A clock that says so many milliseconds for each run: no test asserts real time.
    fn steady(ms: u64) -> Contender<'static, Infallible> {
        Contender {
            implementation: "ours",
            direction: "forward",
            time: Box::new(move |runs| Ok(Duration::from_millis(ms) * runs as u32)),
        }
    }

    #[test]
    fn a_time_is_that_of_one_run() {
        let budget = Duration::from_secs(10);
        let speeds = compare("relu", &mut [steady(4), steady(2000)], budget)
            .unwrap_or_else(|never| match never {});
        assert_eq!((speeds[0].runs, speeds[0].ms_median), (8, 4.0));
        assert_eq!((speeds[1].runs, speeds[1].ms_median), (1, 2000.0));
        assert_eq!(speeds[0].rounds, 4, "10 s of 32 ms + 2 s");
    }

    #[test]
    fn outliers_do_not_count() {
        let mut calls = 0;
        let restless = Contender::<Infallible> {
            time: Box::new(move |_| {
                calls += 1;
                Ok(Duration::from_millis(match calls {
                    1..=3 => 40,
                    4 => 1000,
                    5 => 10,
                    _ => 50,
                }))
            }),
            ..steady(0)
        };
        let speeds =
            compare("relu", &mut [restless], Duration::MAX).unwrap_or_else(|never| match never {});
        let speed = &speeds[0];
        assert_eq!(
            [speed.ms_min, speed.ms_median, speed.ms_max],
            [10.0, 50.0, 1000.0]
        );
    }
}
