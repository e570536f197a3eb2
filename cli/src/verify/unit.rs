//! What is verified of functions of rows, gated units and losses, and of elements beside both passes:
//! derivatives by hyper-parameters, random slopes and statistics.

use std::fmt;

use serde_json::{Map, Value};
use wgpu_activations::verify::{
    Direction, GatedSample, LearnableSample, LossSample, RandomisedSample, RowSample,
    StatisticsSample,
};
use wgpu_activations::{
    Activation, CrossEntropy, Dtype, GatedActivation, Offload, OffloadError, RandomisedRelu,
    RowActivation,
};

use super::found::{Found, json_numbers};
use super::subject::Adapter;
use crate::function::{
    CROSS_ENTROPY, Function, GATED, LABEL_SMOOTHING, LEARNABLE, LOSS, RANDOMISED, ROWS, STATISTICS,
};
use crate::print;

/// What is verified of a function.
#[derive(Clone)]
pub(super) enum Unit {
    Rows(RowActivation),
    Gated(GatedActivation),
    Learnable(Activation),
    Loss(CrossEntropy),
    Randomised(RandomisedRelu),
    Statistics(Activation),
}

/// What a unit gives: its results in one direction, its derivatives by a hyper-parameter, or what is known
/// of a tensor.
#[derive(Clone, Copy)]
pub(super) enum Aspect {
    Pass(Direction),
    By(&'static str),
    Statistics,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass(direction) => direction.fmt(f),
            Self::By(parameter) => write!(f, "by {parameter}"),
            Self::Statistics => f.write_str(STATISTICS),
        }
    }
}

impl Aspect {
    /// Which pass it belongs to.
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Pass(direction) => direction,
            Self::By(_) => Direction::Backward,
            Self::Statistics => Direction::Forward,
        }
    }

    /// The hyper-parameter whose gradient it is.
    pub(super) fn by(self) -> Option<&'static str> {
        match self {
            Self::By(parameter) => Some(parameter),
            Self::Pass(_) | Self::Statistics => None,
        }
    }
}

/// What functions of rows, losses and statistics are tried on.
pub(super) struct Samples {
    rows: Vec<RowSample>,
    losses: Vec<LossSample>,
    statistics: Vec<StatisticsSample>,
}

impl Samples {
    /// Those that some of these units need.
    pub(super) fn of<'a>(units: impl Iterator<Item = &'a Unit> + Clone) -> Self {
        let has = |family| units.clone().any(|unit| unit.family() == family);
        Self {
            rows: has(ROWS).then(RowSample::all).unwrap_or_default(),
            losses: has(LOSS).then(LossSample::all).unwrap_or_default(),
            statistics: has(STATISTICS)
                .then(StatisticsSample::all)
                .unwrap_or_default(),
        }
    }
}

impl Unit {
    /// What is tried of a function.
    pub(super) fn variants(function: &Function) -> Vec<Self> {
        match function {
            Function::Elementwise(activation) => Self::beside(activation),
            Function::Rows(activation) => RowActivation::variants(activation.function())
                .map(Self::Rows)
                .to_vec(),
            Function::Gated(gated) => vec![Self::Gated(gated.clone())],
            Function::Loss(_) => CrossEntropy::variants().map(Self::Loss).to_vec(),
        }
    }

    /// What is tried of an activation of elements besides both passes.
    fn beside(activation: &Activation) -> Vec<Self> {
        let has_parameters = !activation.parameters().is_empty();
        let is_randomised = activation.name() == Activation::rrelu().name();
        let learnable = has_parameters.then(|| Self::Learnable(activation.clone()));
        let randomised = is_randomised.then(RandomisedRelu::variants);
        learnable
            .into_iter()
            .chain(randomised.into_iter().flatten().map(Self::Randomised))
            .chain([Self::Statistics(activation.clone())])
            .collect()
    }

    pub(super) fn aspects(&self) -> Vec<Aspect> {
        match self {
            Self::Rows(_) | Self::Gated(_) | Self::Loss(_) | Self::Randomised(_) => {
                Direction::ALL.map(Aspect::Pass).to_vec()
            }
            Self::Statistics(_) => vec![Aspect::Statistics],
            Self::Learnable(activation) => {
                let parameters = activation.parameters().iter();
                parameters
                    .map(|parameter| Aspect::By(parameter.name))
                    .collect()
            }
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Learnable(activation) | Self::Statistics(activation) => {
                activation.name().to_owned()
            }
            Self::Randomised(relu) => relu.evaluation().name().to_owned(),
            Self::Rows(activation) => activation.function().name().to_owned(),
            Self::Gated(gated) => gated.name().into_owned(),
            Self::Loss(_) => CROSS_ENTROPY.to_owned(),
        }
    }

    pub(super) fn family(&self) -> &'static str {
        match self {
            Self::Rows(_) => ROWS,
            Self::Gated(_) => GATED,
            Self::Learnable(_) => LEARNABLE,
            Self::Loss(_) => LOSS,
            Self::Randomised(_) => RANDOMISED,
            Self::Statistics(_) => STATISTICS,
        }
    }

    /// What it takes, where it is nothing of an activation of elements, which has a walk over all inputs.
    pub(super) fn made_of(&self) -> Option<&'static str> {
        match self {
            Self::Rows(_) | Self::Loss(_) => Some("whole rows"),
            Self::Gated(_) => Some("pairs of elements"),
            Self::Learnable(_) | Self::Randomised(_) | Self::Statistics(_) => None,
        }
    }

    pub(super) fn parameters(&self) -> Vec<(&str, f32)> {
        match self {
            // Each element has its own.
            Self::Learnable(_) => Vec::new(),
            Self::Rows(activation) => vec![("scale", activation.scale())],
            Self::Gated(gated) => of_activation(gated.activation()),
            Self::Randomised(relu) => of_activation(relu.evaluation()),
            Self::Statistics(activation) => of_activation(activation),
            Self::Loss(loss) => vec![(LABEL_SMOOTHING.name, loss.label_smoothing())],
        }
    }

    pub(super) fn json_parameters(&self) -> Map<String, Value> {
        let mut all = json_numbers(&self.parameters());
        if let Self::Loss(loss) = self {
            all.insert("reduction".to_owned(), loss.reduction().name().into());
        }
        all
    }

    /// The same for people.
    pub(super) fn parameters_text(&self) -> String {
        let text = print::named_values(self.parameters().into_iter());
        match self {
            Self::Loss(loss) => format!("{text}, {}", loss.reduction()),
            Self::Randomised(_) => format!("{text}, in training"),
            _ => text,
        }
    }

    pub(super) fn verify(
        &self,
        adapter: &mut Adapter,
        dtype: Dtype,
        samples: &Samples,
    ) -> Result<Vec<Found>, OffloadError> {
        match self {
            Self::Rows(activation) => {
                let verify = |gpu: &Offload| gpu.verify_rows(activation, dtype, &samples.rows);
                let reports = adapter.with_device(verify)?;
                Ok(reports.map(|report| Found::of(report.found)).into())
            }
            Self::Gated(gated) => {
                let sample = GatedSample::new(gated);
                let reports = adapter.with_device(|gpu| gpu.verify_gated(gated, dtype, &sample))?;
                Ok(reports.map(|report| Found::of(report.found)).into())
            }
            Self::Learnable(activation) => {
                let sample = LearnableSample::new(activation);
                let verify = |gpu: &Offload| gpu.verify_learnable(activation, dtype, &sample);
                let reports = adapter.with_device(verify)?.into_iter();
                Ok(reports.map(|report| Found::of(report.found)).collect())
            }
            Self::Loss(loss) => {
                let verify = |gpu: &Offload| gpu.verify_cross_entropy(loss, dtype, &samples.losses);
                let reports = adapter.with_device(verify)?;
                Ok(reports.map(|report| Found::of(report.found)).into())
            }
            Self::Randomised(relu) => {
                let sample = RandomisedSample::new(relu);
                let verify = |gpu: &Offload| gpu.verify_randomised(relu, dtype, &sample);
                let reports = adapter.with_device(verify)?;
                Ok(reports.map(|report| Found::of(report.found)).into())
            }
            Self::Statistics(activation) => {
                let samples = &samples.statistics;
                let verify = |gpu: &Offload| gpu.verify_statistics(activation, dtype, samples);
                let report = adapter.with_device(verify)?;
                Ok(vec![Found::of(report.found)])
            }
        }
    }
}

fn of_activation(activation: &Activation) -> Vec<(&str, f32)> {
    let names = activation.parameters().iter().map(|p| p.name);
    names.zip(activation.values().iter().copied()).collect()
}
