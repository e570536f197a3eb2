use wgpu::util::DeviceExt as _;
use wgpu_activations::reference::cross_entropy as exact;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{ClassIndices, ClassType, CrossEntropy, Dtype, Prepared, Reduction, Rows};

use super::common::guarded::{Guarded, rounded, value};
use super::common::run;
use super::common::subject::Subject;

/// A tensor's type, and its offset in elements.
pub(crate) type Place = (Dtype, usize);

/// Rows of logits with their targets, and where all tensors lie.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) rows: Rows,
    pub(crate) logits: Vec<f32>,
    pub(crate) targets: Vec<i64>,
    pub(crate) class_type: ClassType,
    pub(crate) targets_at: usize,
    pub(crate) saved_at: usize,
    pub(crate) logits_at: Place,
    pub(crate) losses_at: Place,
    pub(crate) grad_output_at: Place,
    pub(crate) grad_logits_at: Place,
}

impl Case {
    pub(crate) fn new(rows: Rows, logits: Vec<f32>, targets: Vec<i64>) -> Self {
        let place = (Dtype::F32, 0);
        Self {
            rows,
            logits,
            targets,
            class_type: ClassType::I64,
            targets_at: 0,
            saved_at: 0,
            logits_at: place,
            losses_at: place,
            grad_output_at: place,
            grad_logits_at: place,
        }
    }

    /// The logits of each row, as they are in the tensor.
    fn split(&self, elements: &[f32]) -> Vec<Vec<f64>> {
        let (len, inner) = (self.rows.len() as usize, self.rows.inner() as usize);
        let slabs = elements.chunks((len * inner).max(1));
        let row = |slab: &[f32], at: usize| {
            let elements = slab[at..].iter().step_by(inner);
            elements.map(|&x| f64::from(x)).collect()
        };
        slabs
            .flat_map(|slab| (0..inner).map(move |at| row(slab, at)))
            .collect()
    }
}

impl Subject {
    /// Runs both passes, and checks every loss, every gradient and both counts; the largest errors of
    /// losses and gradients in ULP.
    pub(crate) fn check(&self, loss: &CrossEntropy, case: &Case) -> [f64; 2] {
        let count = case.rows.count();
        let results = match loss.reduction() {
            Reduction::None => count as usize,
            _ => 1,
        };
        let logits = self.guarded(case.logits_at, &case.logits);
        let targets = self.targets(case);
        let losses = self.guarded(case.losses_at, &vec![7.0; results]);
        let saved = vec![7.0; CrossEntropy::saved_len(count) as usize];
        let saved = self.guarded((Dtype::F32, case.saved_at), &saved);
        let forward = self.kernels.forward_cross_entropy(
            loss,
            &case.rows,
            &logits.view,
            &targets,
            &losses.view,
            &saved.view,
        );
        self.run(&forward.expect("prepared"));
        let rows = case.split(&self.read(&logits));
        let worst = self.check_losses(loss, case, &rows, &losses);
        self.check_counts(loss, case, &saved);

        let grad_output: Vec<f32> = (0..results).map(|index| 1.5 - (index % 7) as f32).collect();
        let grad_output = self.guarded(case.grad_output_at, &grad_output);
        let grad_logits = self.guarded(case.grad_logits_at, &vec![7.0; case.logits.len()]);
        let backward = self.kernels.backward_cross_entropy(
            loss,
            &case.rows,
            &logits.view,
            &saved.view,
            &grad_output.view,
            &grad_logits.view,
        );
        self.run(&backward.expect("prepared"));
        let gradients = self.read(&grad_logits);
        let weights = self.read(&grad_output);
        let worst_gradient = check_gradients(loss, case, &rows, &weights, &gradients);
        self.check_in_place(loss, case, [&logits, &saved, &grad_output], &gradients);
        [worst, worst_gradient]
    }

    fn check_losses(
        &self,
        loss: &CrossEntropy,
        case: &Case,
        rows: &[Vec<f64>],
        losses: &Guarded,
    ) -> f64 {
        let each: Vec<f64> = rows
            .iter()
            .zip(&case.targets)
            .map(|(row, &target)| exact::forward(loss, row, target))
            .collect();
        let expected = exact::reduce(loss, &each, &case.targets);
        let mut worst = 0.0_f64;
        for (index, (result, expected)) in self.read(losses).into_iter().zip(expected).enumerate() {
            let error = ulp_error(case.losses_at.0, result, expected, 0.0);
            assert!(
                error <= bound(case.losses_at.0),
                "{loss:?} over {:?}, loss {index}: {result:e} instead of {expected:e}, {error} ULP; \
                 target {:?}",
                case.rows,
                case.targets[index..].first(),
            );
            worst = worst.max(error);
        }
        worst
    }

    fn check_counts(&self, loss: &CrossEntropy, case: &Case, saved: &Guarded) {
        let words = saved.elements(&self.device, &self.queue);
        let counted = exact::counted(loss, &case.targets) as u32;
        let is_invalid = |&&target: &&i64| {
            target != loss.ignore_index() && !(0..case.rows.len() as i64).contains(&target)
        };
        let invalid = case.targets.iter().filter(is_invalid).count() as u32;
        assert_eq!(
            words[words.len() - 4..],
            [counted, invalid, 0, 0],
            "{loss:?}"
        );
    }

    /// Gradients in place of the logits are the same, where they have their type.
    fn check_in_place(
        &self,
        loss: &CrossEntropy,
        case: &Case,
        [logits, saved, grad_output]: [&Guarded; 3],
        gradients: &[f32],
    ) {
        if case.logits_at.0 != case.grad_logits_at.0 {
            return;
        }
        let in_place = self.kernels.backward_cross_entropy_in_place(
            loss,
            &case.rows,
            &saved.view,
            &grad_output.view,
            &logits.view,
        );
        self.run(&in_place.expect("prepared"));
        let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert!(bits(&self.read(logits)) == bits(gradients), "in place");
    }

    pub(crate) fn guarded(&self, (dtype, at): Place, values: &[f32]) -> Guarded {
        let values: Vec<f32> = values.iter().map(|&x| rounded(dtype, x)).collect();
        Guarded::new(&self.device, dtype, &values, at)
    }

    pub(crate) fn targets(&self, case: &Case) -> ClassIndices {
        let mut bytes = vec![0xff; case.targets_at * 4];
        for target in &case.targets {
            let size = case.class_type.size() as usize;
            bytes.extend(&target.to_le_bytes()[..size]);
        }
        bytes.extend([0xff; 4]);
        let buffer = self
            .device
            .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("targets"),
                contents: &bytes,
                usage: wgpu::BufferUsages::STORAGE,
            });
        let (start, len) = (case.targets_at as u64 * 4, case.targets.len() as u64);
        ClassIndices::new(&buffer, case.class_type, start, len).expect("inside")
    }

    fn run(&self, prepared: &Prepared) {
        run(&self.device, &self.queue, |encoder| {
            prepared.encode(encoder)
        });
    }

    fn read(&self, tensor: &Guarded) -> Vec<f32> {
        let elements = tensor.elements(&self.device, &self.queue).into_iter();
        elements
            .map(|bits| value(tensor.view.dtype(), bits))
            .collect()
    }
}

/// How far results may be from the exact ones, in ULP of their type.
fn bound(dtype: Dtype) -> f64 {
    if dtype == Dtype::F32 { 8.0 } else { 1.0 }
}

fn check_gradients(
    loss: &CrossEntropy,
    case: &Case,
    rows: &[Vec<f64>],
    weights: &[f32],
    gradients: &[f32],
) -> f64 {
    let dtype = case.grad_logits_at.0;
    let counted = exact::counted(loss, &case.targets) as f64;
    let mut worst = 0.0_f64;
    for (index, (row, results)) in rows.iter().zip(case.split(gradients)).enumerate() {
        let target = case.targets[index];
        let weight = match loss.reduction() {
            Reduction::None => weights[index].into(),
            Reduction::Mean => f64::from(weights[0]) / counted,
            Reduction::Sum => weights[0].into(),
        };
        let expected = exact::backward(loss, row, target);
        for (class, (result, (expected, term))) in results.into_iter().zip(expected).enumerate() {
            let is_ignored = target == loss.ignore_index();
            let expected = if is_ignored { 0.0 } else { expected * weight };
            // A probability below the normal numbers may be flushed before it has its weight.
            let expected = match result {
                0.0 if term <= f64::from(f32::MIN_POSITIVE) => 0.0,
                _ => expected,
            };
            let error = ulp_error(dtype, result as f32, expected, (term * weight).abs());
            assert!(
                error <= bound(dtype),
                "{loss:?} over {:?}, gradient of logit {class} of row {index} (target {target}): \
                 {result:e} instead of {expected:e}, {error} ULP",
                case.rows
            );
            worst = worst.max(error);
        }
    }
    worst
}
