use wgpu_activations::{
    ClassIndices, ClassType, CrossEntropy, Dtype, KernelError, Rows, TensorView,
};

use super::common::subject::Subject;
use super::subject::Case;

impl Subject {
    /// Tensors of a wrong length or type, and such that overlap.
    pub(crate) fn check_refusals(&self) {
        let rows = Rows::along(&[3, 4], 1).expect("a shape");
        let case = Case::new(rows, vec![0.0; 12], vec![0; 3]);
        let logits = self.guarded((Dtype::F32, 0), &case.logits).view;
        let saved = self.guarded((Dtype::F32, 0), &[0.0; 16]).view;
        let one = self.guarded((Dtype::F32, 0), &[0.0]).view;
        let halves = self.guarded((Dtype::F16, 0), &[0.0; 16]).view;
        let targets = self.targets(&case);
        let short = self.targets(&Case::new(rows, vec![], vec![0; 2]));
        let loss = CrossEntropy::default();
        let part = |view: &TensorView, len| view.slice(0..len).expect("inside");
        let forward = |logits: &TensorView, targets, losses: &TensorView, saved: &TensorView| {
            (self.kernels).forward_cross_entropy(&loss, &rows, logits, targets, losses, saved)
        };
        let backward = |saved: &TensorView, grad_output: &TensorView, result: &TensorView| {
            (self.kernels).backward_cross_entropy(&loss, &rows, &logits, saved, grad_output, result)
        };
        let other = self.guarded((Dtype::F32, 0), &[0.0; 12]).view;
        for (refused, words) in [
            (
                forward(&one, &targets, &one, &saved),
                "logits has 1 elements",
            ),
            (
                forward(&logits, &short, &one, &saved),
                "targets has 2 elements, but must have 3",
            ),
            (
                forward(&logits, &targets, &part(&logits, 3), &saved),
                "losses has 3 elements, but must have 1",
            ),
            (
                forward(&logits, &targets, &one, &logits),
                "saved has 12 elements, but must have 16",
            ),
            (
                forward(&logits, &targets, &one, &halves),
                "saved is a tensor of f16",
            ),
            (
                forward(&logits, &targets, &part(&logits, 1), &saved),
                "overlap",
            ),
            (backward(&saved, &one, &logits), "overlap"),
            (
                backward(&saved, &part(&saved, 2), &other),
                "grad_output has 2 elements",
            ),
            (
                backward(&saved, &one, &part(&other, 11)),
                "grad_logits has 11 elements",
            ),
        ] {
            let error: KernelError = refused.expect_err(words);
            assert!(
                error.to_string().contains(words),
                "{error} instead of {words}"
            );
        }
        let error = ClassIndices::new(one.buffer(), ClassType::I64, 4, u64::MAX);
        assert_eq!(
            error.expect_err("too many").to_string(),
            format!(
                "18446744073709551615 class indices of 8 bytes from byte 4 reach past the buffer's {} bytes; \
                 shorten the view or enlarge the buffer",
                one.buffer().size()
            )
        );
    }
}
