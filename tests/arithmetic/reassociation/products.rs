use super::{Factor, Reassociation};
use crate::program::{Binary, Id, Op, Place, Unary};

impl Reassociation<'_> {
    /// Collects the factors; true where their product has to be negated.
    pub(super) fn collect_factors(
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

    pub(super) fn product(&mut self, mut factors: Vec<Factor>, place: &Place) -> Id {
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
