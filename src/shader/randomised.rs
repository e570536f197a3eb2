use super::ShaderError;
use super::compose::{Access, Lanes, WALK};
use super::library::required;
use super::operation::Operation;
use super::storage::storage;
use crate::dtype::Dtype;

/// A compute shader that draws a slope for each element, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RandomisedShader<'a> {
    /// What is done.
    pub(crate) operation: Operation,
    /// The types of the operands' elements in memory.
    pub(crate) dtypes: &'a [Dtype],
    /// Elements per load.
    pub(crate) lanes: Lanes,
    /// How read tensors are bound.
    pub(crate) access: Access,
}

impl RandomisedShader<'_> {
    /// Whose slopes they are.
    pub(crate) const NAME: &'static str = "rrelu";

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let slopes = include_str!("../../shaders/kernels/randomised/slopes.wgsl");
        let lanes = match self.lanes {
            Lanes::One => include_str!("../../shaders/kernels/randomised/lanes_1.wgsl"),
            Lanes::Four => include_str!("../../shaders/kernels/randomised/lanes_4.wgsl"),
        };
        let operands = self.operation.operands();
        let storage = storage(operands, self.dtypes, self.lanes, self.access);
        // What an operation makes of an element depends on its slope too.
        let operation = self.operation.wgsl();
        let operation = operation.replace("_lanes(", "_lanes(slopes_of(item), ");
        let settings = include_str!("../../shaders/kernels/elementwise.wgsl");

        let mut text = required(Self::NAME, &[slopes])?.concat();
        for part in [slopes, lanes, &storage, &operation, settings, WALK] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }
}
