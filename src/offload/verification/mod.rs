//! Kernels run and judged by their f64 references, a file for each family beside the elements.

mod gated;
mod learnable;
mod loss;
mod randomised;
mod rows;
mod statistics;

use std::io::{self, Read};

use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::offload::conversion::{narrowed, widened};
use crate::offload::{Input, Job, Offload, OffloadError, Output};
use crate::verify::{
    DerivativeCheck, Direction, FiniteDifferences, Oracle, Report, Samples, VerifyError,
};

impl Offload {
    /// Runs an activation in both directions over `samples` in f32, the gradient of the output being
    /// 1, and judges the results by its f64 reference.
    pub fn verify(
        &self,
        activation: &Activation,
        samples: &Samples,
    ) -> Result<[Report; 2], OffloadError> {
        self.verify_inputs(activation, [Dtype::F32; 2], &samples.inputs(activation))
    }

    /// [`Offload::verify`] over inputs of one's own, with inputs and outputs in these two types.
    /// [`Walk::all`](crate::verify::Walk::all) has all the inputs of a type.
    pub fn verify_inputs(
        &self,
        activation: &Activation,
        [input, output]: [Dtype; 2],
        inputs: &[f32],
    ) -> Result<[Report; 2], OffloadError> {
        let verify = |direction| {
            let oracle = Oracle::new(activation, direction)?.with_dtypes(input, output);
            let mut outputs = vec![0.0; inputs.len()];
            self.results_into(&oracle, inputs, &mut outputs)?;
            Ok::<_, OffloadError>(oracle.judge(inputs, &outputs)?)
        };
        Ok([verify(Direction::Forward)?, verify(Direction::Backward)?])
    }

    /// The kernel's results of what an oracle knows the exact ones of: its activation, direction
    /// (with a grad_output of 1) and types. Inputs that its input type does not have are rounded to
    /// it.
    pub fn results_into(
        &self,
        oracle: &Oracle,
        inputs: &[f32],
        outputs: &mut [f32],
    ) -> Result<(), OffloadError> {
        if inputs.len() != outputs.len() {
            return Err(OffloadError::Verify(VerifyError::LengthMismatch {
                inputs: inputs.len(),
                results: "outputs",
                len: outputs.len(),
            }));
        }
        let [input_dtype, output_dtype] = oracle.dtypes();
        let elements = inputs.len() as u64;
        let narrowed = narrowed(input_dtype, inputs);
        let input = Input::bytes(input_dtype, &narrowed);
        let mut results = Vec::new();
        let output = match output_dtype {
            Dtype::F32 => Output::slice(&mut *outputs),
            dtype => Output::writer(dtype, &mut results),
        };
        let activation = oracle.activation();
        let mut ones = Ones(output_dtype);
        self.run(match oracle.direction() {
            Direction::Forward => Job::forward(activation, input, output, elements),
            Direction::Backward => {
                let ones = Input::reader(output_dtype, &mut ones);
                Job::backward(activation, input, ones, output, elements)
            }
        })?;
        for (wide, narrow) in outputs.iter_mut().zip(results.as_chunks::<2>().0) {
            *wide = widened(output_dtype, *narrow);
        }
        Ok(())
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

/// A tensor of ones, for as long as it is read.
struct Ones(Dtype);

impl Read for Ones {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = narrowed(self.0, &[1.0]);
        let read = buffer.len() - buffer.len() % one.len();
        if read > 0 {
            buffer[..one.len()].copy_from_slice(&one);
        }
        // Twice as many with each copy.
        let mut filled = one.len();
        while filled < read {
            let more = filled.min(read - filled);
            buffer.copy_within(..more, filled);
            filled += more;
        }
        Ok(read)
    }
}
