use super::derived::Derived;
use crate::reference::Reference;

/// The bound of an activation that has no narrower one, in ULP of f32.
pub(super) const BOUND: f64 = 4.0;

/// One row of the catalogue: everything that is known of an activation.
///
/// Rows are the library's own, and their WGSL is trusted: nobody else can make one. A caller's own
/// activation is a [`CustomActivation`](super::CustomActivation).
///
/// ```compile_fail,E0639
/// static MINE: wgpu_activations::Definition =
///     wgpu_activations::Definition { name: "mine", ..panic!() };
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Definition {
    /// The snake_case name, which is also the name of its WGSL file.
    pub name: &'static str,
    /// Hyper-parameters in the order in which the shader and the reference take them.
    pub parameters: &'static [Parameter],
    /// What the shader takes beside them, where it takes anything.
    pub derived: Option<Derived>,
    /// What values of the hyper-parameters must satisfy, beside being finite.
    pub rules: &'static [Rule],
    /// Sets of unusual hyper-parameters that are verified beside the defaults.
    pub variants: &'static [&'static [f64]],
    /// f(x) in plain notation, evaluated as it stands at 50 digits to check the reference:
    /// `+ - * / ^`, `a if x > b else c`, decimal numbers, `pi`, parameter names and the functions
    /// `exp ln sqrt abs sign min max clamp tanh sin cos atan erf sigmoid softplus normal_cdf`,
    /// where `clamp(a, low, high)` and `sin(a)^2 = (sin(a))^2`.
    pub formula: &'static str,
    /// Where it comes from.
    pub citation: &'static str,
    /// What a person chooses by.
    pub properties: Properties,
    /// How far its results in f32 may be from the exact ones, in ULP, forward and backward; never more
    /// than 4, which is what holds where a compiler reorders sums.
    pub bound: f64,
    /// The text of `shaders/activations/NAME.wgsl`.
    pub wgsl: &'static str,
    /// Its f64 twin.
    pub reference: Reference,
}

/// A hyper-parameter: the name and the default that PyTorch gives it, where PyTorch has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, also that of its member in the WGSL struct `Parameters`.
    pub name: &'static str,
    /// Its default, used as f32.
    pub default: f64,
}

impl Parameter {
    /// A hyper-parameter with its default.
    pub const fn new(name: &'static str, default: f64) -> Self {
        Self { name, default }
    }
}

/// A condition on the hyper-parameters of one activation.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The condition in words, as it stands in the error: "lower must not exceed upper".
    pub text: &'static str,
    /// Whether the values satisfy it.
    pub holds: fn(&[f64]) -> bool,
}

/// What a person chooses an activation by, at the default hyper-parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Properties {
    /// Infimum and supremum of f.
    pub range: (f64, f64),
    /// Never decreasing.
    pub monotonic: bool,
    /// Odd, so that outputs average to zero over a symmetric input.
    pub zero_centred: bool,
    /// On which side f′ tends to 0.
    pub saturates: Saturation,
    /// How smooth f is everywhere.
    pub smoothness: Smoothness,
}

impl Properties {
    /// Whether f stays within finite bounds.
    pub fn is_bounded(&self) -> bool {
        self.range.0.is_finite() && self.range.1.is_finite()
    }
}

/// The side on which an activation's derivative tends to 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saturation {
    /// On neither side.
    Neither,
    /// Towards −∞.
    Left,
    /// Towards +∞.
    Right,
    /// On both sides.
    Both,
}

/// How many continuous derivatives an activation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Smoothness {
    /// f jumps.
    Discontinuous,
    /// f is continuous, f′ jumps.
    C0,
    /// f′ is continuous, f″ jumps.
    C1,
    /// f″ is continuous.
    C2,
    /// Infinitely differentiable.
    Smooth,
}

impl Definition {
    /// What a row without hyper-parameters leaves out.
    pub(super) const PLAIN: Self = Self {
        name: "",
        parameters: &[],
        derived: None,
        rules: &[],
        variants: &[],
        formula: "",
        citation: "",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        bound: BOUND,
        wgsl: "",
        reference: Reference::new(|x, _| x, |_, _| 1.0),
    };
}
