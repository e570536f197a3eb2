use super::*;
use crate::kernels::elementwise::tests::{GUARD, bits, device, guarded, run};
use crate::tensor::Gate;

/// As for elementwise kernels: every binding is widened to the end of its buffer, so that nothing but the
/// kernel keeps the guards whole.
#[test]
fn kernels_keep_to_their_range_in_bindings_that_are_wider() {
    let (device, queue) = device();
    let kernels = Kernels::new(&device);
    for operation in [
        GatedOperation::Forward,
        GatedOperation::ForwardInPlace,
        GatedOperation::Backward,
        GatedOperation::BackwardInPlace,
        GatedOperation::GateGradient,
        GatedOperation::ForwardHalves,
        GatedOperation::BackwardHalves,
        GatedOperation::BackwardHalvesInPlace,
    ] {
        for first in 0..6 {
            for (offset, shape) in [(0, [1, 8]), (4, [5, 24]), (3, [7, 6]), (1, [2, 4098])] {
                let halves = Halves::along(&shape, 1, Gate::First).expect("even");
                // Three times all alike, three times each of another type than the one before.
                let dtype = |operand| Dtype::ALL[(first + operand * (first / 3)) % 3];
                let len = halves.elements() as usize / 2;
                let len = |holds_halves| if holds_halves { 2 * len } else { len };
                let tensors = operation.holds_halves().enumerate();
                let tensors = tensors.map(|(operand, holds_halves)| {
                    guarded(&device, dtype(operand), offset, len(holds_halves))
                });
                let tensors: Vec<_> = tensors.collect();
                let views: Vec<_> = tensors.iter().collect();
                let mut passes = if operation.of_views() == operation {
                    kernels.passes(operation, &views)
                } else {
                    let passes = kernels.halves_passes(operation, &halves, &views);
                    passes.expect("all in range")
                };
                for pass in &mut passes {
                    for step in &mut pass.steps {
                        for (binding, view) in step.bindings.iter_mut().zip(&pass.tensors) {
                            binding.bytes.end = view.buffer().size();
                        }
                    }
                }
                let prepared = kernels.assemble_gated(&GatedActivation::bilinear(), &passes);
                let prepared = prepared.expect("prepared");
                for view in views {
                    let dtype = view.dtype();
                    let inside = offset..offset + view.len() as usize;
                    let elements = run(&device, &queue, &prepared, view);
                    for (index, element) in elements.into_iter().enumerate() {
                        assert_eq!(
                            element == bits(dtype, GUARD),
                            !inside.contains(&index),
                            "{operation:?}, {dtype} [{index}] of {inside:?}: {element:?}"
                        );
                    }
                }
            }
        }
    }
}
