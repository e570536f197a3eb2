//! The rules: each gives what an operation becomes, if it fits.

use super::View;
use super::expression::{Expression, add, binary, multiply, negate, unary};
use crate::program::{Binary, Id, Op, Unary};

pub(super) type Rule = fn(&View<'_>, Id) -> Option<Expression>;

pub(super) const MAIN: &[Rule] = &[
    folded,
    subtraction_as_sum,
    negation,
    neutral_operand,
    cancellation,
    common_factor,
    constant_inwards,
    constants_together,
    product_last,
    sum_compared,
    reciprocal,
];

/// In place of what hardware has no operations for.
pub(super) const HARDWARE: &[Rule] = &[division, square_root];

pub(super) const INTERPOLATION: &[Rule] = &[interpolation];

pub(super) const BEFORE_FUSION: &[Rule] = &[
    folded,
    negation,
    neutral_operand,
    cancellation,
    common_factor,
    constant_outwards,
];

pub(super) const LATE: &[Rule] = &[folded, negation, sum_compared_with_zero];

/// Hardware negates for nothing.
pub(super) const LAST: &[Rule] = &[sum_as_subtraction];

fn folded(view: &View<'_>, id: Id) -> Option<Expression> {
    let value = match view.op(id) {
        Op::Binary(op, a, b) => {
            let (a, b) = (view.constant(a)?, view.constant(b)?);
            match op {
                Binary::Add => a + b,
                Binary::Subtract => a - b,
                Binary::Multiply => a * b,
                Binary::Divide => a / b,
                _ => return None,
            }
        }
        Op::Unary(Unary::Negate, a) => -view.constant(a)?,
        Op::Unary(Unary::Reciprocal, a) => 1.0 / view.constant(a)?,
        _ => return None,
    };
    Some(value.into())
}

/// a - b = a + -b
fn subtraction_as_sum(view: &View<'_>, id: Id) -> Option<Expression> {
    let (a, b) = view.binary(id, Binary::Subtract)?;
    Some(add(a, negate(b)))
}

/// -(-a) = a, |-a| = |a|, (-a) b = -(a b)
fn negation(view: &View<'_>, id: Id) -> Option<Expression> {
    match view.op(id) {
        Op::Unary(Unary::Negate, a) => Some(view.negated(a)?.into()),
        Op::Unary(Unary::Abs, a) => Some(unary(Unary::Abs, view.negated(a)?)),
        Op::Binary(Binary::Multiply, a, b) => view
            .either(a, b)
            .find_map(|(a, b)| Some(negate(multiply(view.negated(a)?, b)))),
        _ => None,
    }
}

/// a + 0 = a, 1 a = a, -1 a = -a, 0 a = 0
fn neutral_operand(view: &View<'_>, id: Id) -> Option<Expression> {
    if let Some((a, b)) = view.sum(id) {
        let zero = |&(_, b): &(Id, Id)| view.constant(b) == Some(0.0);
        return view.either(a, b).find(zero).map(|(a, _)| a.into());
    }
    let (a, b) = view.product(id)?;
    view.either(a, b)
        .find_map(|(a, b)| match view.constant(b)? {
            1.0 => Some(a.into()),
            -1.0 => Some(negate(a)),
            0.0 => Some(0.0_f32.into()),
            _ => None,
        })
}

/// a + -a = 0, a + (-a + b) = b, -a + (a + b) = b
fn cancellation(view: &View<'_>, id: Id) -> Option<Expression> {
    let (a, b) = view.sum(id)?;
    let are_opposite = |a: Id, b: Id| view.negated(a) == Some(b) || view.negated(b) == Some(a);
    if are_opposite(a, b) {
        return Some(0.0_f32.into());
    }
    view.either(a, b).find_map(|(a, sum)| {
        let (b, c) = view.sum(sum)?;
        let opposite = view.either(b, c).find(|&(b, _)| are_opposite(a, b));
        opposite.map(|(_, c)| c.into())
    })
}

/// a b + a c = a (b + c)
fn common_factor(view: &View<'_>, id: Id) -> Option<Expression> {
    let (left, right) = view.sum(id)?;
    let ((a, b), (c, d)) = (view.product(left)?, view.product(right)?);
    view.either(a, b).find_map(|(a, b)| {
        let (_, d) = view.either(c, d).find(|&(c, _)| c == a)?;
        Some(multiply(a, add(b, d)))
    })
}

/// (a b) #c = (a #c) b and (a + b) + #c = (a + #c) + b, where a product stays outside.
fn constant_inwards(view: &View<'_>, id: Id) -> Option<Expression> {
    let (op, left, right) = chain(view, id)?;
    view.either(left, right).find_map(|(inner, constant)| {
        let (a, b) = view.binary(inner, op)?;
        let are_variable = !view.is_constant(a) && !view.is_constant(b);
        let fits = view.is_constant(constant) && view.is_used_once(inner) && are_variable;
        let (a, b) = match op {
            Binary::Add if view.is_product(a) && !view.is_product(b) => (b, a),
            _ => (a, b),
        };
        (fits && view.is_used_once(id)).then(|| binary(op, binary(op, a, constant), b))
    })
}

/// #a (b #c) = (#a #c) b, #a + (b + #c) = (#a + #c) + b, #a + -(b + #c) = (#a - #c) + -b
fn constants_together(view: &View<'_>, id: Id) -> Option<Expression> {
    let (op, left, right) = chain(view, id)?;
    view.either(left, right).find_map(|(outer, inner)| {
        let a = view.constant(outer)?;
        let negated = view.negated(inner).filter(|_| op == Binary::Add);
        let (b, c) = view.binary(negated.unwrap_or(inner), op)?;
        let (b, c) = view.either(b, c).find(|&(_, c)| view.is_constant(c))?;
        let c = view.constant(c).filter(|_| !view.is_constant(b))?;
        Some(match (op, negated) {
            (Binary::Multiply, _) => multiply(a * c, b),
            (_, None) => add(a + c, b),
            (_, Some(_)) => add(a - c, negate(b)),
        })
    })
}

/// (a b + c d) + e = (a b + e) + c d, so that both products fuse.
fn product_last(view: &View<'_>, id: Id) -> Option<Expression> {
    let (left, right) = view.sum(id)?;
    view.either(left, right).find_map(|(sum, other)| {
        let (a, b) = view.sum(sum).filter(|_| view.is_used_once(sum))?;
        let fits = view.is_product(a) && view.is_product(b) && !view.is_product(other);
        fits.then(|| add(add(a, other), b))
    })
}

/// (a #b) c = (a c) #b, (a + #b) + c = (a + c) + #b
fn constant_outwards(view: &View<'_>, id: Id) -> Option<Expression> {
    let (op, left, right) = chain(view, id)?;
    view.either(left, right).find_map(|(inner, c)| {
        let (a, b) = view.binary(inner, op)?;
        let (a, b) = view.either(a, b).find(|&(_, b)| view.is_constant(b))?;
        let are_variable = !view.is_constant(a) && !view.is_constant(c);
        let fits = are_variable && view.is_used_once(inner) && view.is_used_once(id);
        fits.then(|| binary(op, binary(op, a, c), b))
    })
}

/// a + b < a where b < 0, a + #b < #c where a < #c - #b, -(a + #b) < #c where -#c < a + #b
fn sum_compared(view: &View<'_>, id: Id) -> Option<Expression> {
    compared(view, id, |side, other| {
        let Some((a, b)) = view.sum(side) else {
            let is_sum = view
                .negated(side)
                .is_some_and(|sum| view.sum(sum).is_some());
            let c = view.constant(other).filter(|_| is_sum)?;
            return Some(Sides::Swapped(view.negated(side)?.into(), (-c).into()));
        };
        view.either(a, b).find_map(|(a, b)| {
            if a == other {
                return Some(Sides::Kept(b.into(), 0.0_f32.into()));
            }
            let difference = view.constant(other)? - view.constant(b)?;
            let fits = view.is_used_once(side) && !view.is_constant(a);
            fits.then(|| Sides::Kept(a.into(), difference.into()))
        })
    })
}

/// a + b < 0 where a < -b
fn sum_compared_with_zero(view: &View<'_>, id: Id) -> Option<Expression> {
    compared(view, id, |side, other| {
        let (a, b) = view.sum(side)?;
        (view.constant(other) == Some(0.0)).then(|| Sides::Kept(a.into(), negate(b)))
    })
}

/// 1 / a, 1 / (1 / a) = a, 1 / sqrt(a), sqrt(a) sqrt(a) = |a|
fn reciprocal(view: &View<'_>, id: Id) -> Option<Expression> {
    match view.op(id) {
        Op::Binary(Binary::Divide, a, b) if view.constant(a) == Some(1.0) => {
            Some(unary(Unary::Reciprocal, b))
        }
        Op::Binary(Binary::Multiply, a, b) if a == b => {
            Some(unary(Unary::Abs, view.unary(a, Unary::Sqrt)?))
        }
        Op::Unary(Unary::Reciprocal, a) => match view.op(a) {
            Op::Unary(Unary::Reciprocal, b) => Some(b.into()),
            Op::Unary(Unary::Sqrt, b) => Some(unary(Unary::InverseSqrt, b)),
            _ => None,
        },
        _ => None,
    }
}

/// a / b = a (1 / b)
fn division(view: &View<'_>, id: Id) -> Option<Expression> {
    let (a, b) = view.binary(id, Binary::Divide)?;
    Some(multiply(a, unary(Unary::Reciprocal, b)))
}

/// sqrt(a) = 1 / (1 / sqrt(a))
fn square_root(view: &View<'_>, id: Id) -> Option<Expression> {
    let a = view.unary(id, Unary::Sqrt)?;
    Some(unary(Unary::Reciprocal, unary(Unary::InverseSqrt, a)))
}

/// a + c (b - a) = a (1 - c) + b c
fn interpolation(view: &View<'_>, id: Id) -> Option<Expression> {
    let (left, right) = view.sum(id)?;
    view.either(left, right).find_map(|(a, product)| {
        let (c, difference) = view.product(product)?;
        view.either(c, difference).find_map(|(c, difference)| {
            let (b, subtrahend) = view.sum(difference)?;
            let is_a = |&(_, s): &(Id, Id)| match view.constant(a) {
                Some(a) => view.constant(s) == Some(-a),
                None => view.negated(s) == Some(a),
            };
            let (b, _) = view.either(b, subtrahend).find(is_a)?;
            Some(add(multiply(a, add(1.0_f32, negate(c))), multiply(b, c)))
        })
    })
}

/// a + -b = a - b
fn sum_as_subtraction(view: &View<'_>, id: Id) -> Option<Expression> {
    let (a, b) = view.sum(id)?;
    view.either(a, b)
        .find_map(|(a, b)| Some(binary(Binary::Subtract, a, view.negated(b)?)))
}

/// A sum or a product.
fn chain(view: &View<'_>, id: Id) -> Option<(Binary, Id, Id)> {
    match view.op(id) {
        Op::Binary(op @ (Binary::Add | Binary::Multiply), a, b) => Some((op, a, b)),
        _ => None,
    }
}

/// The sides of a comparison, in place of the one that was looked at and the other.
enum Sides {
    Kept(Expression, Expression),
    /// Of which the first is to be less where it was to be greater.
    Swapped(Expression, Expression),
}

/// Looks at either side of a comparison.
fn compared(view: &View<'_>, id: Id, look: impl Fn(Id, Id) -> Option<Sides>) -> Option<Expression> {
    use Binary::{FloatEqual, FloatLess, FloatLessEqual, FloatNotEqual};
    let Op::Binary(op @ (FloatEqual | FloatNotEqual | FloatLess | FloatLessEqual), a, b) =
        view.op(id)
    else {
        return None;
    };
    let from_left = look(a, b).map(|sides| match sides {
        Sides::Kept(a, b) => binary(op, a, b),
        Sides::Swapped(a, b) => binary(op, b, a),
    });
    from_left.or_else(|| {
        Some(match look(b, a)? {
            Sides::Kept(b, a) => binary(op, a, b),
            Sides::Swapped(b, a) => binary(op, b, a),
        })
    })
}
