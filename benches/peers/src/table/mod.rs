//! Renders `docs/accuracy.md` from what was measured.

mod accuracy;
mod budget;
mod cost;
mod peers;
mod samples;
mod stale;
#[cfg(test)]
mod tests;
mod variants;

use std::fs;
use std::path::PathBuf;

use wgpu_activations::Definition;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::Direction;

use crate::number;
use crate::rows::{self, Kind, Row, Subject};
use crate::{Error, cost as times, naive, pytorch};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Remove what was measured with another shader than the present one.
    #[arg(long)]
    drop_stale: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    if arguments.drop_stale {
        for name in stale::drop_all()? {
            println!("removed {name}");
        }
    }
    let measured = Measured::read()?;
    let path = path();
    fs::write(&path, measured.render()?)?;
    println!("wrote {}", path.display());
    for gap in measured.gaps() {
        println!("{gap}");
    }
    Ok(())
}

fn path() -> PathBuf {
    crate::root().join("docs/accuracy.md")
}

/// Everything under `docs/accuracy/`.
#[derive(Default)]
struct Measured {
    /// The subjects with their rows: ours first, then the naive, then PyTorch.
    subjects: Vec<(Subject, Vec<Row>)>,
    costs: Vec<times::Row>,
    samples: Vec<samples::Row>,
    variants: Vec<variants::Row>,
}

impl Measured {
    fn read() -> Result<Self, Error> {
        let mut measured = Self {
            variants: variants::read()?,
            ..Self::default()
        };
        let Ok(entries) = fs::read_dir(rows::folder()) else {
            return Ok(measured);
        };
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in entries {
            paths.push(entry?.path());
        }
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == samples::FILE {
                measured.samples = rows::read(&path)?;
            } else if name.starts_with("cost-") && name.ends_with(".json") {
                measured.costs.extend(rows::read::<times::Row>(&path)?);
            } else if name.ends_with(".json") {
                let rows: Vec<Row> = rows::read(&path)?;
                measured
                    .subjects
                    .extend(rows.first().map(|row| row.subject.clone()).zip(Some(rows)));
            }
        }
        measured
            .subjects
            .sort_by_key(|(subject, _)| (subject.kind as u8, subject.slug()));
        Ok(measured)
    }

    fn render(&self) -> Result<String, Error> {
        let parts = [
            include_str!("introduction.md").to_owned(),
            accuracy::subjects(self),
            self.gaps_section(),
            "## f32 at a glance\n\nThe largest error in ULP over all finite inputs; ours is the worst of \
             the adapters.\n"
                .to_owned(),
            accuracy::overview(self),
            accuracy::by_adapter(self, "f32"),
            peers::worst_inputs(self),
            accuracy::by_adapter(self, "f16"),
            accuracy::by_adapter(self, "bf16"),
            variants::section(&self.variants),
            samples::section(&self.samples),
            cost::section(self)?,
        ];
        Ok(parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// The gaps as they stand on the page, which has nothing to say where there are none.
    fn gaps_section(&self) -> String {
        let gaps: Vec<_> = self.gaps().iter().map(|gap| format!("- {gap}\n")).collect();
        match gaps.as_slice() {
            [] => String::new(),
            gaps => format!("### Not measured yet\n\n{}", gaps.concat()),
        }
    }

    /// The subjects of a kind.
    fn of(&self, kind: Kind) -> impl Iterator<Item = &(Subject, Vec<Row>)> {
        self.subjects
            .iter()
            .filter(move |(subject, _)| subject.kind == kind)
    }

    /// What is missing: rows that nobody measured, or not over all inputs.
    fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for (subject, rows) in &self.subjects {
            for dtype in dtypes(subject.kind) {
                let is_missing = |&(row, direction): &(&'static Definition, _)| {
                    find(rows, row.name, direction, dtype).is_none_or(|row| row.every != 1)
                };
                let missing: Vec<_> = expected_rows(subject.kind).filter(is_missing).collect();
                if let [(first, direction), ..] = missing.as_slice() {
                    gaps.push(format!(
                        "{}, {dtype}: {} rows are not measured yet over all inputs, the first {} \
                         {direction}",
                        subject.slug(),
                        missing.len(),
                        first.name,
                    ));
                }
            }
        }
        gaps.extend(variants::gap(&self.variants));
        if self.samples.is_empty() {
            gaps.push(
                "random samples are not confirmed yet by `tools/confirm_samples.py`".to_owned(),
            );
        }
        gaps
    }
}

/// The types in which somebody is measured.
fn dtypes(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Ours => &["f32", "f16", "bf16"],
        Kind::Naive | Kind::PyTorch => &["f32"],
    }
}

/// The rows that somebody has who computes them all.
fn expected_rows(kind: Kind) -> impl Iterator<Item = (&'static Definition, Direction)> {
    table_rows().filter(move |(row, _)| match kind {
        Kind::Ours => true,
        Kind::Naive => naive::has(row.name),
        Kind::PyTorch => pytorch::has(row.name),
    })
}

/// The rows of a table: the catalogue, forward and backward.
fn table_rows() -> impl Iterator<Item = (&'static Definition, Direction)> {
    catalogue().flat_map(|row| Direction::ALL.map(|direction| (row, direction)))
}

fn find<'a>(rows: &'a [Row], name: &str, direction: Direction, dtype: &str) -> Option<&'a Row> {
    rows.iter().find(|row| {
        row.activation == name && row.direction == direction.name() && row.dtype == dtype
    })
}

/// What stands where nothing was measured.
const NOTHING: &str = "–";

/// An error, marked where it is beyond the bound or not a number's.
fn ulp(row: Option<&Row>, bound: f64) -> String {
    let Some(row) = row else {
        return NOTHING.to_owned();
    };
    let mut text = number::ulp(row.max_ulp.0);
    if row.max_ulp.0.is_nan() || row.max_ulp.0 > bound {
        text = format!("**{text}**");
    }
    if row.every != 1 {
        text += &format!(" (every {})", row.every);
    }
    match marks(row).as_str() {
        "" => text,
        marks => format!("{text} {marks}"),
    }
}

/// \* where ULP are taken at the largest term, ° where infinity stands for a finite result or the other way
/// round, † where NaN does not give NaN, ‡ where ±∞ does not give the limit.
fn marks(row: &Row) -> String {
    let marks = [
        (row.largest_term, "\\*"),
        (row.infinity_disagreements > 0, "°"),
        (!row.keeps_nan, "†"),
        (!row.keeps_limits, "‡"),
    ];
    marks
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, mark)| mark)
        .collect()
}

/// An error with the input that causes it.
fn ulp_at(row: Option<&Row>, bound: f64) -> String {
    match row {
        Some(row) if row.max_ulp.0 != 0.0 => {
            let input = number::decimal(crate::bits::value(&row.dtype, &row.worst_input));
            format!(
                "{} at {input} (`{}`)",
                ulp(Some(row), bound),
                row.worst_input
            )
        }
        other => ulp(other, bound),
    }
}
