use std::fmt;

use crate::dtype::Dtype;

/// Which way an activation is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// f(x).
    Forward,
    /// f′(x) · grad_output, with a grad_output of 1.
    Backward,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Forward, Self::Backward];

    /// Its name: `forward` or `backward`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Backward => "backward",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a verification found for one activation and direction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The activation's name.
    pub activation: String,
    /// Its hyper-parameters with the values that they had.
    pub parameters: Vec<(String, f32)>,
    /// Which way it was run.
    pub direction: Direction,
    /// What the tensors' elements were.
    pub dtype: Dtype,
    /// How many inputs were tried.
    pub inputs: usize,
    /// The largest error in ULP of f32; infinite where a result is infinite and should not be, or
    /// the other way round.
    pub max_ulp: f64,
    /// The input with the largest error, or the first where only one of the two results is NaN.
    pub worst_input: f32,
    /// The reference's result there.
    pub expected: f64,
    /// The kernel's result there.
    pub actual: f32,
    /// At how many inputs one of the two results is NaN and the other is not.
    pub nan_disagreements: usize,
    /// At how many inputs one of the two results is infinite and the other is not, and not near it
    /// either: the largest f32 is one ULP from infinity.
    pub infinity_disagreements: usize,
    /// Whether ULP were counted at the magnitude of the largest term, because the exact result
    /// crosses zero by cancellation.
    pub largest_term: bool,
    /// The bound in ULP.
    pub bound: f64,
}

impl Report {
    /// Within the bound, and NaN and infinity where they belong.
    pub fn passed(&self) -> bool {
        self.nan_disagreements == 0
            && self.infinity_disagreements == 0
            && self.max_ulp <= self.bound
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.activation)?;
        for (name, value) in &self.parameters {
            write!(f, " {name}={value}")?;
        }
        write!(
            f,
            " {}: {:.2} ULP over {} inputs (bound {}), worst at x = {:e}: {:e} instead of {:e}",
            self.direction,
            self.max_ulp,
            self.inputs,
            self.bound,
            self.worst_input,
            self.actual,
            self.expected
        )?;
        if self.largest_term {
            write!(f, "; ULP at the largest term's magnitude")?;
        }
        if self.nan_disagreements > 0 {
            write!(f, "; {} results disagree on NaN", self.nan_disagreements)?;
        }
        if self.infinity_disagreements > 0 {
            write!(
                f,
                "; {} results disagree on infinity",
                self.infinity_disagreements
            )?;
        }
        Ok(())
    }
}
