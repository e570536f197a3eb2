//! What is to be verified: a task for each activation, set of hyper-parameters, type and direction.

use std::num::NonZeroU32;
use std::ops::Range;

use wgpu_activations::verify::{Direction, Oracle, Samples, Walk, wgsl_fingerprint};
use wgpu_activations::{Activation, Dtype, OffloadError};

use crate::arguments::{Verify, repeated};
use crate::error::Error;
use crate::function::Function;

/// The results of one activation in one direction, over its inputs.
pub(super) struct Task {
    pub(super) oracle: Oracle,
    /// Of the WGSL by which they are computed.
    pub(super) fingerprint: u64,
    inputs: Inputs,
}

#[derive(Clone)]
enum Inputs {
    /// So many samples, taken when they are needed: those of all tasks are much at once.
    Samples(u64),
    Walk(Walk),
}

impl Task {
    /// One for each direction.
    fn both(
        activation: &Activation,
        dtype: Dtype,
        every: Option<NonZeroU32>,
    ) -> Result<Vec<Self>, Error> {
        let inputs = match (dtype, every) {
            (Dtype::F32, Some(every)) => Inputs::Walk(Walk::every(every, activation)),
            (Dtype::F32, None) => Inputs::Samples(samples(activation).len() as u64),
            (dtype, _) => Inputs::Walk(Walk::all(dtype)),
        };
        let task = |direction| {
            let oracle = Oracle::new(activation, direction).map_err(OffloadError::from)?;
            Ok(Self {
                oracle: oracle.with_dtypes(dtype, dtype),
                fingerprint: wgsl_fingerprint(activation, direction, [dtype; 2])
                    .map_err(Error::Shader)?,
                inputs: inputs.clone(),
            })
        };
        Direction::ALL.into_iter().map(task).collect()
    }

    /// How many inputs it has.
    pub(super) fn len(&self) -> u64 {
        match &self.inputs {
            Inputs::Samples(count) => *count,
            Inputs::Walk(walk) => walk.len(),
        }
    }

    /// Puts a part of its inputs, which lies within it, in place of what `inputs` held.
    pub(super) fn inputs(&self, positions: Range<u64>, inputs: &mut Vec<f32>) {
        match &self.inputs {
            Inputs::Samples(_) => {
                let samples = samples(self.oracle.activation());
                let positions = positions.start as usize..positions.end as usize;
                inputs.clear();
                inputs.extend_from_slice(&samples[positions]);
            }
            Inputs::Walk(walk) => walk.inputs(positions, inputs),
        }
    }

    pub(super) fn name(&self) -> &str {
        self.oracle.activation().name()
    }

    /// What tells it from every other task: "swish beta=10 backward f16".
    pub(super) fn full_name(&self) -> String {
        let activation = self.oracle.activation();
        let mut name = activation.name().to_owned();
        for (parameter, value) in activation.parameters().iter().zip(activation.values()) {
            name.push_str(&format!(" {}={value}", parameter.name));
        }
        let [dtype, _] = self.oracle.dtypes();
        format!("{name} {} {dtype}", self.oracle.direction())
    }
}

fn samples(activation: &Activation) -> Vec<f32> {
    Samples::default().inputs(activation)
}

/// Every how many bit patterns of f32 are taken; `None` for a sample.
pub(super) fn every(arguments: &Verify) -> Option<NonZeroU32> {
    match arguments.exhaustive {
        true => Some(NonZeroU32::MIN),
        false => arguments.every,
    }
}

/// What was named, or all there is; and in which types.
pub(super) struct Choice {
    pub(super) functions: Vec<Function>,
    pub(super) dtypes: Vec<Dtype>,
}

impl Choice {
    pub(super) fn new(arguments: &Verify) -> Result<Self, Error> {
        if let Some(name) = repeated(&arguments.activations) {
            return Err(Error::NamedTwice(name.clone()));
        }
        if let Some(dtype) = repeated(&arguments.dtypes) {
            return Err(Error::NamedTwice(dtype.to_string()));
        }
        let named = arguments.activations.iter();
        let named = named.map(|name| Function::named(name).map_err(Error::from));
        Ok(Self {
            functions: match arguments.activations.as_slice() {
                [] => Function::all().collect(),
                _ => named.collect::<Result<_, _>>()?,
            },
            dtypes: match arguments.dtypes.as_slice() {
                [] => Dtype::ALL.to_vec(),
                dtypes => dtypes.to_vec(),
            },
        })
    }
}

/// A task for every activation of elements.
pub(super) fn tasks(arguments: &Verify, choice: &Choice) -> Result<Vec<Task>, Error> {
    // The default hyper-parameters, and perhaps every unusual set.
    let has_variants = arguments.variants || !arguments.exhaustive;
    let sets = if has_variants { usize::MAX } else { 1 };
    let mut tasks = Vec::new();
    for function in &choice.functions {
        let Function::Elementwise(activation) = function else {
            continue;
        };
        let variants = activation.definition().into_iter();
        for activation in variants.flat_map(|row| Activation::variants(row).take(sets)) {
            for &dtype in &choice.dtypes {
                tasks.extend(Task::both(&activation, dtype, every(arguments))?);
            }
        }
    }
    Ok(tasks)
}
