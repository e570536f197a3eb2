//! How accurate the subjects are.

use wgpu_activations::Definition;

use super::{Measured, NOTHING, find, table_rows, ulp, ulp_at};
use crate::markdown::table;
use crate::rows::{Kind, Row, Subject};

/// This library's bound in ULP.
pub(super) fn bound(definition: &Definition, dtype: &str) -> f64 {
    if dtype == "f32" {
        definition.bound
    } else {
        1.0
    }
}

/// The share of results that must be correctly rounded in 16 bits.
const LEAST_ROUNDED: f64 = 0.999;

/// The subjects, and when they were measured.
pub(super) fn subjects(measured: &Measured) -> String {
    let rows: Vec<_> = measured
        .subjects
        .iter()
        .map(|(subject, rows)| {
            let formulas = match subject.kind {
                Kind::Ours => "this library's",
                Kind::Naive => "WGSL's built-in functions (`benches/peers/naive/`)",
                Kind::PyTorch => "PyTorch's, f32, backward by autograd",
            };
            let versions = drivers(rows);
            vec![
                column(subject),
                formulas.to_owned(),
                subject.adapter.clone(),
                versions,
                dates(rows.iter().map(|row| row.date.as_str())),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let header = ["subject", "formulas", "adapter", "driver", "measured"];
    format!("## Subjects\n\n{}", table(&header, &rows))
}

/// From the first day to the last.
pub(super) fn dates<'a>(days: impl Iterator<Item = &'a str> + Clone) -> String {
    match (days.clone().min(), days.max()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (first, _) => first.unwrap_or(NOTHING).to_owned(),
    }
}

/// All drivers that the rows were measured with: one, unless it was updated meanwhile.
fn drivers(rows: &[Row]) -> String {
    let mut drivers: Vec<_> = rows.iter().map(|row| row.subject.driver.as_str()).collect();
    drivers.sort_unstable();
    drivers.dedup();
    drivers.join(", ")
}

/// A subject's name at the head of a column.
pub(super) fn column(subject: &Subject) -> String {
    let adapter = subject.adapter.split_whitespace().next().unwrap_or(NOTHING);
    let backend = match subject.backend.as_str() {
        "vulkan" => "Vulkan",
        "gl" => "OpenGL",
        other => other,
    };
    match subject.kind {
        Kind::Ours => format!("{adapter}, {backend}"),
        Kind::Naive => format!("naive ({adapter}, {backend})"),
        Kind::PyTorch => "PyTorch".to_owned(),
    }
}

/// Ours, naive and PyTorch side by side in f32.
pub(super) fn overview(measured: &Measured) -> String {
    let naive = measured.of(Kind::Naive).next();
    let pytorch = measured.of(Kind::PyTorch).next();
    let names = measured
        .subjects
        .iter()
        .flat_map(|(_, rows)| rows)
        .map(|row| &row.activation);
    let names: std::collections::BTreeSet<_> = names.collect();
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for (definition, direction) in table_rows() {
        if !names.contains(&definition.name.to_owned()) {
            continue;
        }
        let (name, bound) = (definition.name, bound(definition, "f32"));
        let ours = measured
            .of(Kind::Ours)
            .filter_map(|(_, rows)| find(rows, name, direction, "f32"));
        // NaN is the worst of all, and sorts so.
        let ours = ours.max_by(|a, b| a.max_ulp.0.abs().total_cmp(&b.max_ulp.0.abs()));
        let peer = |peer: Option<&(Subject, Vec<Row>)>| {
            ulp(
                peer.and_then(|(_, rows)| find(rows, name, direction, "f32")),
                bound,
            )
        };
        if line.is_empty() {
            line.push(format!("`{name}`"));
        }
        line.extend([ulp(ours, bound), peer(naive), peer(pytorch)]);
        if line.len() == 7 {
            lines.push(std::mem::take(&mut line));
        }
    }
    let header = [
        "activation",
        "forward: ours",
        "naive",
        "PyTorch",
        "backward: ours",
        "naive",
        "PyTorch",
    ];
    table(&header, &lines)
}

/// Ours on every adapter in one type.
pub(super) fn by_adapter(measured: &Measured, dtype: &str) -> String {
    let subjects: Vec<_> = measured
        .of(Kind::Ours)
        .filter(|(_, rows)| rows.iter().any(|row| row.dtype == dtype))
        .collect();
    let mut lines = Vec::new();
    for (definition, direction) in table_rows() {
        let rows: Vec<_> = subjects
            .iter()
            .map(|(_, rows)| find(rows, definition.name, direction, dtype))
            .collect();
        let share = |row: &Row| row.correctly_rounded as f64 / row.inputs.max(1) as f64;
        let shares = rows.iter().flatten().map(|row| share(row));
        let Some(least) = shares.min_by(f64::total_cmp) else {
            continue;
        };
        let mut line = vec![format!("`{}`", definition.name), direction.to_string()];
        line.extend(
            rows.iter()
                .map(|row| ulp_at(*row, bound(definition, dtype))),
        );
        line.push(if dtype != "f32" && least < LEAST_ROUNDED {
            format!("**{}**", percent(least))
        } else {
            percent(least)
        });
        lines.push(line);
    }
    if lines.is_empty() {
        return String::new();
    }
    let columns: Vec<_> = subjects
        .iter()
        .map(|(subject, _)| column(subject))
        .collect();
    let mut header = vec!["activation", "direction"];
    header.extend(columns.iter().map(String::as_str));
    header.push("correctly rounded");
    format!(
        "## {dtype} by adapter\n\nThe largest error in ULP of {dtype} with the first input that has it, \
         and the share of finite inputs whose result is correctly rounded, on the adapter where it is \
         least.\n\n{}",
        table(&header, &lines)
    )
}

/// A share in percent, rounded down, so that 100 % are all.
pub(super) fn percent(share: f64) -> String {
    let hundredths = (share * 1e4).floor();
    if hundredths == 1e4 {
        "100 %".to_owned()
    } else {
        format!("{:.2} %", hundredths / 100.0)
    }
}
