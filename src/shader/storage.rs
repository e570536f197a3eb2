//! How elements of each type are loaded and stored.

use super::compose::{Access, Lanes};
use super::operation::Operand;
use crate::dtype::Dtype;

/// How an operand's elements stand in memory, as the kernel takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// f32, alone or in vectors.
    Whole,
    /// Four 16-bit elements in two words.
    Vector,
    /// One 16-bit element.
    Half,
}

impl Layout {
    pub(super) const fn of(dtype: Dtype, lanes: Lanes) -> Self {
        match (dtype, lanes) {
            (Dtype::F32, _) => Self::Whole,
            (Dtype::F16 | Dtype::Bf16, Lanes::Four) => Self::Vector,
            (Dtype::F16 | Dtype::Bf16, Lanes::One) => Self::Half,
        }
    }

    /// The binding of an operand and the function that loads from it.
    pub(super) const fn operand(self) -> &'static str {
        match self {
            Self::Whole => include_str!("../../shaders/kernels/operands/whole.wgsl"),
            Self::Vector => include_str!("../../shaders/kernels/operands/vector.wgsl"),
            Self::Half => include_str!("../../shaders/kernels/operands/half.wgsl"),
        }
    }

    /// The function that stores the result of an item.
    pub(super) const fn result(self) -> &'static str {
        match self {
            Self::Whole => include_str!("../../shaders/kernels/results/whole.wgsl"),
            Self::Vector => include_str!("../../shaders/kernels/results/vector.wgsl"),
            Self::Half => include_str!("../../shaders/kernels/results/half.wgsl"),
        }
    }
}

/// The conversions between these types and f32, each once.
pub(super) fn conversions(dtypes: &[Dtype]) -> String {
    let files = [
        (Dtype::F16, include_str!("../../shaders/storage/f16.wgsl")),
        (Dtype::Bf16, include_str!("../../shaders/storage/bf16.wgsl")),
    ];
    let used = files.iter().filter(|(dtype, _)| dtypes.contains(dtype));
    used.map(|(_, text)| format!("{text}\n")).collect()
}

/// One tensor's place in a shader.
pub(super) struct Slot<'a> {
    pub(super) operand: &'a Operand,
    pub(super) dtype: Dtype,
    index: usize,
    access: Access,
}

impl<'a> Slot<'a> {
    /// The places of an operation's operands, in the order of their bindings.
    pub(super) fn all(
        operands: &'a [Operand],
        dtypes: &'a [Dtype],
        access: Access,
    ) -> impl Iterator<Item = Self> {
        let typed = operands.iter().zip(dtypes).enumerate();
        typed.map(move |(index, (operand, &dtype))| Self {
            operand,
            dtype,
            index,
            access,
        })
    }

    /// A template, filled in for the tensor.
    pub(super) fn fill(&self, template: &str) -> String {
        let access = match (self.operand.is_written, self.access) {
            (false, Access::Separate) => "read",
            _ => "read_write",
        };
        template
            .replace("NAME", self.operand.name)
            .replace("SLOT", &(self.index + 1).to_string())
            .replace("INDEX", &self.index.to_string())
            .replace("ACCESS", access)
            .replace("DTYPE", self.dtype.name())
    }
}

/// The bindings of an operation's operands, with what loads from them and stores the result.
pub(super) fn storage(
    operands: &[Operand],
    dtypes: &[Dtype],
    lanes: Lanes,
    access: Access,
) -> String {
    let mut text = conversions(dtypes);
    for slot in Slot::all(operands, dtypes, access) {
        let layout = Layout::of(slot.dtype, lanes);
        text.push_str(&slot.fill(layout.operand()));
        if slot.operand.is_written {
            text.push_str(&slot.fill(layout.result()));
        }
    }
    text
}
