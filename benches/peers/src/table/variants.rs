//! What the command `verify` found over all inputs with unusual hyper-parameters.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use wgpu_activations::Activation;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::Direction;

use super::NOTHING;
use crate::markdown::table;
use crate::number::{self, Number};
use crate::{Error, rows};

/// One line of `verify --exhaustive --variants --dtype f32 --json`.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) activation: String,
    parameters: BTreeMap<String, f32>,
    pub(super) direction: String,
    adapter: String,
    driver: String,
    pub(super) wgsl: String,
    inputs: u64,
    max_ulp: Number,
    bound: f64,
    worst_input: Number,
    /// How ULP are counted, where that is not by the result alone.
    note: Option<String>,
}

/// The files, one for each activation.
fn folder() -> PathBuf {
    rows::folder().join("variants")
}

pub(super) fn path(activation: &str) -> PathBuf {
    folder().join(format!("{activation}.json"))
}

pub(super) fn read() -> Result<Vec<Row>, Error> {
    let mut all = Vec::new();
    let Ok(entries) = fs::read_dir(folder()) else {
        return Ok(all);
    };
    for entry in entries {
        let rows: Vec<Row> = rows::read(&entry?.path())?;
        // Those with the usual ones are in the tables of every adapter.
        all.extend(rows.into_iter().filter(|row| {
            expected().any(|activation| {
                row.activation == activation.name() && row.parameters == named(&activation)
            })
        }));
    }
    Ok(all)
}

/// What is to be measured: each unusual set of each activation.
fn expected() -> impl Iterator<Item = Activation> {
    catalogue().flat_map(|definition| Activation::variants(definition).skip(1))
}

fn named(activation: &Activation) -> BTreeMap<String, f32> {
    let names = activation.parameters().iter();
    let names = names.map(|parameter| parameter.name.to_owned());
    names.zip(activation.values().iter().copied()).collect()
}

fn find<'a>(rows: &'a [Row], activation: &Activation, direction: Direction) -> Option<&'a Row> {
    let parameters = named(activation);
    rows.iter().find(|row| {
        row.activation == activation.name()
            && row.direction == direction.name()
            && row.parameters == parameters
            && row.inputs == 1 << 32
    })
}

fn cell(row: Option<&Row>) -> String {
    let Some(row) = row else {
        return NOTHING.to_owned();
    };
    let (error, at) = (row.max_ulp.0, number::decimal(row.worst_input.0));
    let note = if row.note.is_some() { r" \*" } else { "" };
    match number::ulp(error) {
        ulp if error == 0.0 => ulp,
        ulp if error <= row.bound => format!("{ulp}{note} at {at}"),
        ulp => format!("**{ulp}**{note} at {at}"),
    }
}

/// Those that were measured; the gaps are told elsewhere.
pub(super) fn section(rows: &[Row]) -> String {
    let lines: Vec<_> = expected()
        .filter_map(|activation| {
            let found = Direction::ALL.map(|direction| find(rows, &activation, direction));
            if found.iter().all(Option::is_none) {
                return None;
            }
            let parameters = activation.parameters().iter().zip(activation.values());
            let parameters =
                parameters.map(|(parameter, value)| format!("{}={value}", parameter.name));
            let [forward, backward] = found.map(cell);
            Some(vec![
                format!("`{}`", activation.name()),
                parameters.collect::<Vec<_>>().join(", "),
                forward,
                backward,
            ])
        })
        .collect();
    let Some(first) = rows.first().filter(|_| !lines.is_empty()) else {
        return String::new();
    };
    format!(
        "## Unusual hyper-parameters\n\nThe largest error in ULP over all inputs of f32 on {}, {}, by \
         `wgpu-activations verify --exhaustive --variants --dtype f32`; \\* as above.\n\n{}",
        first.adapter,
        first.driver,
        table(
            &["activation", "hyper-parameters", "forward", "backward"],
            &lines
        )
    )
}

/// What nobody measured.
pub(super) fn gap(rows: &[Row]) -> Option<String> {
    let all = expected().flat_map(|activation| Direction::ALL.map(|way| (activation.clone(), way)));
    let missing: Vec<_> = all
        .filter(|(activation, direction)| find(rows, activation, *direction).is_none())
        .collect();
    let (first, direction) = missing.first()?;
    Some(format!(
        "unusual hyper-parameters: {} rows are not measured yet over all inputs, the first {} {direction}",
        missing.len(),
        first.name()
    ))
}
