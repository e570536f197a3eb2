//! Where the peers go wrong.

use super::accuracy::{bound, column};
use super::{Measured, NOTHING, find, table_rows, ulp_at};
use crate::markdown::table;
use crate::rows::{Kind, Row};

/// The worst inputs of the naive formulas and of PyTorch, and how much of the range is wrong.
pub(super) fn worst_inputs(measured: &Measured) -> String {
    let subjects: Vec<_> = measured
        .of(Kind::Naive)
        .chain(measured.of(Kind::PyTorch))
        .collect();
    let mut lines = Vec::new();
    for (definition, direction) in table_rows() {
        let rows: Vec<_> = subjects
            .iter()
            .map(|(_, rows)| find(rows, definition.name, direction, "f32"))
            .collect();
        if rows.iter().all(Option::is_none) {
            continue;
        }
        let mut line = vec![format!("`{}`", definition.name), direction.to_string()];
        for &row in &rows {
            line.extend([
                ulp_at(row, bound(definition, "f32")),
                row.map_or(NOTHING.to_owned(), wrong),
            ]);
        }
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
    for column in &columns {
        header.extend([column.as_str(), "beyond 4 ULP"]);
    }
    format!(
        "## Where naive formulas and PyTorch are off\n\nThe same inputs and the same judge, with the \
         share of finite inputs whose error is beyond 4 ULP.\n\n{}{}",
        table(&header, &lines),
        calls(measured)
    )
}

/// The share of finite inputs with a wrong result.
pub(super) fn wrong_share(row: &Row) -> f64 {
    row.beyond_bound as f64 / row.inputs.max(1) as f64
}

fn wrong(row: &Row) -> String {
    match 100.0 * wrong_share(row) {
        0.0 => "none".to_owned(),
        share if share < 0.01 => "< 0.01 %".to_owned(),
        share => format!("{share:.2} %"),
    }
}

/// What PyTorch was asked for.
fn calls(measured: &Measured) -> String {
    let Some((_, rows)) = measured.of(Kind::PyTorch).next() else {
        return String::new();
    };
    let mut calls: Vec<_> = rows
        .iter()
        .filter_map(|row| Some(format!("`{}`: `{}`", row.activation, row.call.as_ref()?)))
        .collect();
    calls.sort();
    calls.dedup();
    format!(
        "\nPyTorch's calls, where `F` is `torch.nn.functional`: {}. `F.hardsigmoid` is held to \
         clamp((x + 3) / 6, 0, 1), which it means, not to a slope rounded to f32.\n",
        calls.join(", ")
    )
}
