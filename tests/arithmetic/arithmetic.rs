//! The arithmetics under which the shaders have to stay within the bound.

use wgpu_activations::Activation;
use wgpu_activations::verify::{Direction, Report, judge};

use crate::contraction::contracted;
use crate::machine::{Division, Machine};
use crate::program::Program;
use crate::reassociation::reassociated;

/// What holds for every activation in any order of its sums, in ULP.
const LARGEST_BOUND: f64 = 4.0;

/// A compiler and a machine.
#[derive(Clone, Debug)]
pub(crate) struct Arithmetic {
    pub(crate) name: String,
    pub(crate) machine: Machine,
    contraction: Contraction,
    /// Whether sums and products are put in another order, and which.
    reassociation: Option<u64>,
}

/// Whether products are fused with the sums that they feed.
#[derive(Clone, Copy, Debug)]
enum Contraction {
    None,
    All,
    /// Those that a seed chooses.
    Some(u64),
}

impl Arithmetic {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            machine: Machine::default(),
            contraction: Contraction::None,
            reassociation: None,
        }
    }

    fn dividing(mut self, division: Division) -> Self {
        self.machine.division = division;
        self
    }

    fn flushing(mut self) -> Self {
        self.machine.flush = true;
        self
    }

    fn contracting(mut self, contraction: Contraction) -> Self {
        self.contraction = contraction;
        self
    }

    fn reassociating(mut self, seed: u64) -> Self {
        self.reassociation = Some(seed);
        self
    }

    /// Every operation rounded to nearest, in the order in which it is written, with and without
    /// subnormals.
    pub(crate) fn plain() -> Vec<Self> {
        vec![Self::new("plain"), Self::new("flush").flushing()]
    }

    pub(crate) fn contracted() -> Vec<Self> {
        let mut all = vec![Self::new("fma").contracting(Contraction::All)];
        all.extend(
            (0..6)
                .map(|seed| Self::new(format!("fma {seed}")).contracting(Contraction::Some(seed))),
        );
        all
    }

    pub(crate) fn divided() -> Vec<Self> {
        vec![
            Self::new("div +").dividing(Division::TooLarge),
            Self::new("div -").dividing(Division::TooSmall),
            Self::new("div ?").dividing(Division::Erratic),
        ]
    }

    pub(crate) fn reassociated() -> Vec<Self> {
        let seeds = 0..16;
        seeds
            .map(|seed| Self::new(format!("sum {seed}")).reassociating(seed))
            .collect()
    }

    /// What a GPU does all at once: without reassociation as common drivers do, then with it.
    pub(crate) fn together() -> Vec<Self> {
        let gpu = |name: String| Self::new(name).dividing(Division::Erratic).flushing();
        let mut all = vec![gpu("gpu".to_owned()).contracting(Contraction::All)];
        all.extend((0..8).map(|seed| {
            let contraction = [Contraction::All, Contraction::Some(seed)][seed as usize % 2];
            gpu(format!("all {seed}"))
                .contracting(contraction)
                .reassociating(100 + seed)
        }));
        all
    }

    /// Compiles and runs a program for all inputs, and judges the results: where sums are in the order
    /// in which they are written, by the activation's own bound, else by the one of all.
    pub(crate) fn measure(
        &self,
        (activation, direction): (&Activation, Direction),
        program: &Program,
        inputs: &[f32],
    ) -> Report {
        let program = self.compile(program);
        let (outputs, _) = self.machine.run(&program, activation.values(), inputs);
        let mut report =
            judge(activation, direction, inputs, &outputs).expect("the catalogue has references");
        if self.reassociation.is_some() {
            report.bound = LARGEST_BOUND;
        }
        report
    }

    fn compile(&self, program: &Program) -> Program {
        let program = match self.reassociation {
            Some(seed) => &reassociated(program, seed),
            None => program,
        };
        match self.contraction {
            Contraction::None => program.clone(),
            Contraction::All => contracted(program, None),
            Contraction::Some(seed) => contracted(program, Some(seed)),
        }
    }
}
