//! What is verified of functions of rows, gated units, losses and derivatives by hyper-parameters.

use std::fmt;

use serde_json::{Map, Value};
use wgpu_activations::verify::{Direction, GatedSample, LearnableSample, LossSample, RowSample};
use wgpu_activations::{
    Activation, CrossEntropy, Dtype, GatedActivation, OffloadError, RowActivation,
};

use super::found::{Found, json_numbers};
use super::subject::Adapter;
use crate::function::{CROSS_ENTROPY, Function, GATED, LABEL_SMOOTHING, LEARNABLE, LOSS, ROWS};
use crate::print;

/// What is verified of a function.
#[derive(Clone)]
pub(super) enum Unit {
    Rows(RowActivation),
    Gated(GatedActivation),
    Learnable(Activation),
    Loss(CrossEntropy),
}

/// What a unit gives: its results in one direction, or its derivatives by a hyper-parameter.
#[derive(Clone, Copy)]
pub(super) enum Aspect {
    Pass(Direction),
    By(&'static str),
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass(direction) => direction.fmt(f),
            Self::By(parameter) => write!(f, "by {parameter}"),
        }
    }
}

/// What functions of rows and losses are tried on.
pub(super) struct Samples {
    rows: Vec<RowSample>,
    losses: Vec<LossSample>,
}

impl Samples {
    /// Those that some of these units need.
    pub(super) fn of<'a>(units: impl Iterator<Item = &'a Unit> + Clone) -> Self {
        let has = |family| units.clone().any(|unit| unit.family() == family);
        Self {
            rows: has(ROWS).then(RowSample::all).unwrap_or_default(),
            losses: has(LOSS).then(LossSample::all).unwrap_or_default(),
        }
    }
}

impl Unit {
    /// What is tried of a function.
    pub(super) fn variants(function: &Function) -> Vec<Self> {
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

    pub(super) fn aspects(&self) -> Vec<Aspect> {
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

    pub(super) fn name(&self) -> String {
        match self {
            Self::Learnable(activation) => activation.name().to_owned(),
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
        }
    }

    pub(super) fn made_of(&self) -> &'static str {
        match self {
            Self::Rows(_) | Self::Loss(_) => "whole rows",
            Self::Gated(_) => "pairs of elements",
            Self::Learnable(_) => "elements with hyper-parameters",
        }
    }

    pub(super) fn parameters(&self) -> Vec<(&str, f32)> {
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
