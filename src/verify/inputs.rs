use crate::activation::Activation;

/// Which inputs are tried: always the edge cases, and as many others as one has patience for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Samples {
    /// Inputs spaced evenly over the bit patterns of all finite f32.
    pub spaced: usize,
    /// Random inputs, half of them of the magnitudes that networks see.
    pub random: usize,
    /// Where the random sequence starts.
    pub seed: u64,
}

impl Default for Samples {
    fn default() -> Self {
        Self {
            spaced: 1 << 18,
            random: 1 << 17,
            seed: 0,
        }
    }
}

/// The bits of the largest finite f32.
const MAX_BITS: u32 = 0x7f7f_ffff;
const SIGN: u32 = 0x8000_0000;

impl Samples {
    /// The inputs for one activation, the same on every call.
    pub fn inputs(&self, activation: &Activation) -> Vec<f32> {
        let mut inputs = edges(activation);
        inputs.reserve(self.spaced + self.random);
        let half = self.spaced / 2;
        for index in 0..half as u64 {
            let bits = (index * u64::from(MAX_BITS) / half as u64) as u32;
            inputs.extend([f32::from_bits(bits), f32::from_bits(bits | SIGN)]);
        }
        let mut random = SplitMix(self.seed);
        for index in 0..self.random {
            let bits = random.next();
            inputs.push(if index % 2 == 0 {
                f32::from_bits((bits as u32 & SIGN) | ((bits >> 32) as u32 % (MAX_BITS + 1)))
            } else {
                // Uniform in ±24, where most activations bend.
                (bits as i64 as f64 / i64::MAX as f64 * 24.0) as f32
            });
        }
        inputs
    }
}

/// Zeros, infinities, NaN, the ends of the ranges, kinks and hyper-parameters with their neighbours.
pub(super) fn edges(activation: &Activation) -> Vec<f32> {
    let mut inputs = vec![f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    // Where exp overflows, underflows and stops to matter beside 1, where squares and cubes
    // overflow, where sines lose their reduction.
    let known = [
        0.0,
        1e-45,
        1.175_494_4e-38,
        1e-30,
        1e-20,
        1.8e-19,
        1e-15,
        1e-8,
        6e-8,
        1.2e-7,
        2.4e-4,
        0.01,
        0.1,
        0.25,
        0.5,
        0.75,
        1.0,
        1.5,
        2.0,
        3.0,
        4.0,
        5.0,
        6.0,
        8.0,
        9.0,
        10.0,
        13.0,
        14.5,
        16.6,
        17.0,
        17.33,
        20.0,
        30.0,
        37.5,
        44.0,
        50.0,
        64.0,
        80.0,
        87.3,
        88.0,
        88.722_84,
        89.0,
        100.0,
        103.9,
        104.0,
        127.0,
        128.0,
        200.0,
        1e3,
        1e4,
        65_504.0,
        1e5,
        1e6,
        8_388_608.0,
        16_777_216.0,
        1e10,
        6.98e12,
        1.8e19,
        1e20,
        1e25,
        1e30,
        5e34,
        7e37,
        1.7e38,
        3e38,
        f32::MAX,
    ];
    let kinks = activation
        .reference()
        .map(|reference| (reference.kinks)(&activation.values_f64()))
        .unwrap_or_default();
    let points = known
        .into_iter()
        .chain(kinks.iter().map(|kink| kink.x as f32))
        .chain(activation.values().iter().copied());
    for point in points {
        for neighbour in neighbours(point.abs()) {
            inputs.extend([neighbour, -neighbour]);
        }
    }
    inputs
}

/// A point that is not negative, and the finite f32 around it.
fn neighbours(point: f32) -> impl Iterator<Item = f32> {
    let bits = point.to_bits();
    (bits.saturating_sub(2)..=bits.saturating_add(2).min(MAX_BITS)).map(f32::from_bits)
}

/// Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators.
pub(super) struct SplitMix(pub(super) u64);

impl SplitMix {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_hold_the_edges_and_repeat() {
        let samples = Samples {
            spaced: 1000,
            random: 1000,
            seed: 7,
        };
        let inputs = samples.inputs(&Activation::relu());
        let bits = |inputs: &[f32]| inputs.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&inputs), bits(&samples.inputs(&Activation::relu())));
        let holds = |x: f32| inputs.iter().any(|input| input.to_bits() == x.to_bits());
        for x in [
            0.0,
            -0.0,
            f32::MAX,
            f32::MIN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            1e-45,
        ] {
            assert!(holds(x), "{x:e}");
        }
        assert!(inputs.iter().any(|x| x.is_nan()));
        assert!(inputs.len() >= 2000);
    }
}
