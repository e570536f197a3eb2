//! Standard output: tables and JSON. Whoever closes it early has read enough.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::Activation;

use crate::error::Error;

/// Prints rows of cells as columns that line up; the last column is not padded.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> Result<(), Error> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<_> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    standard_output(text.as_bytes())
}

/// Prints a value as indented JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Error> {
    standard_output(&json_text(value)?)
}

/// A value as indented JSON.
pub(crate) fn json_text(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| Error::Stdout(error.into()))?;
    text.push(b'\n');
    Ok(text)
}

/// A JSON number, or the string "inf", "-inf" or "nan", which JSON has no numbers for.
pub(crate) fn json_number(value: f64) -> Value {
    match serde_json::Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None => Value::String(value.to_string().to_lowercase()),
    }
}

/// An activation's hyper-parameters, as the shader gets them.
pub(crate) fn json_parameters(activation: &Activation) -> Map<String, Value> {
    let names = activation.parameters().iter().map(|p| p.name.to_owned());
    let values = activation.values_f64().into_iter().map(json_number);
    names.zip(values).collect()
}

/// Names with their values, as a cell of a table.
pub(crate) fn named_values<'a>(pairs: impl Iterator<Item = (&'a str, impl Display)>) -> String {
    let pairs = pairs.map(|(name, value)| format!("{name} {value}"));
    pairs.collect::<Vec<_>>().join(", ")
}

pub(crate) fn standard_output(text: &[u8]) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Error::Stdout),
    }
}

/// Prints one line to standard error; there is nowhere to report that this failed.
pub(crate) fn standard_error(text: &str) {
    let _ = writeln!(io::stderr(), "{}", one_line(text));
}

/// Folds a text of several lines, such as a compiler's or a driver's, into one.
fn one_line(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |folded, line| {
        let folded = folded.trim_end();
        // What a colon announces follows it.
        let separator = if folded.ends_with([':', ';']) {
            " "
        } else {
            "; "
        };
        let words: Vec<_> = line.split_whitespace().collect();
        [folded, &words.join(" ")].join(separator)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_become_one() {
        for (text, line) in [
            ("", ""),
            ("cannot read a  b.npy: why", "cannot read a  b.npy: why"),
            (
                "wgpu refused it: Validation Error\n\nCaused by:\n  In create   buffer\r\n    too large\n",
                "wgpu refused it: Validation Error; Caused by: In create buffer; too large",
            ),
        ] {
            assert_eq!(one_line(text), line);
        }
    }
}
