//! The statistics of a tensor and of what an activation makes of it, channel by channel.

mod plan;
mod task;

use super::kernel::{Kernel, Key};
use super::{KernelError, Kernels, Prepared};
use crate::activation::{Activation, Identity};
use crate::dtype::Dtype;
use crate::shader::{Access, BufferUse, ShaderError, StatisticsShader, StatisticsStage};
use crate::tensor::{Rows, TensorView};
use task::Task;

const WORD: u64 = 4;

impl Kernels {
    /// Prepares the statistics of an activation's input, of its output and of |f′|: a record for each
    /// channel, which [`Statistics::from_words`](crate::Statistics::from_words) reads.
    ///
    /// The channels lie along the axis that `channels` names. `records` is f32 and has
    /// [`Statistics::WORDS`](crate::Statistics::WORDS) words for each. An element is saturated where |f′|
    /// is below `threshold`. Every element is read once, and the same tensor gives the same bits every
    /// time on one adapter.
    pub fn statistics(
        &self,
        activation: &Activation,
        threshold: f32,
        channels: &Rows,
        input: &TensorView,
        records: &TensorView,
    ) -> Result<Prepared, KernelError> {
        if input.len() != channels.elements() {
            return Err(KernelError::Shape {
                name: "input",
                len: input.len(),
                rows: channels.count(),
                row: channels.len(),
            });
        }
        let task = Task {
            kernels: self,
            activation,
            threshold,
            channels,
            input,
            start: 0,
            records,
            is_continued: false,
        };
        task.prepare()
    }

    /// Prepares the same of a range of elements that begins at `start`, for records that hold earlier ones
    /// or are all zeros.
    #[cfg(feature = "offload")]
    pub(crate) fn continue_statistics(
        &self,
        (activation, threshold): (&Activation, f32),
        channels: &Rows,
        (start, input): (u64, &TensorView),
        records: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task {
            kernels: self,
            activation,
            threshold,
            channels,
            input,
            start,
            records,
            is_continued: true,
        };
        task.prepare()
    }
}

/// What holds whatever the tensors are.
impl Kernels {
    /// Whether there can be such a threshold and so many channels.
    pub(crate) fn check_statistics(
        &self,
        threshold: f32,
        channels: u64,
    ) -> Result<(), KernelError> {
        if !threshold.is_normal() || threshold < 0.0 {
            return Err(KernelError::Threshold { threshold });
        }
        let limit = self.most_records();
        if channels > limit {
            return Err(KernelError::TooMany {
                what: "channels",
                count: channels,
                limit,
            });
        }
        Ok(())
    }

    /// The records that one binding holds.
    fn most_records(&self) -> u64 {
        let limits = &self.pipelines.limits;
        limits.elements_per_binding(StatisticsShader::RECORD * WORD)
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct StatisticsKey {
    /// Of what summarises elements.
    activation: Option<Identity>,
    dtypes: Vec<Dtype>,
    access: Access,
}

impl Kernel for StatisticsShader<'_> {
    fn key(&self) -> Key {
        Key::Statistics(StatisticsKey {
            activation: match self.stage {
                StatisticsStage::Summarise(activation) => Some(activation.key()),
                StatisticsStage::Merge => None,
            },
            dtypes: self.dtypes.clone(),
            access: self.access,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        StatisticsShader::wgsl(self)
    }

    fn name(&self) -> &str {
        match self.stage {
            StatisticsStage::Summarise(activation) => activation.name(),
            StatisticsStage::Merge => "statistics",
        }
    }

    fn label(&self) -> String {
        match self.stage {
            StatisticsStage::Summarise(activation) => format!("{} statistics", activation.name()),
            StatisticsStage::Merge => "merged statistics".to_owned(),
        }
    }

    fn bindings(&self) -> Vec<BufferUse> {
        self.access.bindings(self.operands())
    }

    fn is_trusted(&self) -> bool {
        match self.stage {
            StatisticsStage::Summarise(activation) => activation.is_trusted(),
            StatisticsStage::Merge => true,
        }
    }
}
