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
            Self::Whole => WHOLE,
            Self::Vector => include_str!("../../shaders/kernels/operands/vector.wgsl"),
            Self::Half => HALF,
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

/// The same for kernels that load and store one element at a time, in any order: of a word that two
/// 16-bit results share, each is stored without touching the other.
pub(super) fn one_by_one(operands: &[Operand], dtypes: &[Dtype], access: Access) -> String {
    let mut text = conversions(dtypes);
    for slot in Slot::all(operands, dtypes, access) {
        let templates = element_templates(&slot);
        text.extend(templates.iter().map(|template| slot.fill(template)));
    }
    text
}

/// How one element of an operand is loaded and stored at a time.
pub(super) fn element_templates(slot: &Slot<'_>) -> &'static [&'static str] {
    match (slot.dtype, slot.operand.is_written) {
        (Dtype::F32, false) => &[WHOLE],
        (Dtype::F32, true) => &[WHOLE, STORED],
        (_, false) => &[HALF],
        (_, true) => &[SHARED_HALF, SHARED_HALF_STORED],
    }
}

const WHOLE: &str = include_str!("../../shaders/kernels/operands/whole.wgsl");
const HALF: &str = include_str!("../../shaders/kernels/operands/half.wgsl");
pub(super) const SHARED_HALF: &str =
    include_str!("../../shaders/kernels/operands/shared_half.wgsl");
const STORED: &str = include_str!("../../shaders/kernels/rows/results/whole.wgsl");
pub(super) const SHARED_HALF_STORED: &str =
    include_str!("../../shaders/kernels/rows/results/shared_half.wgsl");
