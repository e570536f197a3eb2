//! The library beside one implementation of a peer.

use super::record::{Machine, Peer};

pub(super) const DIRECTIONS: [&str; 2] = ["forward", "backward"];

/// Forward and then backward.
pub(super) const BOTH: &str = "both";

/// All pairs of times of which there are two.
pub(super) struct Comparison {
    pub(super) title: &'static str,
    pub(super) pairs: Vec<Pair>,
}

/// Milliseconds of one operation in one direction.
pub(super) struct Pair {
    pub(super) operation: String,
    pub(super) direction: &'static str,
    pub(super) ours: f64,
    pub(super) theirs: f64,
}

impl Pair {
    /// Above 1 the library is faster.
    pub(super) fn ratio(&self) -> f64 {
        self.theirs / self.ours
    }
}

impl Comparison {
    /// With each implementation that was measured.
    pub(super) fn all(machine: &Machine) -> Vec<Self> {
        let mut all: Vec<_> = machine.burn.iter().map(Self::with_burn).collect();
        for (title, device, implementation) in [
            (PYTORCH_CPU, "cpu", "eager"),
            ("PyTorch compiled, CPU", "cpu", "compiled"),
            (PYTORCH_CUDA, "cuda", "eager"),
            ("PyTorch compiled, CUDA", "cuda", "compiled"),
        ] {
            all.extend(machine.pytorch.iter().map(|peer| {
                Self::with_bench(machine, title, |operation, direction| {
                    peer.ms(implementation, device, operation, direction)
                })
            }));
        }
        all.extend(machine.cpu.iter().map(|peer| {
            Self::with_bench(machine, "loop", |operation, direction| {
                peer.ms("rayon", "", operation, direction)
            })
        }));
        all.retain(|comparison| !comparison.pairs.is_empty());
        all
    }

    fn with_bench(
        machine: &Machine,
        title: &'static str,
        theirs: impl Fn(&str, &str) -> Option<f64>,
    ) -> Self {
        let rows = machine.ours.rows.iter().filter(|row| row.dtype == "f32");
        let pairs = rows.filter_map(|row| {
            let direction = DIRECTIONS.into_iter().find(|name| *name == row.direction)?;
            Some(Pair {
                operation: row.operation.clone(),
                direction,
                ours: row.ms_median,
                theirs: theirs(&row.operation, direction)?,
            })
        });
        Self {
            title,
            pairs: pairs.collect(),
        }
    }

    fn with_burn(burn: &Peer) -> Self {
        let mut pairs = Vec::new();
        let operations = burn
            .rows
            .iter()
            .filter(|row| row.implementation == "ours" && row.direction == "forward");
        for operation in operations.map(|row| row.operation.as_str()) {
            let ours = |direction| burn.ms("ours", "", operation, direction);
            let theirs = |direction| burn.ms("burn", "", operation, direction);
            let both = || Some((ours("forward")? + ours("backward")?, theirs(BOTH)?));
            let backward = || {
                let alone = theirs("backward")?;
                let beyond = theirs(BOTH)? - theirs("forward")?;
                // Not above 0 only where times scatter more than backward takes.
                let least = if beyond > 0.0 {
                    alone.min(beyond)
                } else {
                    alone
                };
                Some((ours("backward")?, least))
            };
            let forward = || Some((ours("forward")?, theirs("forward")?));
            let times = [
                ("forward", forward()),
                ("backward", backward()),
                (BOTH, both()),
            ];
            pairs.extend(times.into_iter().filter_map(|(direction, times)| {
                let (ours, theirs) = times?;
                Some(Pair {
                    operation: operation.to_owned(),
                    direction,
                    ours,
                    theirs,
                })
            }));
        }
        Self { title: BURN, pairs }
    }

    pub(super) fn pair(&self, operation: &str, direction: &str) -> Option<&Pair> {
        let mut pairs = self.pairs.iter();
        pairs.find(|pair| pair.operation == operation && pair.direction == direction)
    }

    /// The geometric mean of the ratios in a direction; `None` without any.
    pub(super) fn mean(&self, direction: &str) -> Option<f64> {
        let logarithms: Vec<_> = self
            .in_direction(direction)
            .map(|pair| pair.ratio().ln())
            .collect();
        let count = logarithms.len() as f64;
        (count > 0.0).then(|| (logarithms.iter().sum::<f64>() / count).exp())
    }

    /// Where the library does worst in a direction.
    pub(super) fn worst(&self, direction: &str) -> Option<&Pair> {
        let pairs = self.in_direction(direction);
        pairs.min_by(|one, other| one.ratio().total_cmp(&other.ratio()))
    }

    fn in_direction(&self, direction: &str) -> impl Iterator<Item = &Pair> {
        self.pairs
            .iter()
            .filter(move |pair| pair.direction == direction)
    }
}

pub(super) const BURN: &str = "burn";
pub(super) const PYTORCH_CPU: &str = "PyTorch, CPU";
pub(super) const PYTORCH_CUDA: &str = "PyTorch, CUDA";
