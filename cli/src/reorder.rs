//! An array's elements in the other memory order.

use std::io::{self, Read};

use crate::layout::{Layout, Order};

/// Bytes gathered at a time: enough to take whole runs from the source.
const BUFFER: usize = 16 << 20;

/// Reads an array's bytes in C order where it is held in Fortran order, or the other way round.
///
/// The output's slowest index is the source's fastest, so a buffer that holds several of the
/// output's rows is filled by runs that are contiguous in the source.
pub(crate) struct Reordered<'a> {
    source: &'a [u8],
    /// The size of an element in bytes.
    size: usize,
    /// Extents from the output's slowest index to its fastest; the source holds them the other way
    /// round. Those of 1 are left out.
    extents: Vec<usize>,
    /// Elements of the output gathered so far.
    gathered: usize,
    buffer: Vec<u8>,
    capacity: usize,
    /// Bytes of the buffer handed out so far.
    taken: usize,
}

/// Whether the two orders differ for that shape.
pub(crate) fn order_matters(shape: &[u64]) -> bool {
    !shape.contains(&0) && shape.iter().filter(|&&extent| extent > 1).count() > 1
}

impl<'a> Reordered<'a> {
    /// `source` holds all elements that `layout` describes.
    pub(crate) fn new(source: &'a [u8], layout: &Layout) -> Self {
        Self::with_capacity(source, layout, BUFFER)
    }

    fn with_capacity(source: &'a [u8], layout: &Layout, capacity: usize) -> Self {
        let mut extents: Vec<usize> = layout
            .shape()
            .iter()
            .map(|&extent| extent as usize)
            .filter(|&extent| extent != 1)
            .collect();
        if layout.order() == Order::C {
            extents.reverse();
        }
        let size = layout.dtype().size() as usize;
        Self {
            source,
            size,
            extents,
            gathered: 0,
            buffer: Vec::new(),
            capacity: capacity.max(size) / size,
            taken: 0,
        }
    }

    /// Gathers the next elements; there is at least one.
    fn refill(&mut self) {
        let size = self.size;
        let rows = self.extents.first().copied().unwrap_or(1);
        let row_length = self.source.len() / size / rows;
        let (row, column) = (self.gathered / row_length, self.gathered % row_length);
        // Whole rows where they fit, else a piece of one.
        let (height, width) = if row_length <= self.capacity {
            ((self.capacity / row_length).min(rows - row), row_length)
        } else {
            (1, self.capacity.min(row_length - column))
        };
        self.taken = 0;
        self.buffer.resize(height * width * size, 0);
        let mut walk = Walk::new(&self.extents, column);
        for x in 0..width {
            let run = (walk.offset + row) * size;
            let run = &self.source[run..run + height * size];
            for (y, element) in run.chunks_exact(size).enumerate() {
                let target = (y * width + x) * size;
                self.buffer[target..target + size].copy_from_slice(element);
            }
            walk.step();
        }
        self.gathered += height * width;
    }
}

impl Read for Reordered<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.buffer.len() && self.gathered * self.size < self.source.len() {
            self.refill();
        }
        let ready = &self.buffer[self.taken..];
        let count = ready.len().min(target.len());
        target[..count].copy_from_slice(&ready[..count]);
        self.taken += count;
        Ok(count)
    }
}

/// Walks a row of the output and keeps the place of its element in the source.
struct Walk {
    /// Index, extent and stride in the source of all but the slowest index, fastest first.
    axes: Vec<(usize, usize, usize)>,
    offset: usize,
}

impl Walk {
    fn new(extents: &[usize], mut position: usize) -> Self {
        let (mut axes, mut offset) = (Vec::new(), 0);
        let mut stride = extents.first().copied().unwrap_or(1);
        for &extent in extents.iter().skip(1) {
            axes.push((0, extent, stride));
            stride *= extent;
        }
        axes.reverse();
        for (index, extent, stride) in &mut axes {
            *index = position % *extent;
            position /= *extent;
            offset += *index * *stride;
        }
        Self { axes, offset }
    }

    fn step(&mut self) {
        for (index, extent, stride) in &mut self.axes {
            *index += 1;
            self.offset += *stride;
            if *index < *extent {
                return;
            }
            self.offset -= *extent * *stride;
            *index = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use wgpu_activations::Dtype;

    use super::*;

    /// Every index of the shape, in C order.
    fn indices(shape: &[u64]) -> Vec<Vec<u64>> {
        shape.iter().fold(vec![vec![]], |all, &extent| {
            let longer = |index: &Vec<u64>| {
                (0..extent)
                    .map(|last| [index.as_slice(), &[last]].concat())
                    .collect::<Vec<_>>()
            };
            all.iter().flat_map(longer).collect()
        })
    }

    fn place(index: &[u64], shape: &[u64], order: Order) -> usize {
        let pairs = index.iter().zip(shape);
        let add = |place, (&i, &extent): (&u64, &u64)| place * extent as usize + i as usize;
        match order {
            Order::C => pairs.fold(0, add),
            Order::Fortran => pairs.rev().fold(0, add),
        }
    }

    #[test]
    fn every_element_comes_out_where_its_index_says() {
        let shapes: [&[u64]; 9] = [
            &[],
            &[5],
            &[0, 3],
            &[2, 3],
            &[7, 1, 5],
            &[3, 4, 5],
            &[1, 2, 3, 4, 5],
            &[40, 3],
            &[3, 40],
        ];
        for shape in shapes {
            for (held, wanted, dtype) in [
                (Order::C, Order::Fortran, Dtype::F32),
                (Order::Fortran, Order::C, Dtype::F32),
                (Order::C, Order::Fortran, Dtype::F16),
            ] {
                let indices = indices(shape);
                let layout = Layout::new(shape.to_vec(), held, dtype).unwrap();
                let size = dtype.size() as usize;
                let mut source = vec![0; indices.len() * size];
                let mut expected = source.clone();
                for (n, index) in indices.iter().enumerate() {
                    for (bytes, order) in [(&mut source, held), (&mut expected, wanted)] {
                        let at = place(index, shape, order) * size;
                        bytes[at..at + size].copy_from_slice(&(n as u32).to_le_bytes()[..size]);
                    }
                }
                for capacity in [1, 4, 20, 52, 400, BUFFER] {
                    let mut out = Vec::new();
                    let mut reader = Reordered::with_capacity(&source, &layout, capacity);
                    reader.read_to_end(&mut out).unwrap();
                    assert_eq!(out, expected, "{shape:?} {held:?} {capacity}");
                }
            }
        }
    }
}
