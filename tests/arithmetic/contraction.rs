//! Rewrites programs as a compiler does that has a fused multiply-add.

use crate::common::random::Random;
use crate::program::{Binary, Id, Op, Place, Program, Unary};

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

pub(crate) fn signed(program: &mut Program, id: Id, negative: bool, place: &Place) -> Id {
    if negative {
        program.add(Op::Unary(Unary::Negate, id), place)
    } else {
        id
    }
}
