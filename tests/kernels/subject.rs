use wgpu_activations::{Dtype, Operation};

use super::common::guarded::{Guarded, bits, rounded};
use super::common::subject::Subject;
use super::common::{ramp, run};
use super::{leaky, slope};

impl Subject {
    /// Runs `operation` on tensors of these types at these offsets (as many as it takes), and checks
    /// the result and all that lies around.
    pub(crate) fn check(&self, operation: Operation, len: usize, tensors: &[(Dtype, usize)]) {
        let tensors = &tensors[..operation.operands().len()];
        let contents = contents(operation, len, tensors);
        let guarded: Vec<_> = contents
            .iter()
            .zip(tensors)
            .map(|(values, &(dtype, at))| Guarded::new(&self.device, dtype, values, at))
            .collect();
        let views: Vec<_> = guarded.iter().map(|guarded| &guarded.view).collect();
        let prepared = self
            .kernels
            .prepare(&leaky(), operation, &views)
            .expect("prepared");
        run(&self.device, &self.queue, |encoder| {
            prepared.encode(encoder)
        });

        let last = tensors.len() - 1;
        for (index, (guarded, &(dtype, _))) in guarded.iter().zip(tensors).enumerate() {
            let expected = match index {
                index if index == last => &expected(operation, &contents),
                index => &contents[index],
            };
            let expected: Vec<_> = expected.iter().map(|&value| bits(dtype, value)).collect();
            assert_eq!(
                guarded.elements(&self.device, &self.queue),
                expected,
                "tensor {index} of {operation:?}, {len} at {tensors:?}"
            );
        }
    }
}

/// What the tensors hold before, rounded to their types.
fn contents(operation: Operation, len: usize, tensors: &[(Dtype, usize)]) -> Vec<Vec<f32>> {
    let named = operation.operands().iter().zip(tensors);
    let values = named.map(|(operand, &(dtype, _))| {
        let values = match operand.name {
            "input" | "tensor" => ramp(len),
            "grad_output" | "grad" => ramp(len + 5)[5..].to_vec(),
            _ => vec![1024.0; len],
        };
        values.iter().map(|&x| rounded(dtype, x)).collect()
    });
    values.collect()
}

/// What the written tensor holds afterwards, exact in f32.
fn expected(operation: Operation, contents: &[Vec<f32>]) -> Vec<f32> {
    let x = contents[0].iter();
    match (operation, contents) {
        (Operation::Forward | Operation::ForwardInPlace, _) => x.map(|x| x * slope(*x)).collect(),
        (Operation::Backward | Operation::BackwardInPlace, [_, grad, ..]) => {
            x.zip(grad).map(|(x, grad)| slope(*x) * grad).collect()
        }
        (Operation::BackwardAccumulate, [_, grad, old]) => x
            .zip(grad)
            .zip(old)
            .map(|((x, grad), old)| old + slope(*x) * grad)
            .collect(),
        (other, _) => panic!("{other:?} has no expectation here"),
    }
}
