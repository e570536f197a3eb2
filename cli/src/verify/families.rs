//! Functions of rows, gated units, losses and derivatives by hyper-parameters, verified on each adapter.

use std::fmt;
use std::time::Instant;

use serde_json::{Map, Value};
use wgpu_activations::verify::{Direction, GatedSample, LearnableSample, LossSample, RowSample};
use wgpu_activations::{
    Activation, CrossEntropy, Dtype, GatedActivation, OffloadError, RowActivation,
};

use super::found::{Found, JsonRow, json_numbers};
use super::plan::Choice;
use super::subject::{Adapter, Identity, Subject};
use crate::arguments::Verify;
use crate::error::Error;
use crate::function::{CROSS_ENTROPY, Function, GATED, LABEL_SMOOTHING, LEARNABLE, LOSS, ROWS};
use crate::print;
use crate::progress::Bar;

/// What is verified at once, in all that it gives.
pub(super) struct FamilyTask {
    unit: Unit,
    dtype: Dtype,
}

#[derive(Clone)]
enum Unit {
    Rows(RowActivation),
    Gated(GatedActivation),
    Learnable(Activation),
    Loss(CrossEntropy),
}

/// What functions of rows and losses are tried on.
struct Samples {
    rows: Vec<RowSample>,
    losses: Vec<LossSample>,
}

/// What a unit gives: its results in one direction, or its derivatives by a hyper-parameter.
#[derive(Clone, Copy)]
enum Aspect {
    Pass(Direction),
    By(&'static str),
}

/// What was found in one aspect on one adapter.
pub(super) struct FamilyOutcome {
    unit: Unit,
    dtype: Dtype,
    aspect: Aspect,
    subject: Identity,
    seconds: f64,
    found: Result<Found, String>,
}

/// What to verify of functions of rows, with their scales, of gated units, of losses, and of derivatives by
/// hyper-parameters. There is no walk over all that they take: whoever names one for it is told so, but for
/// derivatives, whose activations have one, and otherwise a walk leaves them out.
pub(super) fn tasks(arguments: &Verify, choice: &Choice) -> Result<Vec<FamilyTask>, Error> {
    let units = choice.functions.iter().flat_map(Unit::variants);
    if arguments.exhaustive || arguments.every.is_some() {
        let mut named = units.filter(|unit| {
            !arguments.activations.is_empty() && !matches!(unit, Unit::Learnable(_))
        });
        return match named.next() {
            Some(unit) => Err(Error::NoWalk {
                name: unit.name(),
                made_of: unit.made_of(),
            }),
            None => Ok(Vec::new()),
        };
    }
    let tasks = units.flat_map(|unit| {
        choice.dtypes.iter().map(move |&dtype| FamilyTask {
            unit: unit.clone(),
            dtype,
        })
    });
    Ok(tasks.collect())
}

/// Verifies them all.
pub(super) fn verify(tasks: &[FamilyTask], adapters: &mut [Adapter]) -> Vec<FamilyOutcome> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let has = |family| tasks.iter().any(|task| task.unit.family() == family);
    let samples = Samples {
        rows: if has(ROWS) {
            RowSample::all()
        } else {
            Vec::new()
        },
        losses: if has(LOSS) {
            LossSample::all()
        } else {
            Vec::new()
        },
    };
    let bar = Bar::of_inputs((tasks.len() * adapters.len()) as u64);
    let (mut outcomes, mut done) = (Vec::new(), 0);
    for adapter in adapters {
        for FamilyTask { unit, dtype } in tasks {
            bar.step(done, &unit.name());
            done += 1;
            let start = Instant::now();
            let aspects = unit.aspects();
            let found = split(unit.verify(adapter, *dtype, &samples), aspects.len());
            let seconds = start.elapsed().as_secs_f64() / aspects.len() as f64;
            let all = found.into_iter().zip(aspects);
            outcomes.extend(all.map(|(found, aspect)| FamilyOutcome {
                unit: unit.clone(),
                dtype: *dtype,
                aspect,
                subject: adapter.identity().clone(),
                seconds,
                found,
            }));
        }
    }
    outcomes
}

/// What was found in each of so many aspects.
fn split(found: Result<Vec<Found>, OffloadError>, aspects: usize) -> Vec<Result<Found, String>> {
    match found {
        Ok(found) => found.into_iter().map(Ok).collect(),
        Err(error) => (0..aspects).map(|_| Err(error.to_string())).collect(),
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass(direction) => direction.fmt(f),
            Self::By(parameter) => write!(f, "by {parameter}"),
        }
    }
}

impl Unit {
    /// What is tried of a function.
    fn variants(function: &Function) -> Vec<Self> {
        match function {
            Function::Elementwise(activation) if !activation.parameters().is_empty() => {
                vec![Self::Learnable(activation.clone())]
            }
            Function::Elementwise(_) => Vec::new(),
            Function::Rows(activation) => RowActivation::variants(activation.function())
                .map(Self::Rows)
                .to_vec(),
            Function::Gated(gated) => vec![Self::Gated(gated.clone())],
            Function::Loss(_) => CrossEntropy::variants().map(Self::Loss).to_vec(),
        }
    }

    fn aspects(&self) -> Vec<Aspect> {
        match self {
            Self::Rows(_) | Self::Gated(_) | Self::Loss(_) => {
                Direction::ALL.map(Aspect::Pass).to_vec()
            }
            Self::Learnable(activation) => {
                let parameters = activation.parameters().iter();
                parameters
                    .map(|parameter| Aspect::By(parameter.name))
                    .collect()
            }
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Learnable(activation) => activation.name().to_owned(),
            Self::Rows(activation) => activation.function().name().to_owned(),
            Self::Gated(gated) => gated.name().into_owned(),
            Self::Loss(_) => CROSS_ENTROPY.to_owned(),
        }
    }

    fn family(&self) -> &'static str {
        match self {
            Self::Rows(_) => ROWS,
            Self::Gated(_) => GATED,
            Self::Learnable(_) => LEARNABLE,
            Self::Loss(_) => LOSS,
        }
    }

    fn made_of(&self) -> &'static str {
        match self {
            Self::Rows(_) | Self::Loss(_) => "whole rows",
            Self::Gated(_) => "pairs of elements",
            Self::Learnable(_) => "elements with hyper-parameters",
        }
    }

    fn parameters(&self) -> Vec<(&str, f32)> {
        match self {
            // Each element has its own.
            Self::Learnable(_) => Vec::new(),
            Self::Rows(activation) => vec![("scale", activation.scale())],
            Self::Gated(gated) => {
                let names = gated.activation().parameters().iter().map(|p| p.name);
                let values = gated.activation().values().iter().copied();
                names.zip(values).collect()
            }
            Self::Loss(loss) => vec![(LABEL_SMOOTHING.name, loss.label_smoothing())],
        }
    }

    fn json_parameters(&self) -> Map<String, Value> {
        let mut all = json_numbers(&self.parameters());
        if let Self::Loss(loss) = self {
            all.insert("reduction".to_owned(), loss.reduction().name().into());
        }
        all
    }

    /// The same for people.
    fn parameters_text(&self) -> String {
        let text = print::named_values(self.parameters().into_iter());
        match self {
            Self::Loss(loss) => format!("{text}, {}", loss.reduction()),
            _ => text,
        }
    }

    fn verify(
        &self,
        adapter: &mut Adapter,
        dtype: Dtype,
        samples: &Samples,
    ) -> Result<Vec<Found>, OffloadError> {
        match self {
            Self::Rows(activation) => {
                let reports = adapter.verify_rows(activation, dtype, &samples.rows)?;
                Ok(reports.iter().map(Found::of_rows).collect())
            }
            Self::Gated(gated) => {
                let reports = adapter.verify_gated(gated, dtype, &GatedSample::new(gated))?;
                Ok(reports.iter().map(Found::of_gated).collect())
            }
            Self::Learnable(activation) => {
                let sample = LearnableSample::new(activation);
                let reports = adapter.verify_learnable(activation, dtype, &sample)?;
                Ok(reports.iter().map(Found::of_learnable).collect())
            }
            Self::Loss(loss) => {
                let reports = adapter.verify_cross_entropy(loss, dtype, &samples.losses)?;
                Ok(reports.iter().map(Found::of_loss).collect())
            }
        }
    }
}

impl FamilyOutcome {
    pub(super) fn passed(&self) -> bool {
        self.found.as_ref().is_ok_and(|found| found.passed)
    }

    pub(super) fn is_of(&self, subject: &Identity) -> bool {
        self.subject == *subject
    }

    /// For standard error, where it did not run to its end.
    pub(super) fn failure(&self) -> Option<String> {
        let error = self.found.as_ref().err()?;
        let (name, subject) = (self.unit.name(), self.subject.name());
        let (aspect, dtype) = (self.aspect, self.dtype);
        Some(format!(
            "error: {name} {aspect} {dtype} could not be verified on {subject}: {error}"
        ))
    }

    pub(super) fn json(&self) -> JsonRow<'_> {
        let (found, error) = match &self.found {
            Ok(found) => (Some(found), None),
            Err(error) => (None, Some(error.as_str())),
        };
        JsonRow {
            activation: self.unit.name(),
            family: self.unit.family(),
            parameters: self.unit.json_parameters(),
            direction: match self.aspect {
                Aspect::Pass(direction) => direction.name(),
                Aspect::By(_) => Direction::Backward.name(),
            },
            by: match self.aspect {
                Aspect::Pass(_) => None,
                Aspect::By(parameter) => Some(parameter),
            },
            input_dtype: self.dtype.name(),
            dtype: self.dtype.name(),
            adapter: &self.subject,
            found,
            error,
            seconds: self.seconds,
            passed: self.passed(),
        }
    }

    fn cells(&self) -> Option<[String; 11]> {
        let found = self.found.as_ref().ok()?;
        let [place, expected, actual] = found.worst_cells();
        Some([
            self.unit.name(),
            self.unit.parameters_text(),
            self.aspect.to_string(),
            self.dtype.to_string(),
            found.inputs.to_string(),
            format!("{:.2}", found.max_ulp),
            found.bound.to_string(),
            place,
            expected,
            actual,
            found.verdict(),
        ])
    }
}

/// Prints a table of one adapter's outcomes, where there are any.
pub(super) fn print_table<'a>(
    outcomes: impl Iterator<Item = &'a FamilyOutcome>,
) -> Result<(), Error> {
    let header = [
        "activation",
        "parameters",
        "direction",
        "dtype",
        "elements",
        "max ULP",
        "bound",
        "worst",
        "expected",
        "actual",
        "verdict",
    ];
    let mut lines = vec![header.map(String::from)];
    lines.extend(outcomes.filter_map(FamilyOutcome::cells));
    match lines.len() {
        1 => Ok(()),
        _ => print::table(&lines),
    }
}
