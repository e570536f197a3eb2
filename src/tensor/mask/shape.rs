use std::ops::Range;

use super::{MAX_SLABS, MAX_TERMS, MaskError};
#[cfg(feature = "offload")]
use super::{Mask, MaskValues};
use crate::tensor::{Axes, Broadcast, Rows};

/// Where on a tensor's rows the elements of a mask lie.
#[derive(Clone, Debug)]
pub(crate) struct MaskShape {
    rows: Rows,
    broadcast: Broadcast,
}

impl MaskShape {
    /// Of a mask to which so many elements are given.
    pub(crate) fn new(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        given: u64,
    ) -> Result<Self, MaskError> {
        let rows = Rows::along(shape, axis)?;
        let broadcast = Broadcast::new(shape, axis, mask_shape)?;
        let expected = Rows::count_of(mask_shape)?;
        if given != expected {
            return Err(MaskError::Length {
                mask: mask_shape.to_vec(),
                expected,
                given,
            });
        }
        Self { rows, broadcast }.checked()
    }

    /// Of the numbers of queries, which lie along the axis before the rows' own.
    pub(crate) fn of_queries(shape: &[u64], axis: i64) -> Result<Self, MaskError> {
        let rows = Rows::along(shape, axis)?;
        let broadcast = Broadcast::of_queries(&rows, queries(shape, axis)?);
        Self { rows, broadcast }.checked()
    }

    fn checked(self) -> Result<Self, MaskError> {
        match self.rows.outer() {
            outer if outer > MAX_SLABS => Err(MaskError::TooManyRows { outer }),
            _ => Ok(self),
        }
    }

    pub(crate) fn rows(&self) -> &Rows {
        &self.rows
    }

    pub(crate) fn broadcast(&self) -> &Broadcast {
        &self.broadcast
    }
}

#[cfg(feature = "offload")]
impl MaskShape {
    /// That of some of the rows: all from a position of the axes before their own, or some of a slab where the
    /// mask tells them not apart.
    pub(crate) fn part(&self, first_slab: u64, rows: Rows) -> Self {
        let broadcast = self.broadcast.clone();
        Self {
            rows,
            broadcast: Broadcast {
                first_slab,
                ..broadcast
            },
        }
    }

    /// Whether the mask tells the rows of a slab apart.
    pub(crate) fn has_columns(&self) -> bool {
        !self.broadcast.columns.is_constant()
    }

    /// What goes with some rows of a slab: a mask of them alone, and which elements of the whole one make it.
    pub(crate) fn block(
        &self,
        slab: u64,
        columns: &Range<u64>,
    ) -> (Self, impl Iterator<Item = Range<u64>>) {
        let (len, count) = (self.rows.len(), columns.end - columns.start);
        let stride = self.broadcast.stride;
        let (stride_of_block, times) = match stride {
            0 => (0, 1),
            _ => (count, len),
        };
        let shape = Self {
            rows: Rows::new(1, len, count),
            broadcast: Broadcast {
                stride: stride_of_block,
                columns: Axes::new([(count, 1)]),
                ..Broadcast::default()
            },
        };
        let start = self.broadcast.slab_start(slab);
        let elements = (0..times).flat_map(move |element| {
            let start = start + element * stride;
            let runs = self.broadcast.columns.runs(columns.clone());
            runs.map(move |run| start + run.start..start + run.end)
        });
        (shape, elements)
    }

    /// A mask that lies so.
    pub(crate) fn with_values(self, values: MaskValues) -> Mask {
        Mask {
            shape: self,
            values,
        }
    }
}

/// How many keys more than its own number the first query sees where the last one sees the last.
pub(crate) fn last_offset(shape: &[u64], axis: i64) -> Result<i64, MaskError> {
    let keys = Rows::along(shape, axis)?.len();
    let offset = i128::from(keys) - i128::from(queries(shape, axis)?);
    // Beyond that no tensor reaches.
    Ok(offset.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
}

/// The length of the axis before the rows' own.
fn queries(shape: &[u64], axis: i64) -> Result<u64, MaskError> {
    let index = Rows::axis_index(shape, axis)?;
    let before = index.checked_sub(1);
    before
        .map(|index| shape[index])
        .ok_or_else(|| MaskError::NoQueries {
            shape: shape.to_vec(),
            axis,
        })
}

impl Broadcast {
    /// That of a mask.
    pub(crate) fn new(shape: &[u64], axis: i64, mask_shape: &[u64]) -> Result<Self, MaskError> {
        let index = Rows::axis_index(shape, axis)?;
        let strides = strides(shape, mask_shape)?;
        if shape.contains(&0) {
            return Ok(Self::default());
        }
        let axes = |range: Range<usize>| {
            let lens = shape[range.clone()].iter().copied();
            Axes::new(lens.zip(strides[range].iter().copied()))
        };
        let broadcast = Self {
            slabs: axes(0..index),
            first_slab: 0,
            stride: strides[index],
            columns: axes(index + 1..shape.len()),
        };
        let terms = [&broadcast.slabs, &broadcast.columns].map(|axes| axes.terms().len());
        match terms.into_iter().max() {
            Some(terms) if terms > MAX_TERMS => Err(MaskError::Irregular {
                mask: mask_shape.to_vec(),
                shape: shape.to_vec(),
                terms,
            }),
            _ => Ok(broadcast),
        }
    }

    /// One whose elements are the numbers of queries, along the last axis before the rows' own.
    pub(crate) fn of_queries(rows: &Rows, queries: u64) -> Self {
        let repeats = rows.outer().checked_div(queries).unwrap_or(0);
        Self {
            slabs: Axes::new([(repeats, 0), (queries, 1)]),
            ..Self::default()
        }
    }
}

/// How far apart in a mask the elements along each axis of the tensor lie.
fn strides(shape: &[u64], mask: &[u64]) -> Result<Vec<u64>, MaskError> {
    let mismatch = || MaskError::Shape {
        mask: mask.to_vec(),
        shape: shape.to_vec(),
    };
    let missing = shape.len().checked_sub(mask.len()).ok_or_else(mismatch)?;
    let mut strides = vec![0; shape.len()];
    let mut stride = 1_u64;
    for (axis, &len) in mask.iter().enumerate().rev() {
        let axis = axis + missing;
        if len != 1 {
            if len != shape[axis] {
                return Err(mismatch());
            }
            strides[axis] = stride;
            // The tensor's elements can be counted, so these can; an empty one's need not.
            stride = stride.saturating_mul(len);
        }
    }
    Ok(strides)
}
