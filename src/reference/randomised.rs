//! Random slopes, from 64-bit integers and f64.

use crate::activation::{RandomisedRelu, Seed};

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
/// What the key grows by in each round.
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];

/// Philox 4×32-10 (Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3).
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let (block, _) = (0..10).fold((counter, key), |([a, b, c, d], [left, right]), _| {
        let first = MULTIPLIERS[0] * u64::from(a);
        let second = MULTIPLIERS[1] * u64::from(c);
        let block = [
            (second >> 32) as u32 ^ b ^ left,
            second as u32,
            (first >> 32) as u32 ^ d ^ right,
            first as u32,
        ];
        let key = [left.wrapping_add(WEYL[0]), right.wrapping_add(WEYL[1])];
        (block, key)
    });
    block
}

/// The 32 random bits of an element.
pub fn bits(seed: Seed, element: u64) -> u32 {
    let position = u128::from(seed.offset()) * 4 + u128::from(seed.lane()) + u128::from(element);
    let counter = (position / 4) as u64;
    let key = seed.key();
    let block = philox(
        [counter as u32, (counter >> 32) as u32, 0, 0],
        [key as u32, (key >> 32) as u32],
    );
    block[(position % 4) as usize]
}

/// The slope of an element, before it is rounded.
pub fn slope(relu: &RandomisedRelu, seed: Seed, element: u64) -> f64 {
    let (lower, upper) = (f64::from(relu.lower()), f64::from(relu.upper()));
    let u = f64::from(bits(seed, element) >> 8) / f64::from(1 << 24);
    lower + u * (upper - lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `philox4x32 10` in `tests/kat_vectors` of Random123, the authors' own library.
    #[test]
    fn known_answers() {
        let ones = u32::MAX;
        let answers = [
            (
                [0; 4],
                [0; 2],
                [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8],
            ),
            (
                [ones; 4],
                [ones; 2],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in answers {
            assert_eq!(philox(counter, key), expected);
        }
    }
}
