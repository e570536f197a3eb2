//! What a verification of another family than elements found, as cells and as JSON.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify::{
    GatedReport, LearnableReport, LossReport, RowReport, WorstElement, WorstGate, WorstLoss,
    WorstPoint,
};

use super::subject::Identity;
use crate::print::json_number;

/// A report of any of them.
#[derive(Serialize)]
pub(super) struct Found {
    pub(super) inputs: u64,
    #[serde(serialize_with = "as_json_number")]
    pub(super) max_ulp: f64,
    pub(super) bound: f64,
    nan_disagreements: u64,
    worst: Option<Worst>,
    #[serde(skip)]
    pub(super) passed: bool,
}

#[derive(Serialize)]
struct Worst {
    #[serde(skip)]
    text: String,
    #[serde(flatten)]
    place: Place,
    #[serde(serialize_with = "as_json_number")]
    expected: f64,
    #[serde(serialize_with = "as_json_number")]
    actual: f32,
}

/// Which result it is, and what it was computed from.
#[derive(Serialize)]
#[serde(untagged)]
enum Place {
    Row {
        shape: Vec<u64>,
        axis: i64,
        mask: Option<&'static str>,
        row: u64,
        element: u64,
        input: Value,
    },
    Loss {
        shape: Vec<u64>,
        axis: i64,
        row: Option<u64>,
        class: Option<u64>,
    },
    Gate {
        result: &'static str,
        a: Value,
        b: Value,
        grad_output: Value,
    },
    Point {
        input: Value,
        parameters: Map<String, Value>,
    },
}

impl Found {
    pub(super) fn of_rows(report: &RowReport) -> Self {
        let worst = |worst: &WorstElement| Worst {
            text: worst.to_string(),
            place: Place::Row {
                shape: worst.shape.clone(),
                axis: worst.axis,
                mask: worst.mask,
                row: worst.row,
                element: worst.element,
                input: json_number(worst.input.into()),
            },
            expected: worst.expected,
            actual: worst.actual,
        };
        Self {
            inputs: report.elements,
            max_ulp: report.max_ulp,
            bound: report.bound,
            nan_disagreements: report.nan_disagreements,
            worst: report.worst.as_ref().map(worst),
            passed: report.passed(),
        }
    }

    pub(super) fn of_loss(report: &LossReport) -> Self {
        let worst = |worst: &WorstLoss| Worst {
            text: worst.to_string(),
            place: Place::Loss {
                shape: worst.shape.clone(),
                axis: worst.axis,
                row: worst.row,
                class: worst.class,
            },
            expected: worst.expected,
            actual: worst.actual,
        };
        Self {
            inputs: report.elements,
            max_ulp: report.max_ulp,
            bound: report.bound,
            nan_disagreements: report.nan_disagreements,
            worst: report.worst.as_ref().map(worst),
            passed: report.passed(),
        }
    }

    pub(super) fn of_gated(report: &GatedReport) -> Self {
        let worst = |worst: &WorstGate| Worst {
            text: worst.to_string(),
            place: Place::Gate {
                result: worst.result,
                a: json_number(worst.a.into()),
                b: json_number(worst.b.into()),
                grad_output: json_number(worst.grad_output.into()),
            },
            expected: worst.expected,
            actual: worst.actual,
        };
        Self {
            inputs: report.elements,
            max_ulp: report.max_ulp,
            bound: report.bound,
            nan_disagreements: report.nan_disagreements,
            worst: report.worst.as_ref().map(worst),
            passed: report.passed(),
        }
    }

    pub(super) fn of_learnable(report: &LearnableReport) -> Self {
        let worst = |worst: &WorstPoint| Worst {
            text: worst.to_string(),
            place: Place::Point {
                input: json_number(worst.input.into()),
                parameters: json_numbers(&worst.parameters),
            },
            expected: worst.expected,
            actual: worst.actual,
        };
        Self {
            inputs: report.elements,
            max_ulp: report.max_ulp,
            bound: report.bound,
            nan_disagreements: report.nan_disagreements,
            worst: report.worst.as_ref().map(worst),
            passed: report.passed(),
        }
    }

    /// Where the worst result is, what was expected there, and what came out.
    pub(super) fn worst_cells(&self) -> [String; 3] {
        match &self.worst {
            None => Default::default(),
            Some(worst) => [
                worst.text.clone(),
                format!("{:e}", worst.expected),
                format!("{:e}", worst.actual),
            ],
        }
    }

    pub(super) fn verdict(&self) -> String {
        match self.nan_disagreements {
            _ if self.passed => "passed".to_owned(),
            0 => format!("beyond {}", self.bound),
            count => format!("{count} disagree on NaN"),
        }
    }
}

/// Numbers by their names.
pub(super) fn json_numbers(all: &[(&str, f32)]) -> Map<String, Value> {
    let named = all.iter();
    named
        .map(|&(name, value)| (name.to_owned(), json_number(value.into())))
        .collect()
}

fn as_json_number<N: Copy + Into<f64>, S: serde::Serializer>(
    number: &N,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    json_number((*number).into()).serialize(serializer)
}

#[derive(Serialize)]
pub(super) struct JsonRow<'a> {
    pub(super) activation: String,
    pub(super) family: &'static str,
    pub(super) parameters: Map<String, Value>,
    pub(super) direction: &'static str,
    /// The hyper-parameter whose gradient it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<&'static str>,
    pub(super) input_dtype: &'static str,
    pub(super) dtype: &'static str,
    #[serde(flatten)]
    pub(super) adapter: &'a Identity,
    #[serde(flatten)]
    pub(super) found: Option<&'a Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'a str>,
    pub(super) seconds: f64,
    pub(super) passed: bool,
}
