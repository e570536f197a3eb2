//! What a rule puts in the place of an operation.

use crate::program::{Binary, Id, Op, Place, Program, Unary};

/// An expression of operations of the program before.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Old(Id),
    Constant(f32),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<Expression>, Box<Expression>),
}

pub(super) fn add(a: impl Into<Expression>, b: impl Into<Expression>) -> Expression {
    binary(Binary::Add, a, b)
}

pub(super) fn multiply(a: impl Into<Expression>, b: impl Into<Expression>) -> Expression {
    binary(Binary::Multiply, a, b)
}

pub(super) fn binary(op: Binary, a: impl Into<Expression>, b: impl Into<Expression>) -> Expression {
    Expression::Binary(op, Box::new(a.into()), Box::new(b.into()))
}

pub(super) fn negate(a: impl Into<Expression>) -> Expression {
    unary(Unary::Negate, a)
}

pub(super) fn unary(op: Unary, a: impl Into<Expression>) -> Expression {
    Expression::Unary(op, Box::new(a.into()))
}

impl From<Id> for Expression {
    fn from(id: Id) -> Self {
        Self::Old(id)
    }
}

impl From<f32> for Expression {
    fn from(value: f32) -> Self {
        Self::Constant(value)
    }
}

impl Expression {
    /// Adds it to the program; `ids` are what became of the old operations.
    pub(super) fn build(&self, new: &mut Program, ids: &[Id], place: &Place) -> Id {
        match self {
            Self::Old(id) => ids[*id],
            Self::Constant(value) => new.constant(*value),
            Self::Unary(op, a) => {
                let a = a.build(new, ids, place);
                new.add(Op::Unary(*op, a), place)
            }
            Self::Binary(op, a, b) => {
                let (a, b) = (a.build(new, ids, place), b.build(new, ids, place));
                new.add(Op::Binary(*op, a, b), place)
            }
        }
    }
}
