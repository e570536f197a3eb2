use crate::activation::CrossEntropy;
use crate::dtype::Dtype;
use crate::kernels::{KernelError, Prepared};
use crate::offload::conversion::{elements, narrowed};
use crate::offload::resident::filled;
use crate::offload::{Offload, OffloadError};
use crate::tensor::{ClassIndices, ClassType, TensorView};
use crate::verify::{Direction, LossReport, LossSample};

impl Offload {
    /// Runs softmax with cross-entropy in both directions over samples, with tensors of that type, and
    /// judges the results by the f64 reference; [`LossSample::all`] has some.
    pub fn verify_cross_entropy(
        &self,
        loss: &CrossEntropy,
        dtype: Dtype,
        samples: &[LossSample],
    ) -> Result<[LossReport; 2], OffloadError> {
        let mut reports = Direction::ALL.map(|direction| LossReport::new(loss, direction, dtype));
        for sample in samples {
            let sample = &sample.rounded(dtype);
            let expected = sample.expected(loss);
            let results = pollster::block_on(self.losses_of(loss, dtype, sample))?;
            for (report, results) in reports.iter_mut().zip(results) {
                report.judge(sample, &expected, &results);
            }
        }
        Ok(reports)
    }

    /// The losses and the gradients of the logits, by the kernels that reduce.
    async fn losses_of(
        &self,
        loss: &CrossEntropy,
        dtype: Dtype,
        sample: &LossSample,
    ) -> Result<[Vec<f32>; 2], OffloadError> {
        let rows = &sample.rows;
        let tensor = |dtype, values: &[f32]| -> Result<TensorView, KernelError> {
            let buffer = filled(&self.device, &narrowed(dtype, values))?;
            Ok(TensorView::new(&buffer, dtype, 0, values.len() as u64)?)
        };
        let logits = &tensor(dtype, &sample.logits)?;
        let targets = sample.targets(loss);
        let classes = filled(&self.device, bytemuck::cast_slice(&targets))?;
        let classes = ClassIndices::new(&classes, ClassType::I64, 0, targets.len() as u64);
        let classes = &classes.map_err(KernelError::from)?;
        let grad_output = &tensor(dtype, &sample.grad_output(loss))?;
        let zeros = |len: u64| vec![0.0; len as usize];
        let saved = &tensor(Dtype::F32, &zeros(CrossEntropy::saved_len(rows.count())))?;
        let losses = &tensor(dtype, &zeros(grad_output.len()))?;
        let grad_logits = &tensor(dtype, &zeros(logits.len()))?;
        let kernels = &self.kernels;
        let forward = kernels.forward_cross_entropy(loss, rows, logits, classes, losses, saved)?;
        let backward =
            kernels.backward_cross_entropy(loss, rows, logits, saved, grad_output, grad_logits)?;
        Ok([
            self.results_of(&forward, losses).await?,
            self.results_of(&backward, grad_logits).await?,
        ])
    }

    /// What an operation leaves in a tensor that begins with its buffer.
    async fn results_of(
        &self,
        prepared: &Prepared,
        tensor: &TensorView,
    ) -> Result<Vec<f32>, OffloadError> {
        let bytes = self.contents_after(tensor.buffer(), |encoder| prepared.encode(encoder));
        let mut results = elements(tensor.dtype(), &bytes.await?);
        results.truncate(tensor.len() as usize);
        Ok(results)
    }
}
