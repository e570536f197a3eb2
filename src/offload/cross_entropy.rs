//! Softmax with cross-entropy, from slices to losses and back.

use super::division::MAX_PIECE;
use super::work::{Chunk, Operand, Work};
use super::{Classes, Input, Job, Offload, OffloadError, Output};
use crate::activation::{CrossEntropy, Reduction};
use crate::dtype::{Dtype, Element};
use crate::kernels::scratch::scratch;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::{ClassIndices, ClassType, Rows, TensorView};

impl CrossEntropy {
    /// The mean or the sum of the losses of all rows, taken in f64, of which `counted` are not ignored; where
    /// there is no reduction, the losses as they are.
    pub fn reduce(&self, losses: &[f32], counted: u64) -> Vec<f32> {
        let total = || losses.iter().map(|&loss| f64::from(loss)).sum::<f64>();
        match self.reduction() {
            Reduction::Sum => vec![total() as f32],
            Reduction::Mean => vec![(total() / counted as f64) as f32],
            Reduction::None => losses.to_vec(),
        }
    }

    /// The gradient of the loss of each row that is not ignored, from that of the mean or the sum of all, of
    /// which `counted` are not; where there is no reduction, as it is.
    ///
    /// ```
    /// use wgpu_activations::CrossEntropy;
    ///
    /// let mean = CrossEntropy::default();
    /// // The third row is ignored.
    /// assert_eq!(mean.reduce(&[2.0, 4.0, 0.0], 2), [3.0]);
    /// assert_eq!(mean.share(1.0, 2), 0.5);
    /// ```
    pub fn share(&self, grad_output: f32, counted: u64) -> f32 {
        match self.reduction() {
            Reduction::Mean => grad_output / counted as f32,
            Reduction::Sum | Reduction::None => grad_output,
        }
    }
}

/// The loss of each row, or the gradients of the logits; a unit is a slab of logits with the targets and
/// the losses of its rows, a column one row.
#[derive(Debug)]
struct OverLogits {
    /// Not reduced: a chunk does not know the others.
    loss: CrossEntropy,
    rows: Rows,
    class_type: ClassType,
    is_backward: bool,
}

impl OverLogits {
    fn new(loss: &CrossEntropy, rows: &Rows, class_type: ClassType, is_backward: bool) -> Self {
        Self {
            loss: loss.with_reduction(Reduction::None),
            rows: *rows,
            class_type,
            is_backward,
        }
    }

    fn slab(&self) -> u64 {
        self.rows.len() * self.rows.inner()
    }
}

impl Work for OverLogits {
    fn units(&self) -> u64 {
        self.rows.outer()
    }

    fn inputs(&self) -> Vec<Operand> {
        let inner = self.rows.inner();
        let logits = Operand::new("the logits", self.slab());
        // Whatever they are, 32-bit words.
        let words = self.class_type.size() / 4;
        let targets = Operand {
            name: "the list of targets",
            unit: inner * words,
            width: words,
        };
        match self.is_backward {
            false => vec![targets, logits],
            true => vec![
                targets,
                Operand::new("the gradient of the losses", inner),
                logits,
            ],
        }
    }

    fn output_unit(&self) -> u64 {
        match self.is_backward {
            false => self.rows.inner(),
            true => self.slab(),
        }
    }

    fn columns(&self) -> u64 {
        self.rows.inner()
    }

    fn may_be_in_place(&self) -> bool {
        self.is_backward
    }

    fn most_elements(&self) -> u64 {
        // Up to seven tensors and staging buffers, and up to 20 bytes for each row.
        MAX_PIECE / 4
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let rows = &chunk.rows(&self.rows);
        let scratch = |len| scratch(kernels.device(), Dtype::F32, len);
        let saved = &scratch(CrossEntropy::saved_len(rows.count()))?;
        let (words, logits) = (&chunk.inputs[0], &chunk.inputs[chunk.inputs.len() - 1]);
        let targets = ClassIndices::new(
            words.buffer(),
            self.class_type,
            words.byte_offset(),
            rows.count(),
        )?;
        let forward = |losses: &TensorView| {
            kernels.forward_cross_entropy(&self.loss, rows, logits, &targets, losses, saved)
        };
        if !self.is_backward {
            // Forward there always is an output: the kernel would refuse the logits.
            return Ok(vec![forward(chunk.output.as_ref().unwrap_or(logits))?]);
        }
        let forward = forward(&scratch(rows.count())?)?;
        let (loss, gradient) = (&self.loss, &chunk.inputs[1]);
        let backward = match &chunk.output {
            None => kernels.backward_cross_entropy_in_place(loss, rows, saved, gradient, logits),
            Some(output) => {
                kernels.backward_cross_entropy(loss, rows, logits, saved, gradient, output)
            }
        };
        Ok(vec![forward, backward?])
    }
}

impl<'a> Job<'a> {
    /// The loss of each row of logits, whatever the reduction. A target that is no class makes it NaN.
    pub fn forward_cross_entropy(
        loss: &CrossEntropy,
        rows: &Rows,
        logits: Input<'a>,
        targets: Classes<'a>,
        losses: Output<'a>,
    ) -> Self {
        let work = OverLogits::new(loss, rows, targets.class_type, false);
        Self::new(work, vec![targets.into_input(), logits], losses)
    }

    /// The gradients of the logits, from those of the loss of each row, whatever the reduction;
    /// [`CrossEntropy::share`] makes them of that of all. A target that is no class makes them NaN.
    pub fn backward_cross_entropy(
        loss: &CrossEntropy,
        rows: &Rows,
        logits: Input<'a>,
        targets: Classes<'a>,
        grad_losses: Input<'a>,
        grad_logits: Output<'a>,
    ) -> Self {
        let work = OverLogits::new(loss, rows, targets.class_type, true);
        Self::new(
            work,
            vec![targets.into_input(), grad_losses, logits],
            grad_logits,
        )
    }
}

impl Offload {
    /// The loss of rows of logits by the classes of their targets: one for each row, or one for all where
    /// it is their mean or sum, which is taken in f64.
    ///
    /// ```no_run
    /// use wgpu_activations::{CrossEntropy, Offload, Rows};
    ///
    /// let gpu = Offload::new()?;
    /// let logits = vec![0.5_f32; 64 * 1000];
    /// let rows = Rows::along(&[64, 1000], -1)?;
    /// let classes = [7_i64; 64];
    /// let mean = CrossEntropy::default();
    /// let loss = gpu.forward_cross_entropy(&mean, &rows, &logits, classes.as_slice())?[0];
    /// let grad_logits = gpu.backward_cross_entropy(&mean, &rows, &logits, classes.as_slice(), &[1.0])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forward_cross_entropy<'a, T: Element>(
        &self,
        loss: &CrossEntropy,
        rows: &Rows,
        logits: &[T],
        classes: impl Into<Classes<'a>>,
    ) -> Result<Vec<f32>, OffloadError> {
        let classes = classes.into();
        let counted = classes.check(loss, rows)?;
        let mut losses = vec![0.0; rows.count() as usize];
        let (logits, output) = (Input::slice(logits), Output::slice(&mut losses));
        self.run(Job::forward_cross_entropy(
            loss, rows, logits, classes, output,
        ))?;
        Ok(loss.reduce(&losses, counted))
    }

    /// The gradients of the logits; `grad_losses` has one element for each loss that the forward pass gives.
    pub fn backward_cross_entropy<'a, T: Element>(
        &self,
        loss: &CrossEntropy,
        rows: &Rows,
        logits: &[T],
        classes: impl Into<Classes<'a>>,
        grad_losses: &[f32],
    ) -> Result<Vec<T>, OffloadError> {
        let classes = classes.into();
        let counted = classes.check(loss, rows)?;
        let mut grad_logits = vec![T::zeroed(); logits.len()];
        let (logits, output) = (Input::slice(logits), Output::slice(&mut grad_logits));
        let each;
        let grad_losses = match (loss.reduction(), grad_losses) {
            (Reduction::None, grad_losses) => grad_losses,
            (_, &[gradient]) => {
                each = vec![loss.share(gradient, counted); rows.count() as usize];
                &each
            }
            (_, grad_losses) => {
                return Err(OffloadError::LengthMismatch {
                    name: "the gradient of the losses",
                    len: grad_losses.len() as u64,
                    elements: 1,
                });
            }
        };
        let gradient = Input::slice(grad_losses);
        self.run(Job::backward_cross_entropy(
            loss, rows, logits, classes, gradient, output,
        ))?;
        Ok(grad_logits)
    }
}
