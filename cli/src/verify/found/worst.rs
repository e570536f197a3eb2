use std::fmt::{Display, LowerExp};

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify::{
    WorstElement, WorstGate, WorstLoss, WorstPoint, WorstSlope, WorstStatistic,
};

use super::{as_json_number, json_numbers};
use crate::print::json_number;

/// The result with the largest error.
#[derive(Serialize)]
pub(super) struct Worst {
    /// For people: where it is, what was expected there, and what came out.
    #[serde(skip)]
    cells: [String; 3],
    #[serde(flatten)]
    place: Place,
    #[serde(serialize_with = "as_json_number")]
    expected: f64,
    #[serde(serialize_with = "as_json_number")]
    actual: f64,
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
    Slope {
        element: u64,
        input: Value,
        slope: Value,
        grad_output: Value,
    },
    Statistic {
        shape: Vec<u64>,
        axis: i64,
        channel: Option<u64>,
        series: &'static str,
        statistic: &'static str,
    },
}

impl Worst {
    fn new<N: Copy + LowerExp + Into<f64>>(
        worst: &impl Display,
        place: Place,
        expected: f64,
        actual: N,
    ) -> Self {
        Self {
            cells: [
                worst.to_string(),
                format!("{expected:e}"),
                format!("{actual:e}"),
            ],
            place,
            expected,
            actual: actual.into(),
        }
    }

    pub(super) fn cells(&self) -> [String; 3] {
        self.cells.clone()
    }
}

impl From<&WorstElement> for Worst {
    fn from(worst: &WorstElement) -> Self {
        let place = Place::Row {
            shape: worst.shape.clone(),
            axis: worst.axis,
            mask: worst.mask,
            row: worst.row,
            element: worst.element,
            input: json_number(worst.input.into()),
        };
        Self::new(worst, place, worst.expected, worst.actual)
    }
}

impl From<&WorstLoss> for Worst {
    fn from(worst: &WorstLoss) -> Self {
        let place = Place::Loss {
            shape: worst.shape.clone(),
            axis: worst.axis,
            row: worst.row,
            class: worst.class,
        };
        Self::new(worst, place, worst.expected, worst.actual)
    }
}

impl From<&WorstGate> for Worst {
    fn from(worst: &WorstGate) -> Self {
        let place = Place::Gate {
            result: worst.result,
            a: json_number(worst.a.into()),
            b: json_number(worst.b.into()),
            grad_output: json_number(worst.grad_output.into()),
        };
        Self::new(worst, place, worst.expected, worst.actual)
    }
}

impl From<&WorstPoint> for Worst {
    fn from(worst: &WorstPoint) -> Self {
        let place = Place::Point {
            input: json_number(worst.input.into()),
            parameters: json_numbers(&worst.parameters),
        };
        Self::new(worst, place, worst.expected, worst.actual)
    }
}

impl From<&WorstSlope> for Worst {
    fn from(worst: &WorstSlope) -> Self {
        let place = Place::Slope {
            element: worst.element,
            input: json_number(worst.input.into()),
            slope: json_number(worst.slope),
            grad_output: json_number(worst.grad_output.into()),
        };
        Self::new(worst, place, worst.expected, worst.actual)
    }
}

impl From<&WorstStatistic> for Worst {
    fn from(worst: &WorstStatistic) -> Self {
        let place = Place::Statistic {
            shape: worst.shape.clone(),
            axis: worst.axis,
            channel: worst.channel,
            series: worst.series,
            statistic: worst.statistic,
        };
        Self::new(worst, place, worst.expected, worst.actual)
    }
}
