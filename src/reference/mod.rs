//! The f64 twin of every shader: the oracle that results are held against.
//!
//! Nothing here shares code or constants with the WGSL. Each row of the catalogue carries a
//! [`Reference`]; it is itself checked against a table computed at 50 digits.

pub mod cross_entropy;
pub mod functions;
pub mod gated;
pub mod randomised;
pub mod rows;
pub mod statistics;

/// What an activation is in f64.
///
/// `p` holds the hyper-parameters in the order of the definition, each already rounded to f32 (the
/// shader sees no more of it than that).
///
/// Infinite arguments give the limit, NaN where there is none. The closures need not care for NaN:
/// [`Reference::forward_at`] and [`Reference::derivative_at`] give NaN for NaN without asking them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reference {
    /// f(x).
    pub forward: fn(x: f64, p: &[f64]) -> f64,
    /// f′(x); at a kink the value that [`Reference::kinks`] states.
    pub derivative: fn(x: f64, p: &[f64]) -> f64,
    /// The points where f or f′ jumps, each with the derivative used there.
    pub kinks: fn(p: &[f64]) -> Vec<Kink>,
    /// Where f crosses zero by cancellation: the magnitude of its largest term.
    pub forward_largest_term: Option<fn(x: f64, p: &[f64]) -> f64>,
    /// Where f′ crosses zero by cancellation: the magnitude of its largest term.
    pub derivative_largest_term: Option<fn(x: f64, p: &[f64]) -> f64>,
    /// ∂f/∂p, for each hyper-parameter in order; empty where that is not known. Where it jumps, in x or in
    /// p, it is that of the piece of f which f′ is taken from.
    pub parameter_derivatives: &'static [Function],
    /// Where one of these crosses zero by cancellation: for each the magnitude of its largest term.
    pub parameter_largest_terms: &'static [Function],
}

/// A function of x and the hyper-parameters.
pub type Function = fn(x: f64, p: &[f64]) -> f64;

impl Reference {
    /// A reference without kinks or cancellation.
    pub const fn new(forward: fn(f64, &[f64]) -> f64, derivative: fn(f64, &[f64]) -> f64) -> Self {
        Self {
            forward,
            derivative,
            kinks: |_| Vec::new(),
            forward_largest_term: None,
            derivative_largest_term: None,
            parameter_derivatives: &[],
            parameter_largest_terms: &[],
        }
    }

    /// The same reference with its kinks.
    #[must_use]
    pub const fn with_kinks(mut self, kinks: fn(&[f64]) -> Vec<Kink>) -> Self {
        self.kinks = kinks;
        self
    }

    /// Judges f near its zeros by the magnitude of its largest term.
    #[must_use]
    pub const fn with_forward_largest_term(mut self, term: fn(f64, &[f64]) -> f64) -> Self {
        self.forward_largest_term = Some(term);
        self
    }

    /// Judges f′ near its zeros by the magnitude of its largest term.
    #[must_use]
    pub const fn with_derivative_largest_term(mut self, term: fn(f64, &[f64]) -> f64) -> Self {
        self.derivative_largest_term = Some(term);
        self
    }

    /// Tells how f changes with each hyper-parameter, in order.
    #[must_use]
    pub const fn with_parameter_derivatives(mut self, derivatives: &'static [Function]) -> Self {
        self.parameter_derivatives = derivatives;
        self
    }

    /// Judges ∂f/∂p, for each hyper-parameter, near its zeros by the magnitude of its largest term.
    #[must_use]
    pub const fn with_parameter_largest_terms(mut self, terms: &'static [Function]) -> Self {
        self.parameter_largest_terms = terms;
        self
    }
}

impl Reference {
    /// f(x); NaN for NaN.
    pub fn forward_at(&self, x: f64, p: &[f64]) -> f64 {
        if x.is_nan() { x } else { (self.forward)(x, p) }
    }

    /// f′(x); NaN for NaN.
    pub fn derivative_at(&self, x: f64, p: &[f64]) -> f64 {
        if x.is_nan() {
            x
        } else {
            (self.derivative)(x, p)
        }
    }

    /// ∂f/∂p by the hyper-parameter of that index; NaN for NaN, `None` where it is not known.
    pub fn parameter_derivative_at(&self, index: usize, x: f64, p: &[f64]) -> Option<f64> {
        let derivative = self.parameter_derivatives.get(index)?;
        Some(if x.is_nan() { x } else { derivative(x, p) })
    }
}

/// A point where an activation or its derivative jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kink {
    /// The point.
    pub x: f64,
    /// The derivative used there: by PyTorch's convention, or JAX's where only JAX has the activation.
    pub derivative: f64,
}

impl Kink {
    /// A kink at `x` with the derivative used there.
    pub const fn new(x: f64, derivative: f64) -> Self {
        Self { x, derivative }
    }
}
