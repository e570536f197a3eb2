//! Where in a tensor the elements of a chunk lie: pure arithmetic, no GPU.

use std::ops::Range;

/// Some elements of a tensor: strips of one length, equally far apart, of which a part is taken.
#[derive(Clone, Debug)]
pub(super) struct Strips {
    /// Where the first strip begins.
    pub(super) start: u64,
    /// The elements of a strip.
    pub(super) len: u64,
    /// From where one strip begins to where the next does.
    pub(super) stride: u64,
    /// Which of all their elements, counted along the strips.
    pub(super) part: Range<u64>,
}

impl Strips {
    /// The tensor's elements, as ranges in order.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<u64>> {
        let mut at = self.part.start;
        std::iter::from_fn(move || {
            let left = self.part.end.checked_sub(at).filter(|&left| left > 0)?;
            let (strip, offset) = (at / self.len, at % self.len);
            let count = left.min(self.len - offset);
            let start = self.start + strip * self.stride + offset;
            at += count;
            Some(start..start + count)
        })
    }
}
