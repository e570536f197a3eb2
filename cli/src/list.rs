//! `list`: what there is.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::activation::{self, Definition, Saturation, Smoothness, catalogue};
use wgpu_activations::verify::{Direction, wgsl_fingerprint};
use wgpu_activations::{
    Activation, Dtype, GatedActivation, GatedDefinition, RowActivation, RowFunction,
};

use crate::arguments::List;
use crate::error::Error;
use crate::function::{CROSS_ENTROPY, ELEMENTWISE, GATED, LABEL_SMOOTHING, LOSS, ROWS};
use crate::print::{self, json_number};

pub(crate) fn run(arguments: &List) -> Result<(), Error> {
    let elementwise = catalogue().map(Row::elementwise);
    let rows: Vec<_> = elementwise
        .chain(RowFunction::ALL.into_iter().map(Row::over_rows))
        .chain(GatedActivation::ALL.iter().map(Row::gated))
        .chain([Row::cross_entropy()])
        .collect();
    if arguments.json {
        return print::json(&rows);
    }
    let mut lines = vec![["name", "family", "parameters", "bound", "formula"].map(String::from)];
    lines.extend(rows.iter().map(|row| {
        let parameters = row.parameters.iter().map(|p| (p.name, p.default));
        [
            row.name.to_owned(),
            row.family.to_owned(),
            print::named_values(parameters),
            format!("{} ULP", row.bound),
            row.formula.to_owned(),
        ]
    }));
    print::table(&lines)
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    family: &'static str,
    parameters: Vec<Parameter>,
    formula: &'static str,
    /// In ULP of f32.
    bound: f64,
    citation: &'static str,
    #[serde(flatten)]
    details: Option<Details>,
}

/// What a row of the catalogue says besides.
#[derive(Serialize)]
struct Details {
    properties: Properties,
    variants: Vec<Variant>,
    /// By direction and type of the elements, what changes where results may have changed.
    wgsl: Map<String, Value>,
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    default: f64,
}

#[derive(Serialize)]
struct Properties {
    range: [Value; 2],
    bounded: bool,
    monotonic: bool,
    zero_centred: bool,
    saturates: &'static str,
    smoothness: &'static str,
    kinks: Vec<Kink>,
}

/// A set of hyper-parameters that is verified, with the kinks that it has.
#[derive(Serialize)]
struct Variant {
    parameters: Map<String, Value>,
    kinks: Vec<Kink>,
}

#[derive(Serialize)]
struct Kink {
    x: Value,
    derivative: Value,
}

impl Row {
    fn elementwise(definition: &'static Definition) -> Self {
        Self {
            name: definition.name,
            family: ELEMENTWISE,
            parameters: definition.parameters.iter().map(Parameter::new).collect(),
            formula: definition.formula,
            bound: definition.bound,
            citation: definition.citation,
            details: Some(Details::new(definition)),
        }
    }

    fn over_rows(function: RowFunction) -> Self {
        Self {
            name: function.name(),
            family: ROWS,
            parameters: RowActivation::PARAMETERS
                .iter()
                .map(Parameter::new)
                .collect(),
            formula: function.formula(),
            bound: RowActivation::BOUND,
            citation: function.citation(),
            details: None,
        }
    }

    fn cross_entropy() -> Self {
        Self {
            name: CROSS_ENTROPY,
            family: LOSS,
            parameters: vec![Parameter::new(&LABEL_SMOOTHING)],
            formula: "(1 - label_smoothing) * (L - x[target]) + label_smoothing * mean(L - x) \
                      where L = ln(sum(exp(x)))",
            bound: RowActivation::BOUND,
            citation: "Szegedy et al. 2016, Rethinking the Inception architecture for computer vision, \
                       arXiv:1512.00567",
            details: None,
        }
    }

    fn gated(definition: &'static GatedDefinition) -> Self {
        Self {
            name: definition.name,
            family: GATED,
            parameters: Vec::new(),
            formula: definition.formula,
            bound: GatedActivation::from(definition).bound(),
            citation: definition.citation,
            details: None,
        }
    }
}

impl Parameter {
    fn new(parameter: &activation::Parameter) -> Self {
        Self {
            name: parameter.name,
            default: parameter.default,
        }
    }
}

impl Details {
    fn new(definition: &'static Definition) -> Self {
        let properties = &definition.properties;
        Self {
            properties: Properties {
                range: [properties.range.0, properties.range.1].map(json_number),
                bounded: properties.is_bounded(),
                monotonic: properties.monotonic,
                zero_centred: properties.zero_centred,
                saturates: saturation(properties.saturates),
                smoothness: smoothness(properties.smoothness),
                kinks: kinks(&Activation::from_definition(definition)),
            },
            variants: Activation::variants(definition)
                .map(|set| Variant::new(&set))
                .collect(),
            wgsl: Direction::ALL
                .into_iter()
                .map(|direction| {
                    (
                        direction.name().to_owned(),
                        fingerprints(definition, direction),
                    )
                })
                .collect(),
        }
    }
}

impl Variant {
    fn new(activation: &Activation) -> Self {
        Self {
            parameters: print::json_parameters(activation),
            kinks: kinks(activation),
        }
    }
}

fn fingerprints(definition: &'static Definition, direction: Direction) -> Value {
    let activation = Activation::from_definition(definition);
    let fingerprints = Dtype::ALL.into_iter().filter_map(|dtype| {
        let fingerprint = wgsl_fingerprint(&activation, direction, [dtype; 2]).ok()?;
        Some((
            dtype.name().to_owned(),
            format!("{fingerprint:016x}").into(),
        ))
    });
    Value::Object(fingerprints.collect())
}

fn kinks(activation: &Activation) -> Vec<Kink> {
    let kinks = activation
        .reference()
        .map(|reference| (reference.kinks)(&activation.values_f64()));
    kinks
        .into_iter()
        .flatten()
        .map(|kink| Kink {
            x: json_number(kink.x),
            derivative: json_number(kink.derivative),
        })
        .collect()
}

fn saturation(saturation: Saturation) -> &'static str {
    match saturation {
        Saturation::Neither => "neither",
        Saturation::Left => "left",
        Saturation::Right => "right",
        Saturation::Both => "both",
    }
}

fn smoothness(smoothness: Smoothness) -> &'static str {
    match smoothness {
        Smoothness::Discontinuous => "discontinuous",
        Smoothness::C0 => "C0",
        Smoothness::C1 => "C1",
        Smoothness::C2 => "C2",
        Smoothness::Smooth => "smooth",
    }
}
