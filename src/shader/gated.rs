use super::ShaderError;
use super::compose::{Access, Lanes, WALK, mathematics};
use super::operation::Operand;

use super::storage::{Layout, SHARED_HALF, SHARED_HALF_STORED, Slot, conversions};
use crate::activation::Activation;
use crate::dtype::Dtype;

/// What a kernel does with a gated unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum GatedOperation {
    /// `output = a · f(b)`.
    Forward,
    /// `a = a · f(b)`.
    ForwardInPlace,
    /// `grad_a = grad_output · f(b)` and `grad_b = grad_output · a · f′(b)`.
    Backward,
    /// The same in place of a and b.
    BackwardInPlace,
    /// `grad_b = grad_output · a · f′(b)` alone.
    GateGradient,
    /// [`Self::Forward`] of the halves of one tensor.
    ForwardHalves,
    /// [`Self::Backward`] of the halves of one tensor.
    BackwardHalves,
    /// The same in place of the halves.
    BackwardHalvesInPlace,
}

impl GatedOperation {
    /// The tensors that it takes, in the order of their bindings; the last one is written.
    pub(crate) const fn operands(self) -> &'static [Operand] {
        const A: Operand = Operand::read("a");
        const B: Operand = Operand::read("b");
        const INPUT: Operand = Operand::read("input");
        const OUTPUT: Operand = Operand::written("output");
        const GRAD_OUTPUT: Operand = Operand::read("grad_output");
        const GRAD_A: Operand = Operand::written("grad_a");
        const GRAD_B: Operand = Operand::written("grad_b");
        const GRAD_INPUT: Operand = Operand::written("grad_input");
        const WRITTEN_A: Operand = Operand::written("a");
        const WRITTEN_B: Operand = Operand::written("b");
        const TENSOR: Operand = Operand::written("tensor");
        match self {
            Self::Forward => &[A, B, OUTPUT],
            Self::ForwardInPlace => &[B, WRITTEN_A],
            Self::Backward => &[A, B, GRAD_OUTPUT, GRAD_A, GRAD_B],
            Self::BackwardInPlace => &[GRAD_OUTPUT, WRITTEN_A, WRITTEN_B],
            Self::GateGradient => &[A, B, GRAD_OUTPUT, GRAD_B],
            Self::ForwardHalves => &[INPUT, OUTPUT],
            Self::BackwardHalves => &[INPUT, GRAD_OUTPUT, GRAD_INPUT],
            Self::BackwardHalvesInPlace => &[GRAD_OUTPUT, TENSOR],
        }
    }

    /// Of each operand, whether it holds both halves.
    pub(crate) fn holds_halves(self) -> impl Iterator<Item = bool> {
        let names = self.operands().iter().map(|operand| operand.name);
        names.map(|name| matches!(name, "input" | "grad_input" | "tensor"))
    }

    /// What does the same to the halves as views of their own.
    pub(crate) const fn of_views(self) -> Self {
        match self {
            Self::ForwardHalves => Self::Forward,
            Self::BackwardHalves => Self::Backward,
            Self::BackwardHalvesInPlace => Self::BackwardInPlace,
            other => other,
        }
    }

    /// Whether each item has two results.
    pub(crate) const fn has_two_results(self) -> bool {
        matches!(self.of_views(), Self::Backward | Self::BackwardInPlace)
    }

    /// How a and b are found, and what becomes of them.
    fn wgsl(self) -> Vec<String> {
        let product = include_str!("../../shaders/kernels/gated/operations/product.wgsl");
        let slope = include_str!("../../shaders/kernels/gated/operations/slope.wgsl");
        let halves = include_str!("../../shaders/kernels/gated/halves.wgsl");
        let results = include_str!("../../shaders/kernels/gated/halves_results.wgsl");
        let backward = |grad_a, grad_b| {
            include_str!("../../shaders/kernels/gated/operations/backward.wgsl")
                .replace("GRAD_A", grad_a)
                .replace("GRAD_B", grad_b)
        };
        let backward_halves = |source, target| {
            vec![
                halves.replace("SOURCE", source),
                results.replace("TARGET", target),
                backward("grad_a", "grad_b"),
            ]
        };
        match self {
            Self::Forward | Self::ForwardInPlace => vec![product.to_owned()],
            Self::GateGradient => vec![slope.to_owned()],
            Self::Backward => vec![backward("grad_a", "grad_b")],
            Self::BackwardInPlace => vec![backward("a", "b")],
            Self::ForwardHalves => vec![halves.replace("SOURCE", "input"), product.to_owned()],
            Self::BackwardHalves => backward_halves("input", "grad_input"),
            Self::BackwardHalvesInPlace => backward_halves("tensor", "tensor"),
        }
    }
}

/// A compute shader of a gated unit, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatedShader<'a> {
    /// What is applied to b.
    pub(crate) activation: &'a Activation,
    /// What is done.
    pub(crate) operation: GatedOperation,
    /// The types of the operands' elements in memory.
    pub(crate) dtypes: &'a [Dtype],
    /// Elements per load.
    pub(crate) lanes: Lanes,
    /// How read tensors are bound.
    pub(crate) access: Access,
}

impl GatedShader<'_> {
    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        // f(b) stays an f32 whatever the result is: it is rounded after the product.
        let mut text = mathematics(self.activation, Dtype::F32)?;
        let lanes = match self.lanes {
            Lanes::One => include_str!("../../shaders/kernels/gated/lanes_1.wgsl"),
            Lanes::Four => include_str!("../../shaders/kernels/gated/lanes_4.wgsl"),
        };
        let settings = include_str!("../../shaders/kernels/gated/settings.wgsl");
        let products = include_str!("../../shaders/kernels/gated/products.wgsl");
        let (storage, operation) = (self.storage(), self.operation.wgsl().concat());
        for part in [lanes, settings, &storage, products, &operation, WALK] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }

    fn storage(&self) -> String {
        let mut text = conversions(self.dtypes);
        for slot in Slot::all(self.operation.operands(), self.dtypes, self.access) {
            for template in self.templates(&slot) {
                // A vector holds four places only, and there may be five.
                let template = template.replace("first[INDEX]", "first[INDEX / 4][INDEX % 4]");
                text.push_str(&slot.fill(&template));
            }
        }
        text
    }

    fn templates(&self, slot: &Slot<'_>) -> Vec<&'static str> {
        let layout = Layout::of(slot.dtype, self.lanes);
        match (slot.operand.is_written, self.operation.has_two_results()) {
            (false, _) => vec![layout.operand()],
            (true, false) => vec![layout.operand(), layout.result()],
            (true, true) => match layout {
                Layout::Whole => vec![layout.operand(), WHOLE_STORED],
                Layout::Vector => vec![layout.operand(), VECTOR_STORED],
                // Two results of one word are not one invocation's.
                Layout::Half => vec![SHARED_HALF, SHARED_HALF_STORED],
            },
        }
    }
}

const WHOLE_STORED: &str = include_str!("../../shaders/kernels/gated/results/whole.wgsl");
const VECTOR_STORED: &str = include_str!("../../shaders/kernels/gated/results/vector.wgsl");
