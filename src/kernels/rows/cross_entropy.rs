//! Softmax with cross-entropy: rows of logits to losses, and back.

mod settings;

use std::ops::Range;

use super::plan::{Plan, SUMMARY_SIZE, Step as RowStep};
use super::{Binding, check_shape, fold, scratch};
use crate::activation::{CrossEntropy, Reduction};
use crate::dtype::Dtype;
use crate::kernels::kernel::{Kernel, Key};
use crate::kernels::plan::{Limits, Placement, window};
use crate::kernels::prepared::{Part, Prepared, access, check_overlaps, dtypes, placement};
use crate::kernels::{KernelError, Kernels};
use crate::shader::{
    Access, LOSS_BACKWARD, LOSS_BACKWARD_IN_PLACE, LOSS_FORWARD, LossShader, LossStage, RowShader,
    ShaderError, Stage,
};
use crate::tensor::{ClassIndices, Rows, TensorView};
use settings::Settings;

impl Kernels {
    /// Prepares the loss of each row of logits, or of all together, and saves what the gradient needs.
    ///
    /// `losses` has an element for each row, or one where the loss is their mean or sum; `saved` is f32, of
    /// [`CrossEntropy::saved_len`]. Every logit is read once.
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
        task.backward(&[logits, saved, grad_output, grad_logits])
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
        task.backward(&[saved, grad_output, logits])
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

    fn bindings(&self) -> Vec<bool> {
        self.access.bindings(self.stage.operands())
    }

    fn is_trusted(&self) -> bool {
        true
    }
}

/// The words that are saved of each row.
const RECORD: u64 = 4;
const WORD: u64 = 4;

/// One operation on rows of logits.
struct Task<'a> {
    kernels: &'a Kernels,
    loss: &'a CrossEntropy,
    rows: &'a Rows,
    saved: &'a TensorView,
}

/// One dispatch.
struct Step<'a> {
    stage: LossStage,
    settings: Settings,
    tensors: Vec<&'a TensorView>,
    bindings: Vec<Binding>,
    grid: (u32, u32),
}

impl<'a> Task<'a> {
    fn new(
        kernels: &'a Kernels,
        loss: &'a CrossEntropy,
        rows: &'a Rows,
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
            rows,
            saved,
        })
    }

    fn limits(&self) -> &'a Limits {
        &self.kernels.pipelines.limits
    }

    /// How many losses there are.
    fn losses(&self) -> u64 {
        match self.loss.reduction() {
            Reduction::None => self.rows.count(),
            Reduction::Mean | Reduction::Sum => 1,
        }
    }

    fn plan(&self, tensors: &[&TensorView]) -> Result<Plan, KernelError> {
        let mut placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
        // A range's records must fit into a binding too: as if each class had its share of one.
        placements.push(Placement {
            offset: 0,
            element_size: (RECORD * WORD).div_ceil(self.rows.len().max(1)),
        });
        Plan::new(self.limits(), self.rows, &placements)
    }

    fn forward(
        &self,
        logits: &TensorView,
        targets: &ClassIndices,
        losses: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let plan = self.plan(&[logits])?;
        let device = &self.kernels.device;
        let summaries = scratch(device, plan.summaries.max(1) * SUMMARY_SIZE)?;
        let (totals, all_totals) = self.totals();
        let total_summaries = scratch(device, u64::from(all_totals).max(1) * SUMMARY_SIZE)?;

        let mut steps = self.records(&plan, [logits, targets.words(), &summaries], targets);
        for (rows, first_total) in totals {
            let count = (rows.end - rows.start) as u32;
            steps.push(Step {
                stage: LossStage::Totals,
                settings: Settings::new(self.loss, self.rows).with_rows(count, first_total),
                tensors: vec![self.saved, &total_summaries],
                bindings: vec![
                    self.window(self.saved, RECORD, rows),
                    whole(&total_summaries),
                ],
                grid: fold(self.limits(), count.div_ceil(LossShader::TOTALLED)),
            });
        }
        let mut finish = Step {
            stage: LossStage::Finish(self.loss.reduction()),
            settings: Settings::new(self.loss, self.rows).with_totals(all_totals),
            tensors: vec![&total_summaries, self.saved],
            bindings: vec![whole(&total_summaries), self.counts()],
            grid: (1, 1),
        };
        if self.loss.reduction() != Reduction::None {
            finish.tensors.push(losses);
            finish.bindings.push(self.window(losses, 1, 0..1));
        }
        steps.push(finish);
        if self.loss.reduction() == Reduction::None {
            steps.extend(self.each(losses));
        }
        self.assemble(steps)
    }

    /// From logits to what is saved of each row.
    fn records<'b>(
        &'b self,
        plan: &Plan,
        [logits, words, summaries]: [&'b TensorView; 3],
        targets: &ClassIndices,
    ) -> Vec<Step<'b>> {
        let steps = plan.steps.iter().map(|step| {
            let rows = self.rows_of(step, logits);
            let target_words = targets.class_type().size() / WORD;
            let mut tensors = vec![logits, words, self.saved];
            let mut bindings = vec![
                step.bindings[0].clone(),
                self.window(words, target_words, rows.clone()),
                self.window(self.saved, RECORD, rows),
            ];
            if step.stage != Stage::Whole {
                tensors.push(summaries);
                bindings.push(whole(summaries));
            }
            Step {
                stage: LossStage::Record {
                    team: plan.team,
                    stage: step.stage,
                    classes: targets.class_type(),
                    is_smooth: self.loss.label_smoothing() > 0.0,
                },
                settings: Settings::new(self.loss, self.rows).with_step(plan, step),
                tensors,
                bindings,
                grid: self.grid(plan, step),
            }
        });
        steps.collect()
    }

    /// The ranges of rows whose losses are totalled at once, each with the first total that it makes, and how many
    /// all make.
    fn totals(&self) -> (Vec<(Range<u64>, u32)>, u32) {
        let mut totals = 0;
        let ranges = self.ranges().map(|rows| {
            let first = totals;
            totals += (rows.end - rows.start).div_ceil(LossShader::TOTALLED.into()) as u32;
            (rows, first)
        });
        let ranges = ranges.collect();
        (ranges, totals)
    }

    /// All rows in ranges whose records fit into a binding.
    fn ranges(&self) -> impl Iterator<Item = Range<u64>> + use<> {
        let limit = self.limits().elements_per_binding(RECORD * WORD).max(1);
        let count = self.rows.count();
        let starts = (0..count).step_by(limit as usize);
        starts.map(move |start| start..count.min(start + limit))
    }

    /// Each row's loss.
    fn each<'b>(&'b self, losses: &'b TensorView) -> impl Iterator<Item = Step<'b>> {
        self.ranges().map(move |rows| {
            let count = (rows.end - rows.start) as u32;
            Step {
                stage: LossStage::Each,
                settings: Settings::new(self.loss, self.rows).with_rows(count, 0),
                tensors: vec![self.saved, losses],
                bindings: vec![
                    self.window(self.saved, RECORD, rows.clone()),
                    self.window(losses, 1, rows),
                ],
                grid: fold(self.limits(), count.div_ceil(LossShader::WORKGROUP)),
            }
        })
    }

    /// The gradients, in the last of the tensors.
    fn backward(&self, tensors: &[&TensorView]) -> Result<Prepared, KernelError> {
        let is_in_place = tensors.len() == LOSS_BACKWARD_IN_PLACE.len();
        let (logits, result) = (tensors[0], tensors[tensors.len() - 1]);
        let logits = if is_in_place { result } else { logits };
        let grad_output = tensors[tensors.len() - 2];
        let plan = self.plan(&[logits, result])?;
        let weight = scratch(&self.kernels.device, WORD)?;
        let is_mean = self.loss.reduction() == Reduction::Mean;
        let mut steps = Vec::new();
        if is_mean && !plan.steps.is_empty() {
            steps.push(Step {
                stage: LossStage::Weight,
                settings: Settings::new(self.loss, self.rows),
                tensors: vec![self.saved, grad_output, &weight],
                bindings: vec![
                    self.counts(),
                    self.window(grad_output, 1, 0..1),
                    whole(&weight),
                ],
                grid: (1, 1),
            });
        }
        let gradient = if is_mean { &weight } else { grad_output };
        for step in plan
            .steps
            .iter()
            .filter(|step| step.stage != Stage::Summarise)
        {
            let rows = self.rows_of(step, logits);
            let gradients = match self.loss.reduction() {
                Reduction::None => rows.clone(),
                Reduction::Mean | Reduction::Sum => 0..1,
            };
            let mut bound = vec![
                (logits, step.bindings[0].clone()),
                (self.saved, self.window(self.saved, RECORD, rows)),
                (gradient, self.window(gradient, 1, gradients)),
                (result, step.bindings[1].clone()),
            ];
            if is_in_place {
                bound.remove(0);
            }
            let (tensors, bindings) = bound.into_iter().unzip();
            steps.push(Step {
                stage: LossStage::Gradient {
                    team: plan.team,
                    is_in_place,
                },
                settings: Settings::new(self.loss, self.rows).with_step(&plan, step),
                tensors,
                bindings,
                grid: self.grid(&plan, step),
            });
        }
        self.assemble(steps)
    }

    fn grid(&self, plan: &Plan, step: &RowStep) -> (u32, u32) {
        let teams = RowShader::WORKGROUP / plan.team.threads;
        fold(self.limits(), (step.rows * step.parts).div_ceil(teams))
    }

    /// The rows that a step reaches, from where its part of the logits begins.
    fn rows_of(&self, step: &RowStep, logits: &TensorView) -> Range<u64> {
        let Placement {
            offset,
            element_size,
        } = placement(logits);
        let bound = &step.bindings[0];
        let start = bound.bytes.start + u64::from(bound.first) * element_size - offset;
        let element = start / element_size;
        let slab = self.rows.len() * self.rows.inner();
        let first = element / slab * self.rows.inner() + element % self.rows.inner();
        first..first + u64::from(step.rows)
    }

    /// What is bound of a tensor for some rows, each of which has so many elements in it.
    fn window(&self, tensor: &TensorView, each: u64, rows: Range<u64>) -> Binding {
        window(
            self.limits(),
            &placement(tensor),
            rows.start * each..rows.end * each,
        )
    }

    /// Where the counts of rows are, behind the last row's record.
    fn counts(&self) -> Binding {
        let count = self.rows.count();
        self.window(self.saved, RECORD, count..count + 1)
    }

    fn assemble(&self, mut steps: Vec<Step<'_>>) -> Result<Prepared, KernelError> {
        for step in &mut steps {
            step.settings.set_places(&step.bindings, step.grid);
        }
        let parts = steps.iter().map(|step| Part {
            kernel: Box::new(LossShader {
                stage: step.stage,
                dtypes: dtypes(&step.tensors),
                access: access(&step.tensors),
            }),
            settings: bytemuck::bytes_of(&step.settings).to_vec(),
            tensors: &step.tensors,
            bindings: &step.bindings,
            grid: step.grid,
        });
        let parts: Vec<_> = parts.collect();
        let Kernels { device, pipelines } = self.kernels;
        Prepared::assemble(device, pipelines, LossShader::NAME, &parts)
    }
}

/// All of a tensor of the library's own.
fn whole(tensor: &TensorView) -> Binding {
    Binding {
        bytes: tensor.byte_range(),
        first: 0,
    }
}

fn check_len(name: &'static str, len: u64, needed: u64) -> Result<(), KernelError> {
    if len == needed {
        return Ok(());
    }
    Err(KernelError::Length { name, len, needed })
}
