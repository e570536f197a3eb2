//! The arithmetics under which the shaders have to stay within the bound.

use wgpu_activations::Dtype;
use wgpu_activations::verify::Report;

use crate::case::Case;
use crate::contraction::contracted;
use crate::machine::{Division, Machine};
use crate::mesa::{Driver, rewritten};
use crate::program::Program;
use crate::reassociation::reassociated;

/// What holds for every activation in any order of its sums, in ULP.
const LARGEST_BOUND: f64 = 4.0;

/// A compiler and a machine.
#[derive(Clone, Debug)]
pub(crate) struct Arithmetic {
    pub(crate) name: String,
    machine: Machine,
    contraction: Contraction,
    order: Order,
}

/// The order in which sums and products are computed.
#[derive(Clone, Copy, Debug)]
enum Order {
    Written,
    /// One that a seed chooses.
    Any(u64),
    Mesa(Driver),
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
            order: Order::Written,
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

    fn ordering(mut self, order: Order) -> Self {
        self.order = order;
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
            .map(|seed| Self::new(format!("sum {seed}")).ordering(Order::Any(seed)))
            .collect()
    }

    /// As Mesa's compiler does it, for itself and then with products fused.
    pub(crate) fn mesa() -> Vec<Self> {
        let hardware = Self::new("mesa gpu").ordering(Order::Mesa(Driver::Hardware));
        vec![
            Self::new("mesa").ordering(Order::Mesa(Driver::Software)),
            hardware.clone(),
            Self {
                name: "mesa gpu, fma".to_owned(),
                ..hardware.contracting(Contraction::All)
            },
        ]
    }

    /// What a GPU does all at once: with sums in the order in which they are written, as Mesa orders them,
    /// then in others.
    pub(crate) fn together() -> Vec<Self> {
        let mut all = vec![Self::gpu("gpu"), Self::mesa_gpu()];
        all.extend((0..8).map(|seed| {
            let contraction = [Contraction::All, Contraction::Some(seed)][seed as usize % 2];
            Self::gpu(format!("all {seed}"))
                .contracting(contraction)
                .ordering(Order::Any(100 + seed))
        }));
        all
    }

    /// Those of adapters that round every operation: compiled as written, or by Mesa's rules.
    pub(crate) fn of_rounding_adapters() -> [Self; 2] {
        [Order::Written, Order::Mesa(Driver::Software)].map(|order| Self::new("").ordering(order))
    }

    /// Those for all inputs of 16 bits: in an unoptimised build, which is slow, the most unlike ones.
    pub(crate) fn for_every_input() -> Vec<Self> {
        let mut all = vec![Self::gpu("gpu"), Self::mesa_gpu()];
        if !cfg!(debug_assertions) {
            all.extend(Self::plain());
            all.extend(Self::contracted().into_iter().take(2));
            all.extend(Self::divided());
            all.extend(Self::mesa());
            all.extend(Self::reassociated().into_iter().take(4));
            all.extend(Self::together().into_iter().skip(2).take(4));
        }
        all
    }

    fn gpu(name: impl Into<String>) -> Self {
        Self::new(name)
            .dividing(Division::Erratic)
            .flushing()
            .contracting(Contraction::All)
    }

    fn mesa_gpu() -> Self {
        Self::gpu("mesa, all").ordering(Order::Mesa(Driver::Hardware))
    }

    /// Compiles and runs a case's program for all its inputs, and judges the results: those of f32 by the
    /// activation's own bound where sums are in an order that they are known to take, else by the one of
    /// all activations.
    pub(crate) fn measure(&self, case: &Case) -> Report {
        let mut report = case.judge(&self.run(case), self.machine.flush);
        if case.dtype() == Dtype::F32 && matches!(self.order, Order::Any(_)) {
            report.bound = LARGEST_BOUND;
        }
        report
    }

    /// The results of a case.
    pub(crate) fn run(&self, case: &Case) -> Vec<u32> {
        let program = self.compile(&case.program);
        self.machine.run(&program, &case.uniforms, &case.elements)
    }

    fn compile(&self, program: &Program) -> Program {
        let program = match self.order {
            Order::Written => program.clone(),
            Order::Any(seed) => reassociated(program, seed),
            Order::Mesa(driver) => rewritten(program, driver),
        };
        match self.contraction {
            Contraction::None => program,
            Contraction::All => contracted(&program, None),
            Contraction::Some(seed) => contracted(&program, Some(seed)),
        }
    }
}
