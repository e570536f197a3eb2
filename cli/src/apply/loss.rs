//! Losses of rows, by the classes in a file.

use wgpu_activations::half::{bf16, f16};
use wgpu_activations::{Classes, CrossEntropy, Dtype, Reduction, Rows};

use crate::arguments::Apply;
use crate::array_file::ClassFile;
use crate::error::Error;
use crate::layout::Layout;
use crate::tensor_file::TensorFile;

/// Softmax with cross-entropy of some rows.
pub(super) struct Loss {
    pub(super) loss: CrossEntropy,
    pub(super) rows: Rows,
    targets: ClassFile,
    /// How many rows are not ignored.
    counted: u64,
}

impl Loss {
    /// Of logits that are laid out like that; and how the losses are.
    pub(super) fn new(
        loss: &CrossEntropy,
        arguments: &Apply,
        layout: &Layout,
        axis: i64,
    ) -> Result<(Self, Layout), Error> {
        let location = arguments.targets.as_ref().ok_or(Error::NoTargets)?;
        let (rows, each) = layout.reduced(axis).map_err(|error| Error::Shape {
            input: arguments.input.clone(),
            error,
        })?;
        let targets = ClassFile::open(location, layout.order())?;
        if targets.shape() != each.shape() {
            return Err(Error::TargetShape {
                targets: location.to_string(),
                shape: targets.shape_text(),
                input: arguments.input.to_string(),
                needed: each.shape_text(),
            });
        }
        let counted = targets.classes().check(loss, &rows);
        let counted = counted.map_err(|error| Error::Targets {
            targets: location.clone(),
            error: Box::new(error),
        })?;
        let losses = match loss.reduction() {
            Reduction::None => each,
            _ => each.single(),
        };
        let loss = Self {
            loss: *loss,
            rows,
            targets,
            counted,
        };
        Ok((loss, losses))
    }

    pub(super) fn classes(&self) -> Classes<'_> {
        self.targets.classes()
    }

    pub(super) fn is_reduced(&self) -> bool {
        self.loss.reduction() != Reduction::None
    }

    /// The loss of all rows, as it is in a file of that type.
    pub(super) fn reduced(&self, losses: &[f32], dtype: Dtype) -> Vec<u8> {
        let reduced = self.loss.reduce(losses, self.counted);
        let bytes = |&loss: &f32| match dtype {
            Dtype::F32 => loss.to_le_bytes().to_vec(),
            Dtype::F16 => f16::from_f32(loss).to_le_bytes().to_vec(),
            _ => bf16::from_f32(loss).to_le_bytes().to_vec(),
        };
        reduced.iter().flat_map(bytes).collect()
    }

    /// The gradient of each row's loss, from that of the loss of all.
    pub(super) fn shares(&self, grad_output: &TensorFile) -> Vec<f32> {
        let gradient = match (grad_output.layout().dtype(), grad_output.bytes()) {
            (Dtype::F32, &[a, b, c, d, ..]) => f32::from_le_bytes([a, b, c, d]),
            (Dtype::F16, &[a, b, ..]) => f16::from_le_bytes([a, b]).to_f32(),
            (Dtype::Bf16, &[a, b, ..]) => bf16::from_le_bytes([a, b]).to_f32(),
            // A single number has these bytes.
            _ => f32::NAN,
        };
        let share = self.loss.share(gradient, self.counted);
        vec![share; self.rows.count() as usize]
    }
}
