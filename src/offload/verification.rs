use super::{Offload, OffloadError};
use crate::activation::Activation;
use crate::verify::{DerivativeCheck, Direction, FiniteDifferences, Report, Samples, judge};

impl Offload {
    /// Runs an activation in both directions over `samples`, the gradient of the output being 1, and
    /// judges the results by its f64
    /// reference.
    pub fn verify(
        &self,
        activation: &Activation,
        samples: &Samples,
    ) -> Result<[Report; 2], OffloadError> {
        let inputs = samples.inputs(activation);
        let values = self.forward(activation, &inputs)?;
        let gradients = self.backward(activation, &inputs, &vec![1.0; inputs.len()])?;
        Ok([
            judge(activation, Direction::Forward, &inputs, &values)?,
            judge(activation, Direction::Backward, &inputs, &gradients)?,
        ])
    }

    /// Compares an activation's derivative with finite differences of its forward function, both
    /// computed by the kernels: for an activation of the caller's own that has no reference.
    pub fn check_derivative(
        &self,
        activation: &Activation,
        differences: &FiniteDifferences,
    ) -> Result<DerivativeCheck, OffloadError> {
        let values = self.forward(activation, &differences.inputs())?;
        let points = differences.points();
        let derivatives = self.backward(activation, &points, &vec![1.0; points.len()])?;
        Ok(differences.judge(&values, &derivatives))
    }
}
