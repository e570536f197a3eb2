//! Walks over all inputs: the reference is evaluated once, and everybody is judged by it.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Instant;

use indicatif::ProgressBar;
use wgpu_activations::verify::{Direction, Oracle, Walk};
use wgpu_activations::{Activation, Definition, Dtype, Offload};

use crate::judged::{self, Judged, Run};
use crate::number::{self, Number};
use crate::pytorch::PyTorch;
use crate::rows::{self, Keyed as _, Kind, Row};
use crate::subjects::{Contestant, Contribution};
use crate::{Error, bits, date, progress};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Measure this library's shaders on this adapter, by a part of its name; may be repeated.
    #[arg(long, value_name = "ADAPTER")]
    ours: Vec<String>,

    /// Measure the naive shaders on this adapter; may be repeated.
    #[arg(long, value_name = "ADAPTER")]
    naive: Vec<String>,

    /// Measure PyTorch, as this Python has it.
    #[arg(long, value_name = "PYTHON")]
    python: Option<PathBuf>,

    /// Take every n-th bit pattern of f32, and the edge cases.
    #[arg(long, default_value = "1", value_name = "N")]
    every: NonZeroU32,

    /// Only tensors of this type; may be repeated. The peers take f32 only.
    #[arg(long, value_name = "DTYPE")]
    dtype: Vec<Dtype>,

    /// Measure rows anew that are there and current.
    #[arg(long)]
    again: bool,

    /// Only these activations.
    #[arg(value_name = "ACTIVATION")]
    names: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let mut contestants = contestants(arguments)?;
    let dtypes = match arguments.dtype.as_slice() {
        [] => &Dtype::ALL,
        dtypes => dtypes,
    };
    for definition in crate::definitions(&arguments.names)? {
        for direction in Direction::ALL {
            for &dtype in dtypes {
                let task = Task {
                    definition,
                    direction,
                    dtype,
                    every: arguments.every,
                };
                task.run(&mut contestants, arguments.again)?;
            }
        }
    }
    Ok(())
}

fn contestants(arguments: &Arguments) -> Result<Vec<Contestant>, Error> {
    let mut contestants = Vec::new();
    for (kind, names) in [
        (Kind::Ours, &arguments.ours),
        (Kind::Naive, &arguments.naive),
    ] {
        for name in names {
            contestants.push(Contestant::adapter(kind, Offload::with_adapter(name)?)?);
        }
    }
    if let Some(python) = &arguments.python {
        contestants.push(Contestant::pytorch(PyTorch::start(python)?));
    }
    if contestants.is_empty() {
        return Err(
            "nobody to measure: pass --ours ADAPTER, --naive ADAPTER or --python PYTHON".into(),
        );
    }
    for (index, contestant) in contestants.iter().enumerate() {
        let subject = &contestant.subject;
        let slug = subject.slug();
        // Two that share a file would overwrite each other's rows.
        if let Some(other) = contestants[..index]
            .iter()
            .find(|other| other.subject.slug() == slug)
        {
            return Err(format!(
                "{} and {} would both be measured as {slug}; measure them one after the other, and keep \
                 the first one's file under another name",
                other.subject.adapter, subject.adapter
            )
            .into());
        }
        eprintln!(
            "{}: {} ({}, {})",
            subject.slug(),
            subject.adapter,
            subject.backend,
            subject.driver
        );
    }
    Ok(contestants)
}

/// One activation in one direction and type.
struct Task {
    definition: &'static Definition,
    direction: Direction,
    dtype: Dtype,
    every: NonZeroU32,
}

/// One contestant's results so far.
struct Entry<'a> {
    contestant: &'a mut Contestant,
    contribution: Contribution,
    judged: Judged,
}

/// A part of a walk, with the results of each entry.
#[derive(Default)]
struct Part {
    inputs: Vec<f32>,
    runs: Vec<Run>,
    outputs: Vec<Vec<f32>>,
}

/// Parts in memory: one is judged while the next is computed.
const PARTS: usize = 2;

impl Task {
    fn run(&self, contestants: &mut [Contestant], again: bool) -> Result<(), Error> {
        let mut entries = Vec::new();
        for contestant in contestants.iter_mut().filter(|c| c.takes(self.dtype)) {
            let contribution =
                contestant.contribution(self.definition, self.direction, self.dtype)?;
            if let Some(contribution) = contribution
                && (again || !self.is_measured(contestant, &contribution)?)
            {
                entries.push(Entry {
                    contestant,
                    contribution,
                    judged: Judged::new(self.dtype),
                });
            }
        }
        if entries.is_empty() {
            return Ok(());
        }
        let activation = Activation::from_definition(self.definition);
        let walk = match self.dtype {
            Dtype::F32 => Walk::every(self.every, &activation),
            dtype => Walk::all(dtype),
        };
        let start = Instant::now();
        let bar = progress::of_steps(walk.len());
        bar.set_message(format!(
            "{} {} {}",
            self.definition.name, self.direction, self.dtype
        ));
        self.walk(
            &walk,
            &Oracle::new(&activation, self.direction)?,
            &mut entries,
            &bar,
        )?;
        bar.finish_and_clear();
        eprintln!(
            "{} {} {}: {} inputs in {:.1} s",
            self.definition.name,
            self.direction,
            self.dtype,
            walk.len(),
            start.elapsed().as_secs_f64()
        );
        for entry in entries {
            let subject = &entry.contestant.subject;
            let row = self.row(&entry);
            eprintln!(
                "{:20} {:8} {:4} {:24} {:>8} ULP at {:10}",
                row.activation,
                row.direction,
                row.dtype,
                subject.slug(),
                number::ulp(row.max_ulp.0),
                row.worst_input
            );
            rows::merge(&rows::path(subject), row)?;
        }
        Ok(())
    }

    /// Whether the same was measured before, by the same shader and driver and as thoroughly.
    fn is_measured(
        &self,
        contestant: &Contestant,
        contribution: &Contribution,
    ) -> Result<bool, Error> {
        let subject = &contestant.subject;
        let rows: Vec<Row> = rows::read(&rows::path(subject))?;
        let key = (
            self.definition.name,
            self.direction.name(),
            self.dtype.name(),
        );
        Ok(rows.iter().any(|row| {
            row.key() == key
                && row.subject == *subject
                && row.wgsl == contribution.wgsl
                && row.reference == contribution.reference()
                && row.every <= self.stride()
        }))
    }

    /// All bit patterns of 16 bits are few.
    fn stride(&self) -> u32 {
        match self.dtype {
            Dtype::F32 => self.every.get(),
            _ => 1,
        }
    }

    fn walk(
        &self,
        walk: &Walk,
        oracle: &Oracle,
        entries: &mut [Entry<'_>],
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let (mut computing, mut judging): (Vec<_>, Vec<_>) = entries
            .iter_mut()
            .map(|entry| {
                let contribution = &entry.contribution;
                (
                    (&mut *entry.contestant, contribution),
                    (contribution, &mut entry.judged),
                )
            })
            .unzip();
        std::thread::scope(|scope| {
            // Both ends that are used here go when judging fails, and so the computing ends too.
            let (give_back, free) = mpsc::channel();
            let (computed, parts) = mpsc::channel();
            for _ in 0..PARTS {
                give_back.send(Part::default())?;
            }
            let computer = scope.spawn(move || -> Result<(), Error> {
                for start in (0..walk.len()).step_by(Walk::PART as usize) {
                    let Ok(mut part) = free.recv() else { break };
                    compute(walk, start, &mut computing, &mut part)?;
                    if computed.send(part).is_err() {
                        break;
                    }
                }
                Ok(())
            });
            let (mut expected, mut own_expected) = (Vec::new(), Vec::new());
            for part in parts {
                oracle.expected_into(&part.inputs, &mut expected);
                for ((contribution, judged), outputs) in judging.iter_mut().zip(&part.outputs) {
                    let oracle = &contribution.oracle;
                    let expected = if contribution.has_own_meaning {
                        oracle.expected_into(&part.inputs, &mut own_expected);
                        &own_expected
                    } else {
                        &expected
                    };
                    judged.add(oracle, &part.runs, &part.inputs, expected, outputs)?;
                }
                bar.inc(part.inputs.len() as u64);
                // Where all are computed nobody waits for it.
                let _ = give_back.send(part);
            }
            computer.join().map_err(|_| "a contestant panicked")?
        })
    }

    fn row(&self, entry: &Entry<'_>) -> Row {
        let (judged, contribution) = (&entry.judged, &entry.contribution);
        let report = contribution.oracle.report(&judged.finite);
        Row {
            activation: self.definition.name.to_owned(),
            direction: self.direction.name().to_owned(),
            dtype: self.dtype.name().to_owned(),
            subject: entry.contestant.subject.clone(),
            call: contribution.call.clone(),
            wgsl: contribution.wgsl.clone(),
            reference: contribution.reference(),
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            date: date::today(),
            every: self.stride(),
            inputs: report.inputs,
            max_ulp: Number(report.max_ulp),
            worst_input: bits::of(self.dtype, report.worst_input),
            expected: Number(report.expected),
            actual: Number(report.actual.into()),
            largest_term: report.largest_term,
            correctly_rounded: report.correctly_rounded,
            beyond_bound: judged.beyond_bound,
            nan_disagreements: report.nan_disagreements,
            infinity_disagreements: report.infinity_disagreements,
            keeps_nan: judged.keeps_nan(),
            keeps_limits: judged.keeps_limits(&contribution.oracle),
        }
    }
}

/// Everybody's results of the part of a walk that begins there.
fn compute(
    walk: &Walk,
    start: u64,
    computing: &mut [(&mut Contestant, &Contribution)],
    part: &mut Part,
) -> Result<(), Error> {
    walk.inputs(start..start + Walk::PART, &mut part.inputs);
    part.runs = judged::runs(&part.inputs);
    part.outputs.resize_with(computing.len(), Vec::new);
    let inputs = &part.inputs;
    // All at a time: each of them waits a good deal.
    std::thread::scope(|scope| {
        let busy: Vec<_> = computing
            .iter_mut()
            .zip(&mut part.outputs)
            .map(|((contestant, contribution), outputs)| {
                scope.spawn(move || {
                    outputs.resize(inputs.len(), 0.0);
                    contestant.results_into(contribution, inputs, outputs)
                })
            })
            .collect();
        busy.into_iter()
            .try_for_each(|contestant| contestant.join().map_err(|_| "a contestant panicked")?)
    })
}
