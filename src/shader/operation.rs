/// What a kernel does with an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `output = f(input)`.
    Forward,
    /// `tensor = f(tensor)`.
    ForwardInPlace,
    /// `grad_input = f′(input) · grad_output`.
    Backward,
    /// `grad = f′(input) · grad`.
    BackwardInPlace,
    /// `grad_input += f′(input) · grad_output`.
    BackwardAccumulate,
}

impl Operation {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Forward,
        Self::ForwardInPlace,
        Self::Backward,
        Self::BackwardInPlace,
        Self::BackwardAccumulate,
    ];

    /// The tensors that it takes, in the order of their bindings; the last one is written.
    pub const fn operands(self) -> &'static [Operand] {
        const INPUT: Operand = Operand::read("input");
        const GRAD_OUTPUT: Operand = Operand::read("grad_output");
        const OUTPUT: Operand = Operand::written("output");
        const TENSOR: Operand = Operand::written("tensor");
        const GRAD: Operand = Operand::written("grad");
        const GRAD_INPUT: Operand = Operand::written("grad_input");
        match self {
            Self::Forward => &[INPUT, OUTPUT],
            Self::ForwardInPlace => &[TENSOR],
            Self::Backward | Self::BackwardAccumulate => &[INPUT, GRAD_OUTPUT, GRAD_INPUT],
            Self::BackwardInPlace => &[INPUT, GRAD],
        }
    }

    pub(super) const fn wgsl(self) -> &'static str {
        match self {
            Self::Forward => include_str!("../../shaders/kernels/operations/forward.wgsl"),
            Self::ForwardInPlace => {
                include_str!("../../shaders/kernels/operations/forward_in_place.wgsl")
            }
            Self::Backward => include_str!("../../shaders/kernels/operations/backward.wgsl"),
            Self::BackwardInPlace => {
                include_str!("../../shaders/kernels/operations/backward_in_place.wgsl")
            }
            Self::BackwardAccumulate => {
                include_str!("../../shaders/kernels/operations/backward_accumulate.wgsl")
            }
        }
    }
}

/// A tensor's part in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operand {
    /// What it is called.
    pub name: &'static str,
    /// Whether the operation writes it.
    pub is_written: bool,
}

impl Operand {
    pub(super) const fn read(name: &'static str) -> Self {
        Self {
            name,
            is_written: false,
        }
    }

    pub(super) const fn written(name: &'static str) -> Self {
        Self {
            name,
            is_written: true,
        }
    }
}
