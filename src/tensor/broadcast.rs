//! Which element of a smaller tensor goes with an element of a larger one: pure arithmetic, no GPU.

use std::ops::Range;

/// An axis, or neighbouring axes that behave as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Axis {
    len: u64,
    /// How far apart its elements lie in the smaller tensor; 0 where that has one for all of them.
    stride: u64,
}

/// Some of a tensor's axes, the outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Axes(Vec<Axis>);

/// What an axis adds to an element's place in the smaller tensor: `x / divisor % len * stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) divisor: u64,
    pub(crate) len: u64,
    pub(crate) stride: u64,
}

impl Axes {
    /// Axes of these lengths and strides.
    pub(super) fn new(axes: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let mut merged: Vec<Axis> = Vec::new();
        for (len, stride) in axes.into_iter().filter(|&(len, _)| len != 1) {
            match merged.last_mut() {
                Some(outer) if outer.stride == len * stride => {
                    *outer = Axis {
                        len: outer.len * len,
                        stride,
                    };
                }
                _ => merged.push(Axis { len, stride }),
            }
        }
        Self(merged)
    }

    /// One for each axis that the smaller tensor has.
    pub(crate) fn terms(&self) -> Vec<Term> {
        let mut divisor = 1;
        let mut terms = Vec::new();
        for axis in self.0.iter().rev() {
            if axis.stride > 0 {
                terms.push(Term {
                    divisor,
                    len: axis.len,
                    stride: axis.stride,
                });
            }
            divisor *= axis.len;
        }
        terms
    }

    /// Whether the smaller tensor has one element for all.
    #[cfg(feature = "offload")]
    pub(crate) fn is_constant(&self) -> bool {
        self.0.iter().all(|axis| axis.stride == 0)
    }

    /// The places of a range's elements, as many at a time as follow one another.
    #[cfg(feature = "offload")]
    pub(crate) fn runs(&self, range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
        let terms = self.terms();
        let row = match terms.first() {
            Some(term) if (term.divisor, term.stride) == (1, 1) => term.len,
            _ => 1,
        };
        let mut at = range.start;
        std::iter::from_fn(move || {
            let left = range.end.checked_sub(at).filter(|&left| left > 0)?;
            let terms = terms.iter();
            let place: u64 = terms
                .map(|term| at / term.divisor % term.len * term.stride)
                .sum();
            let count = left.min(row - at % row);
            at += count;
            Some(place..place + count)
        })
    }

    /// The least and the greatest place of elements of a range that is not empty.
    fn extremes(&self, range: &Range<u64>) -> (u64, u64) {
        let (first, last) = (self.indices(range.start), self.indices(range.end - 1));
        let (mut least, mut greatest) = (self.place(&first), self.place(&last));
        let common = first.iter().zip(&last).take_while(|(a, b)| a == b).count();
        // Between the two lie all that are beyond the first, or short of the last, in an axis and have
        // any index in those that follow.
        for axis in common..self.0.len() {
            if first[axis] + 1 < self.0[axis].len {
                let mut next = first.clone();
                next[axis] += 1;
                next[axis + 1..].fill(0);
                least = least.min(self.place(&next));
            }
            if last[axis] > 0 {
                let mut previous = last.clone();
                previous[axis] -= 1;
                for (index, axis) in previous.iter_mut().zip(&self.0).skip(axis + 1) {
                    *index = axis.len - 1;
                }
                greatest = greatest.max(self.place(&previous));
            }
        }
        (least, greatest)
    }

    fn indices(&self, element: u64) -> Vec<u64> {
        let mut rest = element;
        let indices = self.0.iter().rev().map(|axis| {
            let index = rest % axis.len;
            rest /= axis.len;
            index
        });
        let mut indices: Vec<_> = indices.collect();
        indices.reverse();
        indices
    }

    fn place(&self, indices: &[u64]) -> u64 {
        let places = indices.iter().zip(&self.0);
        places.map(|(index, axis)| index * axis.stride).sum()
    }
}

/// Which element of a smaller tensor goes with an element of one that is seen as rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Broadcast {
    /// The axes before the rows' own.
    pub(crate) slabs: Axes,
    /// The number along these at which the larger tensor begins, where it is a part of one.
    pub(crate) first_slab: u64,
    /// How far apart in the smaller tensor the elements of a row lie.
    pub(crate) stride: u64,
    /// The axes after the rows' own.
    pub(crate) columns: Axes,
}

/// A part of a tensor that is seen as rows: none of the three is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Numbers along the axes before the rows' own.
    pub(crate) slabs: Range<u64>,
    /// Of each row.
    pub(crate) elements: Range<u64>,
    /// Numbers along the axes after the rows' own.
    pub(crate) columns: Range<u64>,
}

impl Broadcast {
    /// Where in the smaller tensor that of a slab begins.
    #[cfg(feature = "offload")]
    pub(crate) fn slab_start(&self, slab: u64) -> u64 {
        self.slabs
            .place(&self.slabs.indices(self.first_slab + slab))
    }

    /// The shortest range of the smaller tensor that has all that goes with a region.
    pub(crate) fn range(&self, region: &Region) -> Range<u64> {
        let Range { start, end } = region.slabs;
        let slabs = self.first_slab + start..self.first_slab + end;
        let slabs = self.slabs.extremes(&slabs);
        let columns = self.columns.extremes(&region.columns);
        let start = slabs.0 + region.elements.start * self.stride + columns.0;
        let last = slabs.1 + (region.elements.end - 1) * self.stride + columns.1;
        start..last + 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_that_behave_alike_are_one_axis() {
        let terms = |axes: &[(u64, u64)]| {
            let terms = Axes::new(axes.iter().copied()).terms();
            let words = terms.iter().map(|t| (t.divisor, t.len, t.stride));
            words.collect::<Vec<_>>()
        };
        assert_eq!(terms(&[(2, 15), (3, 5), (5, 1)]), [(1, 30, 1)]);
        assert_eq!(terms(&[(2, 15), (1, 0), (3, 5), (5, 1)]), [(1, 30, 1)]);
        assert_eq!(terms(&[(2, 0), (3, 0), (5, 7)]), [(1, 5, 7)]);
        assert_eq!(terms(&[(2, 5), (3, 0), (5, 1)]), [(1, 5, 1), (15, 2, 5)]);
        assert_eq!(terms(&[(4, 0)]), []);
    }

    proptest! {
        #[test]
        fn extremes_are_those_of_all_elements(
            axes in prop::collection::vec((1_u64..6, prop::sample::select(vec![0_u64, 1, 7, 30])), 0..5),
            ends in any::<[prop::sample::Index; 2]>(),
        ) {
            let count: u64 = axes.iter().map(|(len, _)| len).product();
            let axes = Axes::new(axes);
            let [a, b] = ends.map(|end| end.index(count as usize) as u64);
            let range = a.min(b)..a.max(b) + 1;
            let place = |element: u64| -> u64 {
                let terms = axes.terms().into_iter();
                terms.map(|term| element / term.divisor % term.len * term.stride).sum()
            };
            let places = || range.clone().map(place);
            prop_assert_eq!(
                axes.extremes(&range),
                (places().min().unwrap(), places().max().unwrap())
            );
            #[cfg(feature = "offload")]
            prop_assert!(axes.runs(range.clone()).flatten().eq(places()));
        }
    }
}
