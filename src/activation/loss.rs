use std::fmt;

use super::ActivationError;

/// What becomes of the losses of all rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Each row keeps its own.
    None,
    /// Their mean over the rows that are not ignored; NaN where all are.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

/// Softmax with cross-entropy, from logits and the classes of their targets.
///
/// The loss of a row is `(1 − ε) · (L − x_target) + ε · mean of (L − x)`, with L = ln Σ eˣ and ε the label
/// smoothing. A row whose target is the ignored class has loss 0 and no gradient, and does not count. One whose
/// target is no class at all has the loss and the gradients NaN, and is counted
/// ([`CrossEntropy::saved_len`] says where). A row with NaN or +∞, or of nothing but −∞, becomes NaN.
///
/// ```
/// use wgpu_activations::{CrossEntropy, Reduction};
///
/// // PyTorch's defaults: the mean, no smoothing, and -100 as the class of rows to ignore.
/// let loss = CrossEntropy::default().with_label_smoothing(0.1)?.with_reduction(Reduction::Sum);
/// assert_eq!(loss.ignore_index(), -100);
/// assert!(loss.with_label_smoothing(1.5).is_err());
/// # Ok::<(), wgpu_activations::ActivationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossEntropy {
    reduction: Reduction,
    ignore_index: i64,
    label_smoothing: f32,
}

impl Reduction {
    /// Its snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mean => "mean",
            Self::Sum => "sum",
        }
    }
}

impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Default for CrossEntropy {
    fn default() -> Self {
        Self {
            reduction: Reduction::default(),
            ignore_index: -100,
            label_smoothing: 0.0,
        }
    }
}

impl CrossEntropy {
    /// The default, then others that differ in reduction, smoothing and the ignored class: what a
    /// verification tries.
    pub fn variants() -> [Self; 6] {
        let variant = |reduction, label_smoothing| Self {
            reduction,
            label_smoothing,
            ..Self::default()
        };
        [
            Self::default(),
            variant(Reduction::Mean, 0.1),
            variant(Reduction::Sum, 0.1),
            variant(Reduction::None, 0.0),
            variant(Reduction::None, 0.3).with_ignore_index(0),
            variant(Reduction::None, 1.0),
        ]
    }

    /// With another reduction.
    #[must_use]
    pub const fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// With another class whose rows are ignored.
    #[must_use]
    pub const fn with_ignore_index(self, ignore_index: i64) -> Self {
        Self {
            ignore_index,
            ..self
        }
    }

    /// With a share of every target, between 0 and 1, that all classes divide among them.
    pub fn with_label_smoothing(self, label_smoothing: f32) -> Result<Self, ActivationError> {
        if !label_smoothing.is_finite() {
            return Err(ActivationError::NotFinite {
                activation: "cross_entropy".to_owned(),
                parameter: "label_smoothing".to_owned(),
                value: label_smoothing.into(),
            });
        }
        if !(0.0..=1.0).contains(&label_smoothing) {
            return Err(ActivationError::Rule {
                activation: "cross_entropy".to_owned(),
                values: format!("label_smoothing = {label_smoothing:e}"),
                rule: "label_smoothing must be between 0 and 1".to_owned(),
            });
        }
        Ok(Self {
            label_smoothing,
            ..self
        })
    }

    /// What becomes of the losses of all rows.
    pub const fn reduction(&self) -> Reduction {
        self.reduction
    }

    /// The class whose rows are ignored.
    pub const fn ignore_index(&self) -> i64 {
        self.ignore_index
    }

    /// The share of every target that all classes divide among them.
    pub const fn label_smoothing(&self) -> f32 {
        self.label_smoothing
    }

    /// The elements of the f32 tensor in which the forward pass saves what the backward pass needs: four for
    /// each row, and four more.
    ///
    /// Read as u32, the first of the last four is the number of rows that are not ignored, and the second that of
    /// those among them whose target is no class.
    pub const fn saved_len(rows: u64) -> u64 {
        rows.saturating_add(1).saturating_mul(4)
    }
}
