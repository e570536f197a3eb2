//! What `stats` prints.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::{Activation, Moments, Statistics};

use crate::arguments::Stats;
use crate::error::Error;
use crate::layout::Layout;
use crate::print::{self, json_number};

/// The most channels that a table shows; JSON has all.
const SHOWN: usize = 16;

#[derive(Serialize)]
pub(super) struct Report {
    activation: String,
    parameters: Map<String, Value>,
    input: String,
    dtype: &'static str,
    shape: Vec<u64>,
    axis: Option<i64>,
    threshold: f32,
    total: Health,
    dead_channels: Option<usize>,
    channels: Vec<Channel>,
}

#[derive(Serialize)]
struct Channel {
    index: usize,
    #[serde(flatten)]
    health: Health,
}

#[derive(Serialize)]
struct Health {
    count: u64,
    input: Series,
    output: Series,
    slope: Series,
    zeros: u64,
    sparsity: Value,
    saturated: u64,
    saturation: Value,
    dead: bool,
    #[serde(skip)]
    statistics: Statistics,
}

#[derive(Serialize)]
struct Series {
    finite: u64,
    nan: u64,
    infinite: u64,
    mean: Value,
    variance: Value,
    minimum: Value,
    maximum: Value,
}

impl Report {
    pub(super) fn new(
        arguments: &Stats,
        activation: &Activation,
        layout: &Layout,
        statistics: &[Statistics],
    ) -> Self {
        let dead = statistics
            .iter()
            .filter(|channel| channel.is_dead())
            .count();
        let channels = statistics
            .iter()
            .enumerate()
            .map(|(index, channel)| Channel {
                index,
                health: Health::new(channel),
            });
        let axis = arguments.axis;
        Self {
            activation: activation.name().to_owned(),
            parameters: print::json_parameters(activation),
            input: arguments.input.to_string(),
            dtype: layout.dtype().name(),
            shape: layout.shape().to_vec(),
            axis,
            threshold: arguments.threshold,
            total: Health::new(&statistics.iter().sum()),
            dead_channels: axis.map(|_| dead),
            channels: axis.map_or(Vec::new(), |_| channels.collect()),
        }
    }

    pub(super) fn print(&self) -> Result<(), Error> {
        let total = &self.total.statistics;
        let columns = [total.input(), total.output(), total.slope()];
        let line = |name: &str, value: fn(&Moments) -> String| {
            let [input, output, slope] = columns.map(value);
            [name.to_owned(), input, output, slope]
        };
        print::table(&[
            [self.activation.as_str(), "input", "output", "|f'|"].map(String::from),
            line("finite", |m| m.finite().to_string()),
            line("NaN", |m| m.nan().to_string()),
            line("infinite", |m| m.infinite().to_string()),
            line("mean", |m| short(m.mean())),
            line("variance", |m| short(m.variance())),
            line("minimum", |m| short(m.minimum())),
            line("maximum", |m| short(m.maximum())),
        ])?;
        let mut lines = vec![
            ["outputs that are zero".to_owned(), share(total.sparsity())],
            [
                format!("saturated, |f'| < {}", self.threshold),
                share(total.saturation()),
            ],
        ];
        if let Some(dead) = self.dead_channels {
            let count = format!("{dead} of {}", self.channels.len());
            lines.push(["dead channels".to_owned(), count]);
        }
        print::standard_output(b"\n")?;
        print::table(&lines)?;
        self.print_channels()
    }

    /// Those first through which the least gradient gets.
    fn print_channels(&self) -> Result<(), Error> {
        if self.channels.is_empty() {
            return Ok(());
        }
        let mean_slope = |channel: &&Channel| channel.health.statistics.slope().mean();
        let mut worst: Vec<_> = self.channels.iter().collect();
        worst.sort_by(|a, b| mean_slope(a).total_cmp(&mean_slope(b)));
        let head = [
            "channel",
            "mean |f'|",
            "zero",
            "saturated",
            "mean output",
            "mean input",
        ];
        let mut lines = vec![head.map(String::from)];
        lines.extend(worst.iter().take(SHOWN).map(|channel| {
            let statistics = &channel.health.statistics;
            [
                channel.index.to_string(),
                short(statistics.slope().mean()),
                share(statistics.sparsity()),
                share(statistics.saturation()),
                short(statistics.output().mean()),
                short(statistics.input().mean()),
            ]
        }));
        print::standard_output(b"\n")?;
        print::table(&lines)?;
        match self.channels.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => print::standard_output(
                format!("{more} more, with a larger mean |f'|; --json prints them all\n")
                    .as_bytes(),
            ),
        }
    }
}

impl Health {
    fn new(statistics: &Statistics) -> Self {
        Self {
            count: statistics.count(),
            input: Series::new(statistics.input()),
            output: Series::new(statistics.output()),
            slope: Series::new(statistics.slope()),
            zeros: statistics.zeros(),
            sparsity: json_number(statistics.sparsity()),
            saturated: statistics.saturated(),
            saturation: json_number(statistics.saturation()),
            dead: statistics.is_dead(),
            statistics: *statistics,
        }
    }
}

impl Series {
    fn new(moments: &Moments) -> Self {
        Self {
            finite: moments.finite(),
            nan: moments.nan(),
            infinite: moments.infinite(),
            mean: json_number(moments.mean()),
            variance: json_number(moments.variance()),
            minimum: json_number(moments.minimum()),
            maximum: json_number(moments.maximum()),
        }
    }
}

/// A number at a reader's precision.
fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || (1e-4..1e7).contains(&value.abs()) {
        let decimals = format!("{value:.6}");
        let whole = if decimals.contains('.') {
            decimals.trim_end_matches('0')
        } else {
            &decimals
        };
        return whole.trim_end_matches('.').to_owned();
    }
    format!("{value:.5e}")
}

/// A part of all: of none there is none.
fn share(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    format!("{:.2} %", 100.0 * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_keep_their_size() {
        for (value, text) in [
            (0.0, "0"),
            (-0.25, "-0.25"),
            (100.0, "100"),
            (1.0 / 3.0, "0.333333"),
            (1e-5, "1.00000e-5"),
            (-3e38, "-3.00000e38"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
