//! Softmax with cross-entropy: on which rows it is tried, and how its results are judged.

mod report;

pub use report::{LossPlace, LossReport};

use super::rows::{Random, places};
use super::ulp::rounded;
use crate::activation::{CrossEntropy, Reduction};
use crate::dtype::Dtype;
use crate::reference::cross_entropy as exact;
use crate::tensor::Rows;

/// Logits to try softmax with cross-entropy on, with the targets of their rows.
#[derive(Clone, Debug)]
pub struct LossSample {
    /// The shape of the logits.
    pub shape: Vec<u64>,
    /// The axis along which their rows lie.
    pub axis: i64,
    /// These rows.
    pub rows: Rows,
    /// The logits.
    pub logits: Vec<f32>,
    /// The class of each row; a row without one is ignored.
    pub classes: Vec<Option<u32>>,
}

/// What the results of a sample ought to be.
pub(crate) struct Expected {
    /// Of each row, or of all.
    pub(crate) losses: Vec<f64>,
    /// Of each logit, with the magnitude at which the error is counted.
    pub(crate) gradients: Vec<(f64, f64)>,
    /// By what the gradients of each row are multiplied; they and their magnitudes are.
    pub(crate) weights: Vec<f64>,
}

/// From one class to as many as are divided among workgroups, and rows whose logits are not in one piece.
const SHAPES: [(&[u64], i64); 10] = [
    (&[5, 1], -1),
    (&[7, 2], -1),
    (&[300, 3], -1),
    (&[100, 17], -1),
    (&[9, 1000], -1),
    (&[2, 32_000], -1),
    (&[1, 200_000], -1),
    (&[3, 5, 4, 70], 1),
    (&[2, 700, 70], 1),
    (&[2, 40_000, 2], 1),
];

/// Rows on which careless kernels fail, each with a target: almost certain, as good as impossible, equal,
/// huge.
const HARD: [([f32; 4], u32); 10] = [
    ([17.0, 0.0, 0.0, -17.0], 0),
    ([17.0, 0.0, 0.0, -17.0], 3),
    ([50.0, 0.0, 0.0, -50.0], 0),
    ([1e-6, 0.0, 0.0, -1e-6], 0),
    ([1e5, 0.0, 0.0, -1e5], 0),
    ([3.0; 4], 2),
    ([88.0, -88.0, 100.0, -100.0], 2),
    ([65_504.0, 65_472.0, -65_504.0, 0.0], 1),
    ([1e30, 1e30, 0.999_999_9e30, -1e30], 1),
    ([f32::NEG_INFINITY, 0.0, 1.0, f32::NEG_INFINITY], 1),
];

/// Rows that have no loss: of NaN, of infinity, of nothing, and one whose target is no class.
const LOST: [([f32; 4], u32); 5] = [
    ([f32::NAN, 0.0, -1.0, 2.0], 1),
    ([f32::INFINITY, 0.0, -1.0, 2.0], 1),
    ([f32::NEG_INFINITY; 4], 1),
    ([0.5, 0.0, -1.0, 2.0], u32::MAX),
    ([0.5, 0.0, -1.0, 2.0], 3),
];

/// So often comes the first logit of a hard row before the others.
const REPEATS: [usize; 3] = [1, 700, 5000];

/// One row in so many is ignored.
const IGNORED: usize = 7;

impl LossSample {
    /// Random rows of several shapes, of which some are ignored, rows that ascend, and hard ones.
    pub fn all() -> Vec<Self> {
        let mut random = Random::new(1);
        let mut samples: Vec<_> = SHAPES
            .iter()
            .filter_map(|(shape, axis)| {
                let logits = random.values(shape.iter().product(), 10.0);
                Self::random(shape, *axis, logits, &mut random)
            })
            .collect();
        for step in [1e-3, 1.0] {
            let logits: Vec<f32> = (0..20_000).map(|n| n as f32 * step).collect();
            samples.extend(Self::random(&[20_000], 0, logits, &mut random));
        }
        for repeat in REPEATS {
            samples.extend(Self::hard(&HARD, repeat));
        }
        samples.extend(Self::hard(&LOST, 1));
        samples
    }

    fn random(shape: &[u64], axis: i64, logits: Vec<f32>, random: &mut Random) -> Option<Self> {
        let rows = Rows::along(shape, axis).ok()?;
        let classes = random.values(rows.count(), 0.5).into_iter().enumerate();
        let class = |(row, share): (usize, f32)| match row % IGNORED {
            3 => None,
            _ => Some((f64::from(share + 0.5) * rows.len() as f64) as u32),
        };
        let last = (rows.len() - 1) as u32;
        let classes = classes
            .map(class)
            .map(|class| class.map(|class| class.min(last)));
        Some(Self {
            shape: shape.to_vec(),
            axis,
            rows,
            logits,
            classes: classes.collect(),
        })
    }

    fn hard(rows: &[([f32; 4], u32)], repeat: usize) -> Option<Self> {
        let row = |(row, _): &([f32; 4], u32)| [vec![row[0]; repeat - 1], row.to_vec()].concat();
        let shape = [rows.len() as u64, repeat as u64 + 3];
        let before = repeat as u32 - 1;
        let classes = rows.iter();
        let classes = classes.map(|(_, class)| Some(class.saturating_add(before)));
        Some(Self {
            axis: 1,
            rows: Rows::along(&shape, 1).ok()?,
            shape: shape.to_vec(),
            logits: rows.iter().flat_map(row).collect(),
            classes: classes.collect(),
        })
    }

    /// The same sample in a type, without numbers that an adapter may read as zero.
    pub(crate) fn rounded(&self, dtype: Dtype) -> Self {
        Self {
            logits: rounded(dtype, &self.logits),
            ..self.clone()
        }
    }

    /// The targets of its rows, as a loss takes them.
    pub(crate) fn targets(&self, loss: &CrossEntropy) -> Vec<i64> {
        let classes = self.classes.iter();
        let target = |class: &Option<u32>| class.map_or(loss.ignore_index(), i64::from);
        classes.map(target).collect()
    }

    /// Gradients of its losses: one for each row, or one for all.
    pub(crate) fn grad_output(&self, loss: &CrossEntropy) -> Vec<f32> {
        // Every type holds them.
        let gradient = |index: u64| 1.5 - (index % 7) as f32;
        match loss.reduction() {
            Reduction::None => (0..self.rows.count()).map(gradient).collect(),
            Reduction::Mean | Reduction::Sum => vec![gradient(0)],
        }
    }

    /// What both passes ought to give.
    pub(crate) fn expected(&self, loss: &CrossEntropy) -> Expected {
        let targets = self.targets(loss);
        let weights = self.weights(loss, &targets);
        let mut losses = Vec::with_capacity(targets.len());
        let mut gradients = vec![(0.0, 0.0); self.logits.len()];
        for (row, (&target, weight)) in (0..).zip(targets.iter().zip(&weights)) {
            let places: Vec<_> = places(&self.rows, row).collect();
            let logits: Vec<f64> = places.iter().map(|&at| self.logits[at].into()).collect();
            losses.push(exact::forward(loss, &logits, target));
            if target == loss.ignore_index() {
                continue;
            }
            let exact = exact::backward(loss, &logits, target).into_iter();
            for (at, (gradient, term)) in places.into_iter().zip(exact) {
                gradients[at] = (gradient * weight, term * weight.abs());
            }
        }
        Expected {
            losses: exact::reduce(loss, &losses, &targets),
            gradients,
            weights,
        }
    }

    /// The gradient of each row's own loss.
    fn weights(&self, loss: &CrossEntropy, targets: &[i64]) -> Vec<f64> {
        let given = self.grad_output(loss).into_iter().map(f64::from);
        let all = |weight: f64| vec![weight; targets.len()];
        match loss.reduction() {
            Reduction::None => given.collect(),
            Reduction::Mean => all(given.sum::<f64>() / exact::counted(loss, targets) as f64),
            Reduction::Sum => all(given.sum()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_as_long_as_their_shape_says() {
        for sample in LossSample::all() {
            assert_eq!(sample.logits.len() as u64, sample.rows.elements());
            assert_eq!(sample.classes.len() as u64, sample.rows.count());
        }
    }

    #[test]
    fn some_rows_are_ignored_and_one_target_is_no_class() {
        let samples = LossSample::all();
        let count = |is_meant: &dyn Fn(&LossSample, &Option<u32>) -> bool| -> usize {
            let each = samples.iter();
            each.map(|s| s.classes.iter().filter(|class| is_meant(s, class)).count())
                .sum()
        };
        assert!(count(&|_, class| class.is_none()) > 50);
        let is_lost = |s: &LossSample, class: &Option<u32>| {
            class.is_some_and(|class| u64::from(class) >= s.rows.len())
        };
        assert_eq!(count(&is_lost), 1);
    }
}
