use wgpu_activations::reference::randomised::slope;
use wgpu_activations::{Dtype, Operation, RandomisedRelu, Seed};

use super::common::guarded::{Guarded, bits, value};
use super::common::subject::Subject;
use super::common::{ramp, run};
use super::rounded;

impl Subject {
    /// The results for f32.
    pub(crate) fn forward(&self, relu: &RandomisedRelu, seed: Seed, x: &[f32]) -> Vec<f32> {
        let tensors = [(Dtype::F32, 0); 2];
        self.run(
            relu,
            seed,
            Operation::Forward,
            &[x.to_vec(), x.to_vec()],
            &tensors,
        )
    }

    /// The gradients for f32, where those of the results are 1.
    pub(crate) fn backward(&self, relu: &RandomisedRelu, seed: Seed, x: &[f32]) -> Vec<f32> {
        let contents = [x.to_vec(), vec![1.0; x.len()], x.to_vec()];
        self.run(
            relu,
            seed,
            Operation::Backward,
            &contents,
            &[(Dtype::F32, 0); 3],
        )
    }

    /// The slopes that the first elements draw.
    pub(crate) fn slopes(&self, relu: &RandomisedRelu, seed: Seed, count: usize) -> Vec<f32> {
        let y = self.forward(relu, seed, &vec![-1.0; count]);
        y.into_iter().map(|y| -y).collect()
    }

    /// Runs an operation, and checks the result with slopes that f32 holds exactly.
    pub(crate) fn check(
        &self,
        operation: Operation,
        seed: Seed,
        len: usize,
        tensors: &[(Dtype, usize)],
    ) {
        let relu = RandomisedRelu::new(0.0, 0.5).expect("bounds");
        let operands = operation.operands();
        let tensors = &tensors[..operands.len()];
        let contents: Vec<Vec<f32>> = operands
            .iter()
            .zip(tensors)
            .map(|(operand, &(dtype, _))| {
                let values = match operand.name {
                    "input" | "tensor" => ramp(len),
                    "grad_input" => vec![16.0; len],
                    _ => ramp(len + 5)[5..].to_vec(),
                };
                values.iter().map(|&x| rounded(dtype, x.into())).collect()
            })
            .collect();
        let results = self.run(&relu, seed, operation, &contents, tensors);
        let dtype = tensors[tensors.len() - 1].0;
        for (index, result) in results.into_iter().enumerate() {
            let x = contents[0][index];
            let slope = if x > 0.0 {
                1.0
            } else {
                slope(&relu, seed, index as u64)
            };
            let factor = match operation {
                Operation::Forward | Operation::ForwardInPlace => x,
                _ => contents[1][index],
            };
            let product = slope * f64::from(factor);
            let expected = match contents.get(2) {
                // An adapter may round the sum once or twice.
                Some(old) if operation == Operation::BackwardAccumulate => {
                    let old = f64::from(old[index]);
                    [old + product, old + f64::from(product as f32)]
                }
                _ => [product; 2],
            };
            assert!(
                expected
                    .iter()
                    .any(|&number| rounded(dtype, number) == result),
                "element {index} of {len}, {operation:?} of {tensors:?} with {seed:?}: {result} is not one \
                 of {expected:?}"
            );
        }
    }

    /// What an operation leaves in the last tensor, which is the one that it writes.
    fn run(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        operation: Operation,
        contents: &[Vec<f32>],
        tensors: &[(Dtype, usize)],
    ) -> Vec<f32> {
        let guarded = contents.iter().zip(tensors);
        let guarded: Vec<_> = guarded
            .map(|(values, &(dtype, at))| Guarded::new(&self.device, dtype, values, at))
            .collect();
        let views: Vec<_> = guarded.iter().map(|tensor| &tensor.view).collect();
        let prepared = self
            .kernels
            .prepare_randomised(relu, seed, operation, &views)
            .expect("prepared");
        run(&self.device, &self.queue, |encoder| {
            prepared.encode(encoder)
        });
        let last = guarded.len() - 1;
        for (tensor, values) in guarded[..last].iter().zip(contents) {
            let dtype = tensor.view.dtype();
            let before: Vec<_> = values.iter().map(|&x| bits(dtype, x)).collect();
            assert_eq!(
                tensor.elements(&self.device, &self.queue),
                before,
                "only read"
            );
        }
        let written = &guarded[last];
        let elements = written.elements(&self.device, &self.queue).into_iter();
        elements
            .map(|bits| value(written.view.dtype(), bits))
            .collect()
    }
}
