//! The dispatches of both passes.

use super::layout::{Layout, RECORD, WORD, totals_of};
use super::settings::Settings;
use crate::activation::{CrossEntropy, Reduction};
use crate::kernels::assemble::Part;
use crate::kernels::checks::{access, dtypes, placement};
use crate::kernels::plan::{Binding, fold};
use crate::kernels::prepared::Prepared;
use crate::kernels::rows::met_on;
use crate::kernels::rows::plan::{Plan, SUMMARY_SIZE, Step as RowStep};
use crate::kernels::scratch::scratch_bytes;
use crate::kernels::{KernelError, Kernels};
use crate::shader::{LossShader, LossStage, RowShader, Stage};
use crate::tensor::{ClassIndices, TensorView};

/// One operation on rows of logits.
pub(super) struct Task<'a> {
    pub(super) kernels: &'a Kernels,
    pub(super) loss: &'a CrossEntropy,
    pub(super) layout: Layout,
    pub(super) saved: &'a TensorView,
}

/// One dispatch.
struct Step<'a> {
    stage: LossStage,
    settings: Settings,
    bound: Vec<(&'a TensorView, Binding)>,
    grid: (u32, u32),
}

impl Task<'_> {
    pub(super) fn forward(
        &self,
        logits: &TensorView,
        targets: &ClassIndices,
        losses: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let device = &self.kernels.device;
        let plan = self.layout.plan(&[placement(logits)])?;
        let summaries = scratch_bytes(device, plan.summaries.max(1) * SUMMARY_SIZE)?;
        let count = u64::from(self.layout.totals());
        let totals = scratch_bytes(device, count.max(1) * SUMMARY_SIZE)?;
        let mut steps = self.records(&plan, logits, targets, &summaries);
        steps.extend(self.totals(&totals));
        steps.push(self.finish(&totals, losses));
        if self.loss.reduction() == Reduction::None {
            steps.extend(self.each(losses));
        }
        self.assemble(&steps)
    }

    /// From logits to what is saved of each row.
    fn records<'a>(
        &'a self,
        plan: &Plan,
        logits: &'a TensorView,
        targets: &'a ClassIndices,
        summaries: &'a TensorView,
    ) -> Vec<Step<'a>> {
        let team = met_on(&self.kernels.device, plan.team);
        let steps = plan.steps.iter().map(|step| {
            let rows = self.layout.rows_of(step, &placement(logits));
            let words = targets.class_type().size() / WORD;
            let mut bound = vec![
                (logits, step.bindings[0].clone()),
                self.window(targets.words(), words, rows.clone()),
                self.window(self.saved, RECORD, rows),
            ];
            if step.stage != Stage::Whole {
                bound.push(whole(summaries));
            }
            Step {
                stage: LossStage::Record {
                    team,
                    stage: step.stage,
                    classes: targets.class_type(),
                    is_smooth: self.loss.label_smoothing() > 0.0,
                },
                settings: self.settings().with_step(plan, step),
                bound,
                grid: self.grid(plan, step),
            }
        });
        steps.collect()
    }

    /// The totals of blocks of rows.
    fn totals<'a>(&'a self, totals: &'a TensorView) -> impl Iterator<Item = Step<'a>> {
        self.layout.ranges().map(|(rows, first_total)| Step {
            stage: LossStage::Totals,
            settings: self.settings().with_rows(&rows, first_total),
            grid: fold(&self.layout.limits, totals_of(&rows)),
            bound: vec![self.window(self.saved, RECORD, rows), whole(totals)],
        })
    }

    /// The counts, and the loss of all rows where they have one.
    fn finish<'a>(&'a self, totals: &'a TensorView, losses: &'a TensorView) -> Step<'a> {
        let mut bound = vec![whole(totals), self.counts()];
        if self.loss.reduction() != Reduction::None {
            bound.push(self.window(losses, 1, 0..1));
        }
        Step {
            stage: LossStage::Finish(self.loss.reduction()),
            settings: self.settings().with_totals(self.layout.totals()),
            bound,
            grid: (1, 1),
        }
    }

    /// Each row's loss.
    fn each<'a>(&'a self, losses: &'a TensorView) -> impl Iterator<Item = Step<'a>> {
        self.layout.ranges().map(|(rows, _)| {
            let groups = (rows.end - rows.start).div_ceil(LossShader::WORKGROUP.into());
            Step {
                stage: LossStage::Each,
                settings: self.settings().with_rows(&rows, 0),
                grid: fold(&self.layout.limits, groups as u32),
                bound: vec![
                    self.window(self.saved, RECORD, rows.clone()),
                    self.window(losses, 1, rows),
                ],
            }
        })
    }

    /// The gradients of the logits; in their place where the result is the same tensor.
    pub(super) fn backward(
        &self,
        logits: &TensorView,
        grad_output: &TensorView,
        result: Option<&TensorView>,
    ) -> Result<Prepared, KernelError> {
        let is_in_place = result.is_none();
        let result = result.unwrap_or(logits);
        let plan = self.layout.plan(&[placement(logits), placement(result)])?;
        let weight = scratch_bytes(&self.kernels.device, WORD)?;
        let is_mean = self.loss.reduction() == Reduction::Mean;
        let gradient = if is_mean { &weight } else { grad_output };
        let mut steps = Vec::new();
        if is_mean {
            steps.push(Step {
                stage: LossStage::Weight,
                settings: self.settings(),
                bound: vec![
                    self.counts(),
                    self.window(grad_output, 1, 0..1),
                    whole(&weight),
                ],
                grid: (1, 1),
            });
        }
        for step in plan
            .steps
            .iter()
            .filter(|step| step.stage != Stage::Summarise)
        {
            let rows = self.layout.rows_of(step, &placement(logits));
            let gradients = match self.loss.reduction() {
                Reduction::None => rows.clone(),
                Reduction::Mean | Reduction::Sum => 0..1,
            };
            let mut bound = vec![
                self.window(self.saved, RECORD, rows),
                self.window(gradient, 1, gradients),
                (result, step.bindings[1].clone()),
            ];
            if !is_in_place {
                bound.insert(0, (logits, step.bindings[0].clone()));
            }
            steps.push(Step {
                stage: LossStage::Gradient {
                    team: plan.team,
                    is_in_place,
                },
                settings: self.settings().with_step(&plan, step),
                bound,
                grid: self.grid(&plan, step),
            });
        }
        self.assemble(&steps)
    }

    fn settings(&self) -> Settings {
        Settings::new(self.loss, &self.layout.rows)
    }

    fn grid(&self, plan: &Plan, step: &RowStep) -> (u32, u32) {
        let teams = RowShader::WORKGROUP / plan.team.threads;
        let groups = (step.rows * step.parts).div_ceil(teams);
        fold(&self.layout.limits, groups)
    }

    /// What is bound of a tensor for some rows, each of which has so many elements in it.
    fn window<'a>(
        &self,
        tensor: &'a TensorView,
        each: u64,
        rows: std::ops::Range<u64>,
    ) -> (&'a TensorView, Binding) {
        let binding = self.layout.window(&placement(tensor), each, rows);
        (tensor, binding)
    }

    /// Where the counts of rows are, behind the last row's record.
    fn counts(&self) -> (&TensorView, Binding) {
        let count = self.layout.rows.count();
        self.window(self.saved, RECORD, count..count + 1)
    }

    fn assemble(&self, steps: &[Step<'_>]) -> Result<Prepared, KernelError> {
        let split = steps.iter().map(|step| step.bound.iter().cloned().unzip());
        let split: Vec<(Vec<_>, Vec<_>)> = split.collect();
        let parts = steps.iter().zip(&split).map(|(step, (tensors, bindings))| {
            let settings = step.settings.with_places(bindings, step.grid);
            Part {
                kernel: Box::new(LossShader {
                    stage: step.stage,
                    dtypes: dtypes(tensors),
                    access: access(tensors),
                }),
                settings: bytemuck::bytes_of(&settings).to_vec(),
                tensors,
                bindings,
                images: &[],
                grid: step.grid,
            }
        });
        let parts: Vec<_> = parts.collect();
        let Kernels { device, pipelines } = self.kernels;
        Prepared::assemble(device, pipelines, LossShader::NAME, &parts)
    }
}

/// All of a tensor of the library's own.
fn whole(tensor: &TensorView) -> (&TensorView, Binding) {
    let binding = Binding {
        bytes: tensor.byte_range(),
        first: 0,
    };
    (tensor, binding)
}
