//! What a shader's function comes down to once calls, vectors, structs and branches are resolved: a
//! list of scalar operations, each of which uses earlier ones.

use std::collections::HashMap;
use std::ops::Range;

/// The place of an operation in its program.
pub(crate) type Id = usize;

/// A scalar operation. Values are 32 bits, whatever they stand for; a bool is 0 or 1. So a bitcast is
/// no operation, as it is none to a compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// The element.
    Input,
    /// The same for all elements: a hyper-parameter or a grad_output.
    Uniform(usize),
    Constant(u32),
    Unary(Unary, Id),
    Binary(Binary, Id, Id),
    /// a * b + c, rounded once.
    Fma(Id, Id, Id),
    Select {
        condition: Id,
        accept: Id,
        reject: Id,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unary {
    Negate,
    Abs,
    Round,
    Floor,
    Sqrt,
    InverseSqrt,
    Reciprocal,
    FloatFromSigned,
    FloatFromUnsigned,
    SignedFromFloat,
    UnsignedFromFloat,
    Not,
    LogicalNot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Min,
    Max,
    FloatEqual,
    FloatNotEqual,
    FloatLess,
    FloatLessEqual,
    IntAdd,
    IntSubtract,
    IntMultiply,
    SignedMin,
    SignedMax,
    UnsignedMin,
    UnsignedMax,
    IntEqual,
    IntNotEqual,
    SignedLess,
    SignedLessEqual,
    UnsignedLess,
    UnsignedLessEqual,
    And,
    Or,
    ExclusiveOr,
    ShiftLeft,
    ShiftRightSigned,
    ShiftRightUnsigned,
}

/// Where an operation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The condition of the branch that it is in.
    pub(crate) guard: Option<Id>,
    /// Its part of the WGSL.
    pub(crate) span: Range<usize>,
}

impl Place {
    pub(crate) fn map(&self, to: impl Fn(Id) -> Id) -> Self {
        Self {
            guard: self.guard.map(to),
            span: self.span.clone(),
        }
    }
}

/// Operations in an order in which they can be evaluated. Equal ones are there once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) places: Vec<Place>,
    pub(crate) result: Id,
    known: HashMap<(Op, Option<Id>), Id>,
}

impl Op {
    pub(crate) fn operands(self) -> impl Iterator<Item = Id> {
        let all = match self {
            Self::Input | Self::Uniform(_) | Self::Constant(_) => [None; 3],
            Self::Unary(_, a) => [Some(a), None, None],
            Self::Binary(_, a, b) => [Some(a), Some(b), None],
            Self::Fma(a, b, c) => [Some(a), Some(b), Some(c)],
            Self::Select {
                condition,
                accept,
                reject,
            } => [Some(condition), Some(accept), Some(reject)],
        };
        all.into_iter().flatten()
    }

    /// The same operation on other operands.
    pub(crate) fn map(self, to: impl Fn(Id) -> Id) -> Self {
        match self {
            Self::Input | Self::Uniform(_) | Self::Constant(_) => self,
            Self::Unary(op, a) => Self::Unary(op, to(a)),
            Self::Binary(op, a, b) => Self::Binary(op, to(a), to(b)),
            Self::Fma(a, b, c) => Self::Fma(to(a), to(b), to(c)),
            Self::Select {
                condition,
                accept,
                reject,
            } => Self::Select {
                condition: to(condition),
                accept: to(accept),
                reject: to(reject),
            },
        }
    }
}

impl Program {
    pub(crate) fn add(&mut self, op: Op, place: &Place) -> Id {
        let ops = &mut self.ops;
        let places = &mut self.places;
        *self.known.entry((op, place.guard)).or_insert_with(|| {
            ops.push(op);
            places.push(place.clone());
            ops.len() - 1
        })
    }

    pub(crate) fn constant(&mut self, value: f32) -> Id {
        self.add(Op::Constant(value.to_bits()), &Place::default())
    }

    /// How often each operation is used.
    pub(crate) fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.ops.len()];
        uses[self.result] += 1;
        for operand in self.ops.iter().flat_map(|op| op.operands()) {
            uses[operand] += 1;
        }
        uses
    }

    /// The operations whose results differ between elements.
    pub(crate) fn varying(&self) -> Vec<Id> {
        let mut varies = vec![false; self.ops.len()];
        for (id, op) in self.ops.iter().enumerate() {
            varies[id] = *op == Op::Input || op.operands().any(|operand| varies[operand]);
        }
        (0..varies.len()).filter(|&id| varies[id]).collect()
    }

    /// The same program without the operations that its result does not need.
    pub(crate) fn without_unused(&self) -> Self {
        let mut needed = vec![false; self.ops.len()];
        needed[self.result] = true;
        for id in (0..self.ops.len()).rev().filter(|&id| id <= self.result) {
            if needed[id] {
                let guard = self.places[id].guard;
                for operand in self.ops[id].operands().chain(guard) {
                    needed[operand] = true;
                }
            }
        }
        let mut kept = Self::default();
        let mut new_ids = vec![0; self.ops.len()];
        for id in (0..self.ops.len()).filter(|&id| needed[id]) {
            let place = self.places[id].map(|guard| new_ids[guard]);
            new_ids[id] = kept.add(self.ops[id].map(|operand| new_ids[operand]), &place);
        }
        kept.result = new_ids[self.result];
        kept
    }
}
