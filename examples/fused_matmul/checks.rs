//! What is checked of each direction.

use wgpu_activations::Offload;

use crate::exact::{Bounded, Exact};
use crate::layer::{Direction, directions};
use crate::{Error, Inputs, Sizes};

/// What came of one direction.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// The largest error of one kernel or of two, and the largest share that one is of its bound.
    pub(crate) error: f64,
    pub(crate) share: f64,
    /// Elements that differ between one kernel and two in any bit.
    pub(crate) different: usize,
    pub(crate) fused_ms: f64,
    pub(crate) unfused_ms: f64,
}

pub(crate) fn of(gpu: &Offload, sizes: Sizes, inputs: &Inputs) -> Result<[Check; 2], Error> {
    let exact = Exact::new(sizes, inputs);
    let [forward, backward] = directions(gpu, sizes, inputs)?;
    Ok([
        Check::new(gpu, "forward", &forward, &exact.output)?,
        Check::new(gpu, "backward", &backward, &exact.gradient)?,
    ])
}

impl Check {
    fn new(
        gpu: &Offload,
        name: &'static str,
        direction: &Direction,
        exact: &[Bounded],
    ) -> Result<Self, Error> {
        let (fused, fused_ms) = direction.fused.run(gpu)?;
        let (unfused, unfused_ms) = direction.unfused.run(gpu)?;
        let different = fused.iter().flatten().zip(unfused.iter().flatten());
        let different = different
            .filter(|(a, b)| a.to_bits() != b.to_bits())
            .count();
        // The last of the results is the direction's own.
        let results = [&fused, &unfused]
            .into_iter()
            .filter_map(|results| results.last());
        let results: Vec<_> = results.flatten().copied().collect();
        let (error, share) = furthest(&results, exact.iter().chain(exact));
        Ok(Self {
            name,
            error,
            share,
            different,
            fused_ms,
            unfused_ms,
        })
    }

    pub(crate) fn passed(&self) -> bool {
        // A share that is NaN is none.
        self.share <= 1.0
    }
}

/// The largest error, and the largest share of a bound; NaN where a number is.
fn furthest<'a>(actual: &[f32], exact: impl Iterator<Item = &'a Bounded>) -> (f64, f64) {
    let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
    let pairs = actual.iter().zip(exact);
    pairs.fold((0.0, 0.0), |(error, share), (&actual, exact)| {
        let off = (f64::from(actual) - exact.exact).abs();
        // What is exactly right is within a bound of 0 too.
        let part = if off == 0.0 { 0.0 } else { off / exact.bound };
        (larger(error, off), larger(share, part))
    })
}
