//! Measurements whose shader has changed since.

use std::fs;

use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Direction, wgsl_fingerprint};
use wgpu_activations::{Activation, Dtype};

use super::{Measured, samples, variants};
use crate::rows::{self, Kind, Row};
use crate::{Error, cost as times, naive, shader};

fn direction_named(name: &str) -> Option<Direction> {
    Direction::ALL
        .into_iter()
        .find(|known| known.name() == name)
}

/// Whether something was measured with the shader that this has now.
fn is_current(name: &str, direction: &str, dtype: Dtype, kind: Kind, wgsl: &str) -> bool {
    let definition = catalogue().find(|row| row.name == name);
    let activation = definition.and_then(|definition| match kind {
        Kind::Naive => naive::activation(definition).ok().flatten(),
        _ => Some(Activation::from_definition(definition)),
    });
    let present = activation
        .zip(direction_named(direction))
        .and_then(|(activation, direction)| {
            shader::fingerprint(&activation, direction, dtype).ok()
        });
    present.is_some_and(|present| present == wgsl)
}

/// Where there is no shader, as PyTorch has none, nothing can be stale.
fn is_row_current(row: &Row) -> bool {
    let Some(wgsl) = &row.wgsl else { return true };
    row.dtype.parse().is_ok_and(|dtype| {
        is_current(
            &row.activation,
            &row.direction,
            dtype,
            row.subject.kind,
            wgsl,
        )
    })
}

fn is_variant_current(row: &variants::Row) -> bool {
    let (activation, direction) = (&row.activation, &row.direction);
    is_current(activation, direction, Dtype::F32, Kind::Ours, &row.wgsl)
}

/// Samples are of all activations together.
fn are_samples_current(row: &samples::Row) -> bool {
    let direction = direction_named(&row.direction);
    let present = direction
        .zip(row.dtype.parse().ok())
        .and_then(|(direction, dtype)| {
            let all = catalogue().map(Activation::from_definition);
            all.map(|activation| wgsl_fingerprint(&activation, direction, [dtype; 2]).ok())
                .try_fold(0, |sum: u64, own| Some(sum.wrapping_add(own?)))
        });
    present.is_some_and(|present| format!("{present:016x}") == row.wgsl)
}

fn is_cost_current(row: &times::Row) -> bool {
    [(Kind::Ours, &row.wgsl), (Kind::Naive, &row.naive_wgsl)]
        .into_iter()
        .all(|(kind, wgsl)| is_current(&row.activation, &row.direction, Dtype::F32, kind, wgsl))
}

/// What is stale, as people read it.
pub(super) fn names(measured: &Measured) -> Vec<String> {
    let rows = measured.subjects.iter().flat_map(|(_, rows)| rows);
    let stale_rows = rows.filter(|row| !is_row_current(row)).map(|row| {
        let (activation, direction, dtype) = (&row.activation, &row.direction, &row.dtype);
        format!("{activation} {direction} {dtype} of {}", row.subject.slug())
    });
    let stale_costs = measured.costs.iter().filter(|row| !is_cost_current(row));
    let stale_costs = stale_costs.map(|row| {
        let (activation, direction) = (&row.activation, &row.direction);
        format!("the cost of {activation} {direction}")
    });
    let variants = measured.variants.iter();
    let stale_variants = variants.filter(|row| !is_variant_current(row)).map(|row| {
        let (activation, direction) = (&row.activation, &row.direction);
        format!("unusual hyper-parameters of {activation} {direction}")
    });
    let samples = measured.samples.iter();
    let stale_samples = samples.filter(|row| !are_samples_current(row)).map(|row| {
        let (adapter, direction, dtype) = (&row.adapter, &row.direction, &row.dtype);
        format!("the samples of {direction} {dtype} on {adapter}")
    });
    stale_rows
        .chain(stale_costs)
        .chain(stale_variants)
        .chain(stale_samples)
        .collect()
}

/// Removes what is stale from its files, and says what that was.
pub(super) fn drop_all() -> Result<Vec<String>, Error> {
    let measured = Measured::read()?;
    let stale = names(&measured);
    for (subject, all) in measured.subjects {
        let kept: Vec<_> = all.iter().filter(|row| is_row_current(row)).collect();
        if kept.len() < all.len() {
            rows::write(&rows::path(&subject), &kept)?;
        }
    }
    if !measured.samples.iter().all(are_samples_current) {
        fs::remove_file(rows::folder().join(samples::FILE))?;
    }
    let mut stale_variants: Vec<_> = (measured.variants.iter())
        .filter(|row| !is_variant_current(row))
        .map(|row| &row.activation)
        .collect();
    stale_variants.dedup();
    for activation in stale_variants {
        fs::remove_file(variants::path(activation))?;
    }
    let mut costs = measured.costs;
    while let Some(first) = costs.first() {
        let subject = first.subject.clone();
        let (own, others): (Vec<_>, _) = costs.into_iter().partition(|row| row.subject == subject);
        let kept: Vec<_> = own.iter().filter(|row| is_cost_current(row)).collect();
        if kept.len() < own.len() {
            rows::write(&times::path(&subject), &kept)?;
        }
        costs = others;
    }
    Ok(stale)
}
