//! Who is measured: adapters with this library's shaders or the naive ones, and PyTorch.

use wgpu_activations::verify::{Direction, Oracle};
use wgpu_activations::{Activation, Definition, Dtype, Offload};

use crate::pytorch::{self, PyTorch};
use crate::resident::{Resident, consecutive};
use crate::rows::{Kind, Subject};
use crate::{Error, naive, shader};

/// Somebody who computes activations.
pub(crate) struct Contestant {
    pub subject: Subject,
    machine: Machine,
}

enum Machine {
    Adapter(Box<(Offload, Resident)>),
    PyTorch(Box<PyTorch>),
}

/// What a contestant computes.
pub(crate) struct Contribution {
    pub activation: Activation,
    /// What judges it.
    pub oracle: Oracle,
    /// Whether it is judged by a reference that is not the row's.
    pub has_own_meaning: bool,
    /// The fingerprint of its WGSL.
    pub wgsl: Option<String>,
    /// PyTorch's call.
    pub call: Option<String>,
}

impl Contribution {
    /// The fingerprint of the reference by which it is judged.
    pub(crate) fn reference(&self) -> String {
        format!("{:016x}", self.oracle.fingerprint())
    }
}

impl Contestant {
    pub(crate) fn adapter(kind: Kind, gpu: Offload) -> Result<Self, Error> {
        let resident = Resident::new(&gpu)?;
        Ok(Self {
            subject: Subject::adapter(kind, gpu.adapter_info()),
            machine: Machine::Adapter(Box::new((gpu, resident))),
        })
    }

    pub(crate) fn pytorch(pytorch: PyTorch) -> Self {
        let version = pytorch.version();
        Self {
            subject: Subject {
                kind: Kind::PyTorch,
                adapter: format!("CPU, {}, {} threads", version.instructions, version.threads),
                backend: "PyTorch".to_owned(),
                driver: version.version.clone(),
            },
            machine: Machine::PyTorch(Box::new(pytorch)),
        }
    }

    /// Whether it takes part in tensors of that type; the peers do so in f32 only.
    pub(crate) fn takes(&self, dtype: Dtype) -> bool {
        self.subject.kind == Kind::Ours || dtype == Dtype::F32
    }

    /// What it has for a row, `None` where it has none.
    pub(crate) fn contribution(
        &mut self,
        definition: &'static Definition,
        direction: Direction,
        dtype: Dtype,
    ) -> Result<Option<Contribution>, Error> {
        let oracle = |activation: &Activation| {
            let oracle = Oracle::new(activation, direction)?;
            Ok::<_, Error>(oracle.with_dtypes(dtype, dtype))
        };
        let activation = match self.subject.kind {
            Kind::Naive => naive::activation(definition)?,
            Kind::Ours | Kind::PyTorch => Some(Activation::from_definition(definition)),
        };
        let Some(activation) = activation else {
            return Ok(None);
        };
        match &mut self.machine {
            Machine::Adapter(_) => Ok(Some(Contribution {
                wgsl: Some(shader::fingerprint(&activation, direction, dtype)?),
                oracle: oracle(&activation)?,
                has_own_meaning: false,
                activation,
                call: None,
            })),
            Machine::PyTorch(pytorch) => {
                let Some(call) = pytorch.select(&activation, direction)? else {
                    return Ok(None);
                };
                pytorch.deselect()?;
                let own_meaning = pytorch::own_meaning(definition)?;
                Ok(Some(Contribution {
                    oracle: oracle(own_meaning.as_ref().unwrap_or(&activation))?,
                    has_own_meaning: own_meaning.is_some(),
                    activation,
                    wgsl: None,
                    call: Some(call),
                }))
            }
        }
    }

    /// Computes the results that the oracle of a contribution knows the exact ones of.
    pub(crate) fn results_into(
        &mut self,
        contribution: &Contribution,
        inputs: &[f32],
        outputs: &mut [f32],
    ) -> Result<(), Error> {
        match &mut self.machine {
            Machine::Adapter(machine) => {
                let (gpu, resident) = &**machine;
                let oracle = &contribution.oracle;
                match consecutive(inputs) {
                    Some(first) if oracle.dtypes() == [Dtype::F32; 2] => {
                        resident.results_into(gpu, oracle, first, outputs)
                    }
                    _ => Ok(gpu.results_into(oracle, inputs, outputs)?),
                }
            }
            Machine::PyTorch(pytorch) => {
                pytorch.select(&contribution.activation, contribution.oracle.direction())?;
                pytorch.evaluate(inputs, outputs)?;
                pytorch.deselect()
            }
        }
    }
}
