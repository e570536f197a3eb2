//! Rewrites programs as a compiler might that takes floating-point numbers for real ones. Which of its
//! choices it makes, a seed decides.

mod products;
mod sums;

use crate::common::random::Random;
use crate::contraction::signed;
use crate::program::{Binary, Id, Op, Program};

/// Adds up sums and multiplies products in another order, and takes the identities of real numbers:
/// a + b - a = b, a c + b c = (a + b) c, a / b = a (1 / b).
pub(crate) fn reassociated(old: &Program, seed: u64) -> Program {
    let mut compiler = Reassociation {
        old,
        uses: old.uses(),
        new: Program::default(),
        ids: Vec::new(),
        random: Random(seed),
    };
    for id in 0..old.ops.len() {
        let new_id = compiler.rewrite(id);
        compiler.ids.push(new_id);
    }
    compiler.new.result = compiler.ids[old.result];
    compiler.new.without_unused()
}

struct Reassociation<'a> {
    old: &'a Program,
    uses: Vec<usize>,
    new: Program,
    /// What became of the old operations so far.
    ids: Vec<Id>,
    random: Random,
}

/// An old operation as a term with its sign.
#[derive(Clone, Copy, PartialEq)]
struct Term {
    negative: bool,
    id: Id,
}

/// An old operation as a factor or a divisor.
#[derive(Clone, Copy, PartialEq)]
struct Factor {
    divides: bool,
    id: Id,
}

impl Reassociation<'_> {
    fn rewrite(&mut self, id: Id) -> Id {
        let place = self.old.places[id].map(|id| self.ids[id]);
        match self.old.ops[id] {
            Op::Binary(Binary::Add | Binary::Subtract, ..) => {
                let mut terms = Vec::new();
                self.collect_terms(id, false, true, &mut terms);
                let (negative, sum) = self.sum(terms, &place);
                signed(&mut self.new, sum, negative, &place)
            }
            Op::Binary(Binary::Multiply | Binary::Divide, ..) => {
                let mut factors = Vec::new();
                let negative = self.collect_factors(id, false, true, &mut factors);
                let product = self.product(factors, &place);
                signed(&mut self.new, product, negative, &place)
            }
            op => self.new.add(op.map(|id| self.ids[id]), &place),
        }
    }

    /// Whether to look into an operation that is part of a larger one: where others use it too, it may
    /// be computed twice.
    fn expands(&mut self, id: Id, root: bool) -> bool {
        root || self.uses[id] == 1 || self.random.once_in(2)
    }

    fn take<T>(&mut self, parts: &mut Vec<T>) -> T {
        let index = self.random.below(parts.len());
        parts.swap_remove(index)
    }
}
