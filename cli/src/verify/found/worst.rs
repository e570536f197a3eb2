use std::fmt::{Display, LowerExp};

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify::{
    self, GatePlace, LossPlace, PointPlace, RowPlace, SlopePlace, StatisticPlace,
};

use super::{as_json_number, json_numbers};
use crate::print::json_number;

/// The result with the largest error.
#[derive(Serialize)]
pub(super) struct Worst {
    /// For people: where it is, what was expected there, and what came out.
    #[serde(skip)]
    pub(super) cells: [String; 3],
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
pub(in crate::verify) enum Place {
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
    pub(super) fn new<P, N>(worst: verify::Worst<P, N>) -> Self
    where
        P: Display + Into<Place>,
        N: Copy + LowerExp + Into<f64>,
    {
        let (expected, actual) = (worst.expected, worst.actual);
        Self {
            cells: [
                worst.place.to_string(),
                format!("{expected:e}"),
                format!("{actual:e}"),
            ],
            place: worst.place.into(),
            expected,
            actual: actual.into(),
        }
    }
}

impl From<RowPlace> for Place {
    fn from(place: RowPlace) -> Self {
        Self::Row {
            shape: place.shape,
            axis: place.axis,
            mask: place.mask,
            row: place.row,
            element: place.element,
            input: json_number(place.input.into()),
        }
    }
}

impl From<LossPlace> for Place {
    fn from(place: LossPlace) -> Self {
        Self::Loss {
            shape: place.shape,
            axis: place.axis,
            row: place.row,
            class: place.class,
        }
    }
}

impl From<GatePlace> for Place {
    fn from(place: GatePlace) -> Self {
        Self::Gate {
            result: place.result,
            a: json_number(place.a.into()),
            b: json_number(place.b.into()),
            grad_output: json_number(place.grad_output.into()),
        }
    }
}

impl From<PointPlace> for Place {
    fn from(place: PointPlace) -> Self {
        Self::Point {
            input: json_number(place.input.into()),
            parameters: json_numbers(&place.parameters),
        }
    }
}

impl From<SlopePlace> for Place {
    fn from(place: SlopePlace) -> Self {
        Self::Slope {
            element: place.element,
            input: json_number(place.input.into()),
            slope: json_number(place.slope),
            grad_output: json_number(place.grad_output.into()),
        }
    }
}

impl From<StatisticPlace> for Place {
    fn from(place: StatisticPlace) -> Self {
        Self::Statistic {
            shape: place.shape,
            axis: place.axis,
            channel: place.channel,
            series: place.series,
            statistic: place.statistic,
        }
    }
}
