use super::{Reassociation, Term};
use crate::program::{Binary, Id, Op, Place, Unary};

impl Reassociation<'_> {
    pub(super) fn collect_terms(
        &mut self,
        id: Id,
        negative: bool,
        root: bool,
        terms: &mut Vec<Term>,
    ) {
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
    pub(super) fn sum(&mut self, mut terms: Vec<Term>, place: &Place) -> (bool, Id) {
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
}
