use wgpu_activations::reference::statistics::{Exact, of};
use wgpu_activations::{Activation, Dtype, Moments, Rows, Statistics};

use super::common::guarded::{Guarded, rounded};
use super::common::run;
use super::common::subject::Subject;

impl Subject {
    /// The records of all channels of a tensor that begins at an offset in its buffer.
    pub(crate) fn records(
        &self,
        activation: &Activation,
        channels: &Rows,
        values: &[f32],
        (dtype, offset): (Dtype, usize),
    ) -> Vec<Statistics> {
        let input = Guarded::new(&self.device, dtype, values, offset);
        // What is there before is no part of the result.
        let words = vec![7.0; channels.len() as usize * Statistics::WORDS];
        let records = Guarded::new(&self.device, Dtype::F32, &words, offset);
        let prepared = self
            .kernels
            .statistics(
                activation,
                Statistics::THRESHOLD,
                channels,
                &input.view,
                &records.view,
            )
            .expect("prepared");
        let read = || {
            run(&self.device, &self.queue, |encoder| {
                prepared.encode(encoder)
            });
            records.elements(&self.device, &self.queue)
        };
        let words = read();
        assert_eq!(read(), words, "the same every time");
        let (records, _) = words.as_chunks::<{ Statistics::WORDS }>();
        records.iter().map(Statistics::from_words).collect()
    }

    /// Takes the statistics of a tensor and checks them.
    pub(crate) fn check(
        &self,
        activation: &Activation,
        channels: &Rows,
        values: &[f32],
        tensor: (Dtype, usize),
    ) -> Vec<Statistics> {
        let values: Vec<f32> = values.iter().map(|&x| rounded(tensor.0, x)).collect();
        let all = self.records(activation, channels, &values, tensor);
        check(activation, channels, &values, &all);
        all
    }
}

/// The elements of each channel.
pub(crate) fn split(channels: &Rows, values: &[f32]) -> Vec<Vec<f64>> {
    let (len, inner) = (channels.len() as usize, channels.inner() as usize);
    let mut split = vec![Vec::new(); len];
    for (index, &value) in values.iter().enumerate() {
        split[index / inner % len].push(f64::from(value));
    }
    split
}

/// Holds statistics against the reference, channel by channel and altogether.
pub(crate) fn check(activation: &Activation, channels: &Rows, values: &[f32], all: &[Statistics]) {
    let split = split(channels, values);
    assert_eq!(all.len(), split.len());
    for (channel, (statistics, values)) in all.iter().zip(&split).enumerate() {
        check_one(
            activation,
            values,
            statistics,
            &format!("channel {channel}"),
        );
    }
    let total: Statistics = all.iter().sum();
    check_one(activation, &split.concat(), &total, "the total");
}

fn check_one(activation: &Activation, values: &[f64], statistics: &Statistics, name: &str) {
    let name = format!("{} {:?}, {name}", activation.name(), activation.values());
    let [input, output, slope] = of(activation, values).expect("of the catalogue");
    assert_eq!(statistics.count(), values.len() as u64, "{name}");
    let (reference, p) = (
        activation.reference().expect("it has one"),
        activation.values_f64(),
    );
    let error = |largest_term: Option<fn(f64, &[f64]) -> f64>, exact: &Exact| {
        let terms = largest_term.into_iter().flat_map(|term| {
            let finite = values.iter().filter(|x| x.is_finite());
            finite.map(|&x| term(x, &p)).collect::<Vec<_>>()
        });
        let largest = exact.minimum.abs().max(exact.maximum.abs());
        terms.fold(largest, f64::max) * f64::from(f32::EPSILON) * activation.bound()
    };
    let error_of_output = error(reference.forward_largest_term, &output);
    let error_of_slope = error(reference.derivative_largest_term, &slope);
    for (what, moments, exact, error) in [
        ("input", statistics.input(), input, 0.0),
        ("output", statistics.output(), output, error_of_output),
        ("slope", statistics.slope(), slope, error_of_slope),
    ] {
        check_moments(moments, &exact, error, &format!("{name}: {what}"));
    }

    let below = |f: fn(f64, &[f64]) -> f64, limit: f64| {
        let values = values
            .iter()
            .map(|&x| if x.is_nan() { x } else { f(x, &p).abs() });
        values.filter(|&value| value < limit).count() as u64
    };
    let zeros = below(reference.forward, f64::from(f32::MIN_POSITIVE));
    assert_eq!(statistics.zeros(), zeros, "{name}: zeros");
    assert_eq!(
        statistics.is_dead(),
        !values.is_empty() && zeros == values.len() as u64
    );
    let limit = f64::from(Statistics::THRESHOLD);
    let [least, most] = [1.0 - 1e-5, 1.0 + 1e-5].map(|by| below(reference.derivative, limit * by));
    let saturated = statistics.saturated();
    assert!(
        (least..=most).contains(&saturated),
        "{name}: {saturated} of {least}..={most}"
    );
}

/// `error` is how far a number may be from the exact one.
fn check_moments(moments: &Moments, exact: &Exact, error: f64, name: &str) {
    let counts = [moments.finite(), moments.nan(), moments.infinite()];
    assert_eq!(counts, exact.counts, "{name}");
    if exact.counts[0] == 0 {
        assert!(
            moments.mean().is_nan() && moments.variance().is_nan(),
            "{name}"
        );
        return;
    }
    let largest = exact.minimum.abs().max(exact.maximum.abs());
    // Subnormals may be flushed.
    let error = error + f64::from(f32::MIN_POSITIVE);
    let close = |what, value: f64, exact: f64, tolerance: f64| {
        let distance = (value - exact).abs();
        assert!(
            distance <= tolerance,
            "{name}: {what} {value:e} instead of {exact:e}"
        );
    };
    close("minimum", moments.minimum(), exact.minimum, error);
    close("maximum", moments.maximum(), exact.maximum, error);
    close("mean", moments.mean(), exact.mean, error + 1e-11 * largest);
    let deviation = exact.variance.sqrt();
    // The squares are counted from one of the numbers, which may be the farthest from the mean.
    let farthest = (exact.maximum - exact.mean).max(exact.mean - exact.minimum);
    let counted = exact.variance + farthest * farthest;
    // Whoever moves numbers by as much moves their deviation by no more.
    let tolerance = 2_f64.powi(-42) * counted + (2.0 * deviation + error) * error;
    close("variance", moments.variance(), exact.variance, tolerance);
}
