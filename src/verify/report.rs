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
    /// What the input's elements were.
    pub input_dtype: Dtype,
    /// What the output's elements were, which results and units are counted in.
    pub output_dtype: Dtype,
    /// How many inputs were tried.
    pub inputs: u64,
    /// At how many of them the result is the exact one, correctly rounded; zero counts for a result
    /// below 2⁻¹²⁶.
    pub correctly_rounded: u64,
    /// The largest error in ULP of the output's type; infinite where a result is infinite and should not be, or
    /// the other way round; NaN where one is NaN and should not be, or the other way round.
    pub max_ulp: f64,
    /// The input with the largest error, or the first where only one of the two results is NaN.
    pub worst_input: f32,
    /// The reference's result there.
    pub expected: f64,
    /// The kernel's result there.
    pub actual: f32,
    /// At how many inputs one of the two results is NaN and the other is not.
    pub nan_disagreements: u64,
    /// At how many inputs one of the two results is infinite and the other is not, and not near it
    /// either: the largest number is one ULP from infinity.
    pub infinity_disagreements: u64,
    /// Whether ULP were counted at the magnitude of the largest term, because the exact result
    /// crosses zero by cancellation.
    pub largest_term: bool,
    /// The bound in ULP.
    pub bound: f64,
}

impl Report {
    /// Within the bound, NaN and infinity where they belong, and for outputs of 16 bits nearly all
    /// of them correctly rounded.
    pub fn passed(&self) -> bool {
        self.nan_disagreements == 0
            && self.infinity_disagreements == 0
            && self.max_ulp <= self.bound
            && self.is_rounded_well()
    }

    /// Whether as many results are correctly rounded as must be: 99.9 % for outputs of 16 bits.
    ///
    /// From one type of 16 bits to the other it is 99 %: many inputs lie halfway between two outputs there,
    /// and where f(x) is nearly x an f32 result does not tell on which side of it the exact one is.
    pub fn is_rounded_well(&self) -> bool {
        let wrong = self.inputs - self.correctly_rounded;
        match [self.input_dtype, self.output_dtype] {
            [_, Dtype::F32] => true,
            [Dtype::F16, Dtype::Bf16] | [Dtype::Bf16, Dtype::F16] => wrong <= self.inputs / 100,
            _ => wrong <= self.inputs / 1000,
        }
    }

    /// The share of results that are correctly rounded, in percent.
    pub fn percent_correctly_rounded(&self) -> f64 {
        100.0 * self.correctly_rounded as f64 / self.inputs.max(1) as f64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.activation)?;
        for (name, value) in &self.parameters {
            write!(f, " {name}={value}")?;
        }
        write!(f, " {}", self.direction)?;
        if (self.input_dtype, self.output_dtype) != (Dtype::F32, Dtype::F32) {
            write!(f, " from {} to {}", self.input_dtype, self.output_dtype)?;
        }
        write!(
            f,
            ": {:.2} ULP over {} inputs (bound {}), worst at x = {:e}: {:e} instead of {:e}",
            self.max_ulp, self.inputs, self.bound, self.worst_input, self.actual, self.expected
        )?;
        if self.largest_term {
            write!(f, "; ULP at the largest term's magnitude")?;
        }
        if !self.is_rounded_well() {
            let percent = self.percent_correctly_rounded();
            write!(f, "; only {percent:.3} % correctly rounded")?;
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
