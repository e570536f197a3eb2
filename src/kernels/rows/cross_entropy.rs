//! Softmax with cross-entropy: rows of logits to losses, and back.

mod layout;
mod settings;
mod steps;

use super::check_shape;
use crate::activation::{CrossEntropy, Reduction};
use crate::dtype::Dtype;
use crate::kernels::checks::check_overlaps;
use crate::kernels::kernel::{Kernel, Key};
use crate::kernels::prepared::Prepared;
use crate::kernels::{KernelError, Kernels};
use crate::shader::{
    Access, BufferUse, LOSS_BACKWARD, LOSS_BACKWARD_IN_PLACE, LOSS_FORWARD, LossShader, LossStage,
    ShaderError,
};
use crate::tensor::{ClassIndices, Rows, TensorView};
use layout::Layout;
use steps::Task;

impl Kernels {
    /// Prepares the loss of each row of logits, or of all together, and saves what the gradient needs.
    ///
    /// `losses` has an element for each row, or one where the loss is their mean or sum; `saved` is f32, of
    /// [`CrossEntropy::saved_len`]. Every logit is read once. On a device with
    /// [`wgpu::Features::SUBGROUP`], invocations meet in it as in [`Kernels::forward_rows`].
    pub fn forward_cross_entropy(
        &self,
        loss: &CrossEntropy,
        rows: &Rows,
        logits: &TensorView,
        targets: &ClassIndices,
        losses: &TensorView,
        saved: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task::new(self, loss, rows, saved)?;
        check_shape(LOSS_FORWARD, rows, &[logits])?;
        check_len("targets", targets.len(), rows.count())?;
        check_len("losses", losses.len(), task.losses())?;
        check_overlaps(LOSS_FORWARD, &[logits, targets.words(), losses, saved])?;
        task.forward(logits, targets, losses)
    }

    /// Prepares the gradients of the logits, from what [`Kernels::forward_cross_entropy`] saved.
    ///
    /// `grad_output` has as many elements as there are losses.
    pub fn backward_cross_entropy(
        &self,
        loss: &CrossEntropy,
        rows: &Rows,
        logits: &TensorView,
        saved: &TensorView,
        grad_output: &TensorView,
        grad_logits: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task::new(self, loss, rows, saved)?;
        check_shape(LOSS_BACKWARD, rows, &[logits])?;
        check_len("grad_logits", grad_logits.len(), rows.elements())?;
        check_len("grad_output", grad_output.len(), task.losses())?;
        check_overlaps(LOSS_BACKWARD, &[logits, saved, grad_output, grad_logits])?;
        task.backward(logits, grad_output, Some(grad_logits))
    }

    /// [`Kernels::backward_cross_entropy`] with the gradients in place of the logits.
    pub fn backward_cross_entropy_in_place(
        &self,
        loss: &CrossEntropy,
        rows: &Rows,
        saved: &TensorView,
        grad_output: &TensorView,
        logits: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task::new(self, loss, rows, saved)?;
        check_len("logits", logits.len(), rows.elements())?;
        check_len("grad_output", grad_output.len(), task.losses())?;
        check_overlaps(LOSS_BACKWARD_IN_PLACE, &[saved, grad_output, logits])?;
        task.backward(logits, grad_output, None)
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::kernels) struct LossKey {
    stage: LossStage,
    dtypes: Vec<Dtype>,
    access: Access,
}

impl Kernel for LossShader {
    fn key(&self) -> Key {
        Key::Loss(LossKey {
            stage: self.stage,
            dtypes: self.dtypes.clone(),
            access: self.access,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        Self::wgsl(self)
    }

    fn name(&self) -> &str {
        Self::NAME
    }

    fn label(&self) -> String {
        format!("{} {:?}", Self::NAME, self.stage)
    }

    fn bindings(&self) -> Vec<BufferUse> {
        self.access.bindings(self.stage.operands())
    }

    fn is_trusted(&self) -> bool {
        true
    }
}

impl<'a> Task<'a> {
    fn new(
        kernels: &'a Kernels,
        loss: &'a CrossEntropy,
        rows: &Rows,
        saved: &'a TensorView,
    ) -> Result<Self, KernelError> {
        // Two numbers that no class has mark rows without one.
        for (what, count, limit) in [
            ("rows", rows.count(), u64::from(u32::MAX)),
            ("classes", rows.len(), u64::from(u32::MAX) - 1),
        ] {
            if count > limit {
                return Err(KernelError::TooMany { what, count, limit });
            }
        }
        if saved.dtype() != Dtype::F32 {
            return Err(KernelError::WrongDtype {
                name: "saved",
                dtype: saved.dtype(),
                needed: Dtype::F32,
            });
        }
        check_len("saved", saved.len(), CrossEntropy::saved_len(rows.count()))?;
        Ok(Self {
            kernels,
            loss,
            layout: Layout {
                limits: kernels.pipelines.limits,
                rows: *rows,
            },
            saved,
        })
    }

    /// How many losses there are.
    fn losses(&self) -> u64 {
        match self.loss.reduction() {
            Reduction::None => self.layout.rows.count(),
            Reduction::Mean | Reduction::Sum => 1,
        }
    }
}

fn check_len(name: &'static str, len: u64, needed: u64) -> Result<(), KernelError> {
    if len == needed {
        return Ok(());
    }
    Err(KernelError::Length { name, len, needed })
}
