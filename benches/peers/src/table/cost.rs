//! What the accuracy costs.

use wgpu_activations::verify::Direction;
use wgpu_activations::{Activation, Definition};

use super::accuracy::{column, dates};
use super::budget;
use super::peers::wrong_share;
use super::{Measured, NOTHING, find, table_rows};
use crate::cost::Row;
use crate::markdown::table;
use crate::rows::{Kind, Subject};
use crate::spirv::{self, Instructions};
use crate::{Error, naive, shader};

/// What no activation may take more of than its naive twin.
const BOUND: f64 = 2.5;

/// Rows that reduce arguments of any size, where the built-in functions give up.
const SINES: [&str; 4] = ["sinusoid", "cosine", "sinc", "snake"];

/// Times on every adapter where they were taken, and the instructions.
pub(super) fn section(measured: &Measured) -> Result<String, Error> {
    let mut text = INTRODUCTION.to_owned();
    let mut subjects: Vec<&Subject> = measured.costs.iter().map(|row| &row.subject).collect();
    subjects.dedup();
    for subject in subjects {
        let rows: Vec<_> = measured
            .costs
            .iter()
            .filter(|row| row.subject == *subject)
            .collect();
        text += &times(measured, subject, &rows);
    }
    text += &instructions()?;
    text += &budget::section()?;
    Ok(text)
}

const INTRODUCTION: &str = "\
## Cost

The same kernels around this library's formulas and around the naive ones, timed in turn in one run:
the median of several submissions. The naive ones are compiled with run-time checks of indices, as any
WGSL but the library's own. A ratio beyond 2.5 is **bold**, unless the naive version is wrong
(beyond 4 ULP) at more than half of the finite inputs (§) or the activation is made of sines (~), whose
arguments are reduced over the whole range here.
";

fn times(measured: &Measured, subject: &Subject, rows: &[&Row]) -> String {
    let mut lines: Vec<Vec<String>> = Vec::new();
    for (definition, direction) in table_rows() {
        let row = rows
            .iter()
            .find(|row| row.activation == definition.name && row.direction == direction.name());
        if direction == Direction::Forward {
            lines.push(vec![format!("`{}`", definition.name)]);
        }
        let Some(line) = lines.last_mut() else {
            continue;
        };
        line.extend(match row {
            Some(row) => [
                format!("{:.1}", row.ms),
                format!("{:.1}", row.naive_ms),
                ratio(measured, definition, direction, row),
            ],
            None => [NOTHING; 3].map(str::to_owned),
        });
    }
    lines.retain(|line| line[1..].iter().any(|cell| cell != NOTHING));
    let Some(first) = rows.first() else {
        return String::new();
    };
    let header = [
        "activation",
        "forward: ms",
        "naive",
        "ratio",
        "backward: ms",
        "naive",
        "ratio",
    ];
    format!(
        "\n### {}: milliseconds for {} f32\n\n{}; {}, {}.\n\n{}",
        column(subject),
        first.elements,
        subject.adapter,
        subject.driver,
        dates(rows.iter().map(|row| row.date.as_str())),
        table(&header, &lines)
    )
}

fn ratio(measured: &Measured, definition: &Definition, direction: Direction, row: &Row) -> String {
    let ratio = row.ms / row.naive_ms;
    let text = format!("{ratio:.2}");
    let naive = measured
        .of(Kind::Naive)
        .find_map(|(_, rows)| find(rows, definition.name, direction, "f32"));
    if ratio <= BOUND {
        text
    } else if SINES.contains(&definition.name) {
        format!("{text} ~")
    } else if naive.is_some_and(|naive| wrong_share(naive) > 0.5) {
        format!("{text} §")
    } else {
        format!("**{text}**")
    }
}

/// The instructions that one element takes.
pub(super) fn instructions() -> Result<String, Error> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    for (definition, direction) in table_rows() {
        if direction == Direction::Forward {
            lines.push(vec![format!("`{}`", definition.name)]);
        }
        let ours = count(&Activation::from_definition(definition), direction)?;
        let naive = match naive::activation(definition)? {
            Some(naive) => cell(count(&naive, direction)?),
            None => NOTHING.to_owned(),
        };
        if let Some(line) = lines.last_mut() {
            line.extend([cell(ours), naive]);
        }
    }
    let header = ["activation", "forward", "naive", "backward", "naive"];
    Ok(format!(
        "\n### Instructions for one element\n\nIn the SPIR-V that naga makes, calls expanded, both arms of \
         a branch counted, and a loop's body once; what only moves or renames a value (a load, a bit cast, \
         a vector's parts) does not count. Those of `identity` lead NaN around the function, everywhere. In brackets: how \
         many are built-in functions, of which the driver makes as many instructions as it likes (`abs` \
         one, `exp` a dozen or more, `sin` dozens).\n\n{}",
        table(&header, &lines)
    ))
}

pub(super) fn count(activation: &Activation, direction: Direction) -> Result<Instructions, Error> {
    let function = match direction {
        Direction::Forward => "evaluate",
        Direction::Backward => "differentiate",
    };
    spirv::count(&shader::wgsl(activation, direction)?, function)
}

fn cell(instructions: Instructions) -> String {
    match instructions.built_in {
        0 => instructions.total.to_string(),
        built_in => format!("{} ({built_in})", instructions.total),
    }
}
