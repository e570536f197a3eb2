//! What is verified: adapters.

use serde::{Deserialize, Serialize};
use wgpu_activations::verify::Oracle;
use wgpu_activations::{Offload, OffloadError};

use crate::arguments::AdapterChoice;

/// Whatever computes results that can be judged.
pub(super) trait Subject: Send {
    fn identity(&self) -> &Identity;

    /// The results of what the oracle knows the exact ones of.
    fn results(
        &mut self,
        oracle: &Oracle,
        inputs: &[f32],
        outputs: &mut [f32],
    ) -> Result<(), OffloadError>;
}

/// By what an adapter's results are told from those of another.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Identity {
    pub(super) adapter: String,
    pub(super) backend: String,
    pub(super) driver: String,
}

impl Identity {
    pub(super) fn name(&self) -> String {
        format!("{} ({})", self.adapter, self.backend)
    }
}

/// An adapter, opened anew whenever its device is lost.
pub(super) struct Adapter {
    choice: AdapterChoice,
    gpu: Offload,
    identity: Identity,
}

impl Adapter {
    /// Those that were chosen by name, or the best.
    pub(super) fn open_all(names: &[String]) -> Result<Vec<Self>, OffloadError> {
        if names.is_empty() {
            return Ok(vec![Self::open(AdapterChoice { name: None })?]);
        }
        let choices = names.iter().map(|name| AdapterChoice {
            name: Some(name.clone()),
        });
        choices.map(Self::open).collect()
    }

    /// Runs it, and where the device is lost meanwhile once more on a fresh one.
    pub(super) fn with_device<R>(
        &mut self,
        mut run: impl FnMut(&Offload) -> Result<R, OffloadError>,
    ) -> Result<R, OffloadError> {
        match run(&self.gpu) {
            Err(OffloadError::DeviceLost) => {
                *self = self.reopened()?;
                run(&self.gpu)
            }
            result => result,
        }
    }

    fn open(choice: AdapterChoice) -> Result<Self, OffloadError> {
        let gpu = choice.open()?;
        let info = gpu.adapter_info();
        let driver = [info.driver.as_str(), &info.driver_info].join(" ");
        let identity = Identity {
            adapter: info.name.clone(),
            backend: info.backend.to_string(),
            driver: driver.trim().to_owned(),
        };
        Ok(Self {
            choice,
            gpu,
            identity,
        })
    }

    /// The same adapter with a fresh device. Where it has gone, the choice may fall on another one,
    /// whose results are not its own.
    fn reopened(&self) -> Result<Self, OffloadError> {
        let opened = Self::open(self.choice.clone())?;
        match opened.identity == self.identity {
            true => Ok(opened),
            false => Err(OffloadError::DeviceLost),
        }
    }
}

impl Subject for Adapter {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn results(
        &mut self,
        oracle: &Oracle,
        inputs: &[f32],
        outputs: &mut [f32],
    ) -> Result<(), OffloadError> {
        self.with_device(|gpu| gpu.results_into(oracle, inputs, outputs))
    }
}

#[cfg(test)]
mod tests;
