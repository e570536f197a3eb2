//! What an array in a file is, whatever the format.

use wgpu_activations::{Dtype, Gate, Halves, Rows, ShapeError};

/// The order in which a file holds an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The last index runs fastest.
    C,
    /// The first index runs fastest.
    Fortran,
}

/// Shape, order and dtype of an array, which would have at most `u64::MAX` bytes as f32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    shape: Vec<u64>,
    order: Order,
    dtype: Dtype,
}

impl Layout {
    /// `None` where it would have more bytes.
    pub(crate) fn new(shape: Vec<u64>, order: Order, dtype: Dtype) -> Option<Self> {
        let is_small = element_count(&shape).is_some_and(|count| count <= u64::MAX / 4);
        is_small.then_some(Self {
            shape,
            order,
            dtype,
        })
    }

    /// The same array with elements of another type.
    pub(crate) fn with_dtype(self, dtype: Dtype) -> Self {
        Self { dtype, ..self }
    }

    /// The same array with its elements in another order.
    pub(crate) fn with_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    pub(crate) fn shape(&self) -> &[u64] {
        &self.shape
    }

    pub(crate) fn order(&self) -> Order {
        self.order
    }

    pub(crate) fn dtype(&self) -> Dtype {
        self.dtype
    }

    pub(crate) fn elements(&self) -> u64 {
        element_count(&self.shape).unwrap_or(u64::MAX / 4)
    }

    pub(crate) fn data_bytes(&self) -> u64 {
        self.elements() * self.dtype.size()
    }

    /// The rows along an axis, as they lie in memory.
    pub(crate) fn rows(&self, axis: i64) -> Result<Rows, ShapeError> {
        let rows = Rows::along(&self.shape, axis)?;
        match self.order {
            Order::C => Ok(rows),
            Order::Fortran => Rows::along(&self.reversed(), -1 - axis),
        }
    }

    /// The halves along an axis, as they lie in memory, and an array with half the elements there.
    pub(crate) fn halves(&self, axis: i64, gate: Gate) -> Result<(Halves, Self), ShapeError> {
        let halves = Halves::along(&self.shape, axis, gate)?;
        let halves = match self.order {
            Order::C => halves,
            Order::Fortran => Halves::along(&self.reversed(), -1 - axis, gate)?,
        };
        let mut half = self.clone();
        let index = axis.rem_euclid(self.shape.len() as i64) as usize;
        half.shape[index] /= 2;
        Ok((halves, half))
    }

    /// The rows along an axis, as they lie in memory, and an array with an element for each.
    pub(crate) fn reduced(&self, axis: i64) -> Result<(Rows, Self), ShapeError> {
        let rows = self.rows(axis)?;
        let mut reduced = self.clone();
        let index = axis.rem_euclid(self.shape.len() as i64) as usize;
        reduced.shape.remove(index);
        Ok((rows, reduced))
    }

    /// An array of a single number.
    pub(crate) fn single(self) -> Self {
        let shape = Vec::new();
        Self { shape, ..self }
    }

    fn reversed(&self) -> Vec<u64> {
        self.shape.iter().rev().copied().collect()
    }

    /// The shape as Python writes it.
    pub(crate) fn shape_text(&self) -> String {
        shape_text(&self.shape)
    }
}

pub(crate) fn shape_text(shape: &[u64]) -> String {
    match shape {
        [extent] => format!("({extent},)"),
        shape => {
            let extents: Vec<_> = shape.iter().map(u64::to_string).collect();
            format!("({})", extents.join(", "))
        }
    }
}

/// The elements of an array of that shape, where a u64 can hold their number.
pub(crate) fn element_count(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape
        .iter()
        .try_fold(1_u64, |count, &n| count.checked_mul(n))
}
