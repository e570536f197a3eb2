//! The arithmetics under which the shaders have to stay within the bound.

use crate::machine::{Division, Machine};
use crate::program::Program;
use crate::rewrite::{contracted, reassociated};

/// A compiler and a machine.
pub(crate) struct Arithmetic {
    pub(crate) name: &'static str,
    pub(crate) machine: Machine,
    /// Whether products are fused with sums: all, or those that a seed chooses.
    contraction: Option<Option<u64>>,
    reassociation: Option<u64>,
}

impl Arithmetic {
    const fn new(name: &'static str, division: Division, flush: bool) -> Self {
        Self {
            name,
            machine: Machine { division, flush },
            contraction: None,
            reassociation: None,
        }
    }

    const fn contracted(mut self, seed: Option<u64>) -> Self {
        self.contraction = Some(seed);
        self
    }

    const fn reassociated(mut self, seed: u64) -> Self {
        self.reassociation = Some(seed);
        self
    }

    pub(crate) fn compile(&self, program: &Program) -> Program {
        let program = match self.reassociation {
            Some(seed) => &reassociated(program, seed),
            None => program,
        };
        match self.contraction {
            Some(seed) => contracted(program, seed),
            None => program.clone(),
        }
    }

    pub(crate) fn all() -> Vec<Self> {
        use Division::{Erratic, Rounded, TooLarge, TooSmall};
        vec![
            Self::new("plain", Rounded, false),
            Self::new("flush", Rounded, true),
            Self::new("fma", Rounded, false).contracted(None),
            Self::new("fma 1", Rounded, false).contracted(Some(1)),
            Self::new("fma 2", Rounded, false).contracted(Some(2)),
            Self::new("fma 3", Rounded, false).contracted(Some(3)),
            Self::new("div +", TooLarge, false),
            Self::new("div -", TooSmall, false),
            Self::new("div ?", Erratic, false),
            Self::new("gpu", Erratic, true).contracted(None),
            Self::new("reass 1", Rounded, false).reassociated(1),
            Self::new("reass 2", Rounded, false).reassociated(2),
            Self::new("reass 3", Rounded, false).reassociated(3),
            Self::new("reass 4", Rounded, false).reassociated(4),
            Self::new("all 5", Erratic, true)
                .reassociated(5)
                .contracted(Some(5)),
            Self::new("all 6", Erratic, true)
                .reassociated(6)
                .contracted(None),
        ]
    }
}
