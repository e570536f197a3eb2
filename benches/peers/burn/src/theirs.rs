//! burn's side.

use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor, TensorData};

use crate::device::Shared;
use crate::operations::{Beside, Operation};
use crate::ours::Tensors;
use crate::speed::Contender;

/// An operation on the tensors that it takes.
pub(crate) struct Theirs {
    operation: &'static Operation,
    device: Device,
    input: Tensor<2>,
    beside: Beside,
    tracked: Tensor<2>,
    tracked_beside: Beside,
}

impl Theirs {
    pub(crate) fn new(operation: &'static Operation, shared: &Shared, tensors: &Tensors) -> Self {
        let device = shared.burn.clone();
        let tracking = device.clone().autodiff();
        let rows = tensors.values.len() / tensors.row;
        let data = TensorData::new(tensors.values.clone(), [rows, tensors.row]);
        Self {
            operation,
            input: Tensor::from_data(data.clone(), &device),
            beside: Beside::new(rows, &device),
            tracked: Tensor::from_data(data, &tracking).require_grad(),
            tracked_beside: Beside::new(rows, &tracking),
            device,
        }
    }

    pub(crate) fn forward_result(&self) -> Result<Vec<f32>, String> {
        values(self.forward())
    }

    pub(crate) fn backward_result(&self) -> Result<Vec<f32>, String> {
        values(self.gradient(&self.tracked_forward())?)
    }

    /// Forward; backward from an output that is there; and both at once, which leaves fusion free to join them.
    pub(crate) fn contenders(&self) -> [Contender<'_, String>; 3] {
        let contender = |direction, time: fn(&Self, usize) -> Result<Duration, String>| Contender {
            implementation: "burn",
            direction,
            time: Box::new(move |runs| time(self, runs)),
        };
        [
            contender("forward", Self::time_forward),
            contender("backward", Self::time_backward),
            contender("both", Self::time_both),
        ]
    }

    fn time_forward(&self, runs: usize) -> Result<Duration, String> {
        let start = Instant::now();
        for _ in 0..runs {
            // Held until it is submitted: fusion computes nothing that nobody holds, and would join runs.
            let output = self.forward();
            self.flush()?;
            drop(output);
        }
        self.finish(start)
    }

    fn time_backward(&self, runs: usize) -> Result<Duration, String> {
        let outputs: Vec<_> = (0..runs).map(|_| self.tracked_forward()).collect();
        self.finish(Instant::now())?;
        let start = Instant::now();
        for output in outputs {
            let gradient = self.gradient(&output)?;
            self.flush()?;
            drop(gradient);
        }
        self.finish(start)
    }

    fn time_both(&self, runs: usize) -> Result<Duration, String> {
        let start = Instant::now();
        for _ in 0..runs {
            let output = self.tracked_forward();
            let gradient = self.gradient(&output)?;
            self.flush()?;
            drop((output, gradient));
        }
        self.finish(start)
    }

    fn forward(&self) -> Tensor<2> {
        (self.operation.theirs)(self.input.clone(), &self.beside)
    }

    fn tracked_forward(&self) -> Tensor<2> {
        (self.operation.theirs)(self.tracked.clone(), &self.tracked_beside)
    }

    fn gradient(&self, output: &Tensor<2>) -> Result<Tensor<2>, String> {
        let gradient = self.tracked.grad(&output.backward());
        gradient.ok_or_else(|| format!("burn has no gradient of {}", self.operation.name))
    }

    fn flush(&self) -> Result<(), String> {
        self.device.flush().map_err(|error| error.to_string())
    }

    fn finish(&self, start: Instant) -> Result<Duration, String> {
        self.device.sync().map_err(|error| error.to_string())?;
        Ok(start.elapsed())
    }
}

fn values(tensor: Tensor<2>) -> Result<Vec<f32>, String> {
    let data = tensor.into_data();
    data.try_to_vec()
        .map_err(|error| format!("burn's result is no f32: {error:?}"))
}
