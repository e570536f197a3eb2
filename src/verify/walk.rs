use std::num::NonZeroU32;
use std::ops::Range;

use super::inputs::edges;
use crate::activation::Activation;
use crate::dtype::Dtype;

/// Every bit pattern of a type, or every n-th with the edge cases, in parts that fit into memory.
///
/// ```
/// use wgpu_activations::{Dtype, verify::Walk};
///
/// let walk = Walk::all(Dtype::F16);
/// let mut inputs = Vec::new();
/// walk.inputs(0x3c00..0x4001, &mut inputs);
/// assert_eq!((inputs[0], inputs[0x400]), (1.0, 2.0));
/// walk.inputs(walk.len() - 10..u64::MAX, &mut inputs);
/// assert_eq!(inputs.len(), 10);
/// ```
#[derive(Clone, Debug)]
pub struct Walk {
    dtype: Dtype,
    stride: u64,
    edges: Vec<f32>,
}

impl Walk {
    /// A good length of a part: 16 MiB of f32, and twice that for the exact results. Longer ones take longer, as the
    /// allocator returns them to the system each time.
    pub const PART: u64 = 1 << 22;

    /// All bit patterns of a type, NaN included.
    pub fn all(dtype: Dtype) -> Self {
        Self {
            dtype,
            stride: 1,
            edges: Vec::new(),
        }
    }

    /// Every `stride`-th bit pattern of f32 and, where that leaves any out, the activation's edge
    /// cases: zeros, infinities, kinks, hyper-parameters, and their neighbours.
    pub fn every(stride: NonZeroU32, activation: &Activation) -> Self {
        Self {
            dtype: Dtype::F32,
            stride: stride.get().into(),
            edges: match stride.get() {
                1 => Vec::new(),
                _ => edges(activation),
            },
        }
    }

    /// The type of the inputs.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn patterns(&self) -> u64 {
        (1_u64 << (8 * self.dtype.size())).div_ceil(self.stride)
    }

    /// How many inputs it has.
    #[expect(clippy::len_without_is_empty, reason = "there is always a first input")]
    pub fn len(&self) -> u64 {
        self.patterns() + self.edges.len() as u64
    }

    /// Puts the inputs at these positions into `inputs`, in place of what it held; there are none
    /// from [`Walk::len`] on.
    pub fn inputs(&self, positions: Range<u64>, inputs: &mut Vec<f32>) {
        inputs.clear();
        let patterns = self.patterns();
        let within = positions.start.min(patterns)..positions.end.min(patterns);
        inputs.extend(within.map(|index| self.pattern((index * self.stride) as u32)));
        let edge = |position: u64| {
            let position = position.saturating_sub(patterns);
            usize::try_from(position).map_or(self.edges.len(), |n| n.min(self.edges.len()))
        };
        let (start, end) = (edge(positions.start), edge(positions.end));
        inputs.extend_from_slice(&self.edges[start..end.max(start)]);
    }

    /// The value of a bit pattern.
    fn pattern(&self, bits: u32) -> f32 {
        match self.dtype {
            Dtype::F32 => f32::from_bits(bits),
            Dtype::Bf16 => f32::from_bits(bits << 16),
            Dtype::F16 => widen_f16(bits),
        }
    }
}

/// The value of an f16.
fn widen_f16(bits: u32) -> f32 {
    let fraction = bits & 0x3ff;
    let magnitude = match bits >> 10 & 0x1f {
        0 => fraction as f32 / 16_777_216.0,
        0x1f => f32::from_bits(0x7f80_0000 | fraction << 13),
        exponent => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    f32::from_bits(magnitude.to_bits() | (bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_inputs(walk: &Walk) -> Vec<f32> {
        let mut all = Vec::new();
        walk.inputs(0..walk.len(), &mut all);
        all
    }

    #[test]
    fn a_full_walk_has_every_pattern_and_ends() {
        let walk = Walk::all(Dtype::F32);
        assert_eq!(walk.len(), 1 << 32);
        let mut part = Vec::new();
        walk.inputs((1 << 32) - 3..u64::MAX, &mut part);
        let bits: Vec<_> = part.iter().map(|x| x.to_bits()).collect();
        assert_eq!(bits, [u32::MAX - 2, u32::MAX - 1, u32::MAX]);
        walk.inputs(1 << 32..u64::MAX, &mut part);
        assert!(part.is_empty());
    }

    #[test]
    fn a_walk_in_strides_visits_the_edges_once_too() {
        let stride = NonZeroU32::new(251).unwrap();
        let walk = Walk::every(stride, &Activation::relu6());
        let inputs = all_inputs(&walk);
        assert_eq!(inputs.len() as u64, walk.len());
        let patterns = (1_u64 << 32).div_ceil(251) as usize;
        for (index, x) in inputs[..patterns].iter().enumerate() {
            assert_eq!(x.to_bits() as usize, index * 251);
        }
        assert_eq!(
            inputs[patterns..]
                .iter()
                .map(|x| x.to_bits())
                .collect::<Vec<_>>(),
            edges(&Activation::relu6())
                .iter()
                .map(|x| x.to_bits())
                .collect::<Vec<_>>()
        );
        let one = NonZeroU32::MIN;
        assert_eq!(Walk::every(one, &Activation::relu6()).len(), 1 << 32);
    }

    #[test]
    fn parts_make_up_the_whole() {
        let walk = Walk {
            dtype: Dtype::F32,
            stride: 1 << 28,
            edges: vec![1.0, 2.0, 3.0],
        };
        assert_eq!(all_inputs(&walk)[16..], [1.0, 2.0, 3.0]);
        let bits = |inputs: &[f32]| inputs.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        for length in 1..=20 {
            let (mut all, mut part) = (Vec::new(), Vec::new());
            for start in (0..=19).step_by(length) {
                walk.inputs(start..start + length as u64, &mut part);
                all.extend_from_slice(&part);
            }
            assert_eq!(bits(&all), bits(&all_inputs(&walk)), "in parts of {length}");
        }
    }

    #[test]
    fn sixteen_bits_are_widened_exactly() {
        let inputs = all_inputs(&Walk::all(Dtype::F16));
        assert_eq!(inputs.len(), 1 << 16);
        for (bits, value) in [
            (0x0000, 0.0),
            (0x0001, 2.0_f32.powi(-24)),
            (0x03ff, 1023.0 * 2.0_f32.powi(-24)),
            (0x0400, 2.0_f32.powi(-14)),
            (0x3555, 1365.0 / 4096.0),
            (0x7bff, 65_504.0),
            (0x7c00, f32::INFINITY),
            (0xc000, -2.0),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(inputs[bits], value, "{bits:#06x}");
        }
        assert!(inputs[0x8000].is_sign_negative());
        assert_eq!(inputs.iter().filter(|x| x.is_nan()).count(), 2 * 1023);
        // Neighbours differ, in order.
        assert!(inputs[..0x7c01].windows(2).all(|pair| pair[0] < pair[1]));
        let bf16 = all_inputs(&Walk::all(Dtype::Bf16));
        assert_eq!((bf16[0x3f80], bf16[0xc040]), (1.0, -3.0));
        assert_eq!(bf16.iter().filter(|x| x.is_nan()).count(), 2 * 127);
    }
}
