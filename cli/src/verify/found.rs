//! What a verification of another family than elements found, as cells and as JSON.

mod worst;

use std::fmt::{Display, LowerExp};

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify;

use super::subject::Identity;
use crate::print::json_number;
use worst::{Place, Worst};

/// What a report of any of them says.
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

impl Found {
    pub(super) fn of<P, N>(found: verify::Found<P, N>) -> Self
    where
        P: Display + Into<Place>,
        N: Copy + LowerExp + Into<f64>,
    {
        Self {
            inputs: found.elements,
            max_ulp: found.max_ulp,
            bound: found.bound,
            nan_disagreements: found.nan_disagreements,
            passed: found.passed(),
            worst: found.worst.map(Worst::new),
        }
    }

    /// Where the worst result is, what was expected there, and what came out.
    pub(super) fn worst_cells(&self) -> [String; 3] {
        match &self.worst {
            None => Default::default(),
            Some(worst) => worst.cells.clone(),
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
