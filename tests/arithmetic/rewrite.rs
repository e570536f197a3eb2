//! Rewrites programs as a compiler might that takes floating-point numbers for real ones. Which of its
//! choices it makes, a seed decides.

use crate::program::{Binary, Id, Op, Place, Program, Unary};
use crate::random::Random;

/// Fuses products with the sums that they feed; with a seed only a part of them.
pub(crate) fn contracted(old: &Program, seed: Option<u64>) -> Program {
    let mut random = seed.map(Random);
    let mut decide = |default| random.as_mut().map_or(default, |random| random.once_in(2));
    let mut new = Program::default();
    let mut ids = Vec::new();
    for (op, place) in old.ops.iter().zip(&old.places) {
        let op = op.map(|id| ids[id]);
        let place = place.map(|id| ids[id]);
        let id = match op {
            Op::Binary(sum @ (Binary::Add | Binary::Subtract), a, b) => {
                let factors = |id: Id| match new.ops[id] {
                    Op::Binary(Binary::Multiply, x, y) => Some((x, y)),
                    _ => None,
                };
                let fuse_left = factors(a).filter(|_| decide(true));
                let fuse_right = factors(b).filter(|_| decide(true));
                let negative = sum == Binary::Subtract;
                match (fuse_left, fuse_right) {
                    (Some((x, y)), _) => {
                        let c = signed(&mut new, b, negative, &place);
                        new.add(Op::Fma(x, y, c), &place)
                    }
                    (None, Some((x, y))) => {
                        let x = signed(&mut new, x, negative, &place);
                        new.add(Op::Fma(x, y, a), &place)
                    }
                    (None, None) => new.add(op, &place),
                }
            }
            op => new.add(op, &place),
        };
        ids.push(id);
    }
    new.result = ids[old.result];
    new.without_unused()
}

fn signed(program: &mut Program, id: Id, negative: bool, place: &Place) -> Id {
    if negative {
        program.add(Op::Unary(Unary::Negate, id), place)
    } else {
        id
    }
}

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

    fn collect_terms(&mut self, id: Id, negative: bool, root: bool, terms: &mut Vec<Term>) {
        let parts = match self.old.ops[id] {
            Op::Binary(Binary::Add, a, b) => vec![(a, false), (b, false)],
            Op::Binary(Binary::Subtract, a, b) => vec![(a, false), (b, true)],
            Op::Unary(Unary::Negate, a) => vec![(a, true)],
            _ => Vec::new(),
        };
        if parts.is_empty() || !self.expands(id, root) {
            terms.push(Term { negative, id });
        } else {
            for (part, flips) in parts {
                self.collect_terms(part, negative != flips, false, terms);
            }
        }
    }

    /// The sign and the magnitude of a sum.
    fn sum(&mut self, mut terms: Vec<Term>, place: &Place) -> (bool, Id) {
        let mut index = 0;
        while index < terms.len() {
            let opposite = Term {
                negative: !terms[index].negative,
                ..terms[index]
            };
            match terms.iter().position(|&term| term == opposite) {
                Some(other) => {
                    terms.remove(index.max(other));
                    terms.remove(index.min(other));
                    index = 0;
                }
                None => index += 1,
            }
        }
        let mut parts = self.factored(&mut terms, place);
        parts.extend(terms.iter().map(|term| (term.negative, self.ids[term.id])));
        if parts.is_empty() {
            return (false, self.new.constant(0.0));
        }
        self.fold_constants(&mut parts);
        while parts.len() > 1 {
            let (a_negative, a) = self.take(&mut parts);
            let (b_negative, b) = self.take(&mut parts);
            let (negative, op) = match (a_negative, b_negative) {
                (false, true) => (false, Op::Binary(Binary::Subtract, a, b)),
                (true, false) => (false, Op::Binary(Binary::Subtract, b, a)),
                (both, _) => (both, Op::Binary(Binary::Add, a, b)),
            };
            parts.push((negative, self.new.add(op, place)));
        }
        parts[0]
    }

    fn take<T>(&mut self, parts: &mut Vec<T>) -> T {
        let index = self.random.below(parts.len());
        parts.swap_remove(index)
    }

    /// Takes pairs of products with a common factor out of the terms, and makes products of sums of
    /// them.
    fn factored(&mut self, terms: &mut Vec<Term>, place: &Place) -> Vec<(bool, Id)> {
        let mut products = Vec::new();
        for index in (1..terms.len()).rev() {
            let other = (0..index).find_map(|other| {
                self.common_factor(terms[other].id, terms[index].id)
                    .map(|common| (other, common))
            });
            let Some((other, (factor, left, right))) = other.filter(|_| self.random.once_in(2))
            else {
                continue;
            };
            let mut inner = Vec::new();
            self.collect_terms(left, terms[other].negative, false, &mut inner);
            self.collect_terms(right, terms[index].negative, false, &mut inner);
            terms.remove(index);
            terms.remove(other);
            let (negative, sum) = self.sum(inner, place);
            let product = Op::Binary(Binary::Multiply, self.ids[factor], sum);
            products.push((negative, self.new.add(product, place)));
            // The rest would need new indices; a compiler stops somewhere too.
            break;
        }
        products
    }

    /// A factor of both, and what each has beside it.
    fn common_factor(&self, a: Id, b: Id) -> Option<(Id, Id, Id)> {
        let (Op::Binary(Binary::Multiply, a0, a1), Op::Binary(Binary::Multiply, b0, b1)) =
            (self.old.ops[a], self.old.ops[b])
        else {
            return None;
        };
        let pairs = [
            (a0, a1, b0, b1),
            (a0, a1, b1, b0),
            (a1, a0, b0, b1),
            (a1, a0, b1, b0),
        ];
        let common = pairs.into_iter().find(|(x, _, y, _)| x == y)?;
        Some((common.0, common.1, common.3))
    }

    /// Adds up the constants.
    fn fold_constants(&mut self, parts: &mut Vec<(bool, Id)>) {
        let mut constant = 0.0;
        let mut count = 0;
        let new = &self.new;
        parts.retain(|&(negative, id)| match new.ops[id] {
            Op::Constant(bits) => {
                let value = f32::from_bits(bits);
                constant += if negative { -value } else { value };
                count += 1;
                false
            }
            _ => true,
        });
        if count > 0 && (constant != 0.0 || parts.is_empty()) {
            parts.push((false, self.new.constant(constant)));
        }
    }

    /// Collects the factors; true where their product has to be negated.
    fn collect_factors(
        &mut self,
        id: Id,
        divides: bool,
        root: bool,
        factors: &mut Vec<Factor>,
    ) -> bool {
        let parts = match self.old.ops[id] {
            Op::Binary(Binary::Multiply, a, b) => vec![(a, divides), (b, divides)],
            Op::Binary(Binary::Divide, a, b) if !divides => vec![(a, false), (b, true)],
            Op::Unary(Unary::Negate, a) => {
                return !self.collect_factors(a, divides, false, factors);
            }
            _ => Vec::new(),
        };
        // A divisor is not taken apart, since its reciprocal is one operation.
        if parts.is_empty() || divides || !self.expands(id, root) {
            factors.push(Factor { divides, id });
            return false;
        }
        let mut negative = false;
        for (part, divides) in parts {
            negative ^= self.collect_factors(part, divides, false, factors);
        }
        negative
    }

    fn product(&mut self, mut factors: Vec<Factor>, place: &Place) -> Id {
        // x (1 / x) = 1
        let mut index = 0;
        while index < factors.len() {
            let inverse = Factor {
                divides: !factors[index].divides,
                ..factors[index]
            };
            match factors.iter().position(|&factor| factor == inverse) {
                Some(other) => {
                    factors.remove(index.max(other));
                    factors.remove(index.min(other));
                    index = 0;
                }
                None => index += 1,
            }
        }
        let mut parts = Vec::new();
        let mut divisor = None;
        for factor in factors {
            let id = self.ids[factor.id];
            if !factor.divides {
                parts.push(id);
            } else if divisor.is_none() && self.random.once_in(2) {
                // Divided by at the end.
                divisor = Some(id);
            } else {
                parts.push(self.new.add(Op::Unary(Unary::Reciprocal, id), place));
            }
        }
        let mut constant = 1.0;
        let new = &self.new;
        parts.retain(|&id| match new.ops[id] {
            Op::Constant(bits) => {
                constant *= f32::from_bits(bits);
                false
            }
            _ => true,
        });
        if constant != 1.0 || parts.is_empty() {
            parts.push(self.new.constant(constant));
        }
        while parts.len() > 1 {
            let (a, b) = (self.take(&mut parts), self.take(&mut parts));
            parts.push(self.new.add(Op::Binary(Binary::Multiply, a, b), place));
        }
        match divisor {
            Some(divisor) => {
                let op = Op::Binary(Binary::Divide, parts[0], divisor);
                self.new.add(op, place)
            }
            None => parts[0],
        }
    }
}
