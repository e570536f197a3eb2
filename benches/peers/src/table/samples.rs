//! What a program confirmed that shares no code with this library.

use serde::Deserialize;

use super::NOTHING;
use crate::markdown::table;
use crate::number;

/// The file that `tools/confirm_samples.py --record` writes.
pub(super) const FILE: &str = "samples.json";

/// What one adapter gave in one direction and type, over all activations.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) adapter: String,
    driver: String,
    pub(super) direction: String,
    pub(super) dtype: String,
    samples: u64,
    near_a_zero: u64,
    max_ulp: f64,
    activation: String,
    input: Option<f64>,
    /// The sum of the fingerprints of every activation's WGSL.
    pub(super) wgsl: String,
    seed: u64,
    date: String,
}

/// Where there are none, nothing.
pub(super) fn section(rows: &[Row]) -> String {
    let Some(first) = rows.first() else {
        return String::new();
    };
    let lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let input = row.input.map_or(NOTHING.to_owned(), number::decimal);
            vec![
                format!("{} {}", row.adapter, row.driver),
                row.direction.clone(),
                row.dtype.clone(),
                row.samples.to_string(),
                format!(
                    "{} in `{}` at {input}",
                    number::ulp(row.max_ulp),
                    row.activation
                ),
                row.near_a_zero.to_string(),
            ]
        })
        .collect();
    let header = [
        "adapter",
        "direction",
        "dtype",
        "samples",
        "largest error",
        "near a zero",
    ];
    format!(
        "## Confirmed by mpmath\n\nRandom inputs of every activation, with default and unusual \
         hyper-parameters, against the formula at 300 digits and its central difference: \
         `tools/confirm_samples.py`, which shares neither reference nor judge with the above (seed {}, {}). \
         Derivatives next to a zero are judged at the magnitude nearby.\n\n{}",
        first.seed,
        first.date,
        table(&header, &lines)
    )
}
