//! What the operators and functions of WGSL are as scalar operations.

use naga::{BinaryOperator, MathFunction, ScalarKind, UnaryOperator};

use super::{Flattener, Scalar, Value, scalar};
use crate::program::{Binary, Op, Unary};

impl Flattener<'_> {
    pub(super) fn unary(&mut self, op: UnaryOperator, (a, kind): Scalar) -> Value {
        let op = match (op, kind) {
            (UnaryOperator::Negate, ScalarKind::Float) => Op::Unary(Unary::Negate, a),
            (UnaryOperator::Negate, _) => {
                let (zero, _) = scalar(&self.constant(0, kind));
                Op::Binary(Binary::IntSubtract, zero, a)
            }
            (UnaryOperator::LogicalNot, _) => Op::Unary(Unary::LogicalNot, a),
            (UnaryOperator::BitwiseNot, _) => Op::Unary(Unary::Not, a),
        };
        self.add(op, kind)
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOperator,
        (a, kind): Scalar,
        (b, _): Scalar,
    ) -> Value {
        use BinaryOperator as B;
        let is_float = kind == ScalarKind::Float;
        let is_signed = kind == ScalarKind::Sint;
        let numeric = |float, signed, unsigned| match kind {
            ScalarKind::Float => float,
            ScalarKind::Sint => signed,
            _ => unsigned,
        };
        let integer = |float, integer| if is_float { float } else { integer };
        let less = numeric(Binary::FloatLess, Binary::SignedLess, Binary::UnsignedLess);
        let less_equal = numeric(
            Binary::FloatLessEqual,
            Binary::SignedLessEqual,
            Binary::UnsignedLessEqual,
        );
        let op = match op {
            B::Add => Op::Binary(integer(Binary::Add, Binary::IntAdd), a, b),
            B::Subtract => Op::Binary(integer(Binary::Subtract, Binary::IntSubtract), a, b),
            B::Multiply => Op::Binary(integer(Binary::Multiply, Binary::IntMultiply), a, b),
            B::Divide if is_float => Op::Binary(Binary::Divide, a, b),
            B::Equal => Op::Binary(integer(Binary::FloatEqual, Binary::IntEqual), a, b),
            B::NotEqual => Op::Binary(integer(Binary::FloatNotEqual, Binary::IntNotEqual), a, b),
            B::Less => Op::Binary(less, a, b),
            B::LessEqual => Op::Binary(less_equal, a, b),
            B::Greater => Op::Binary(less, b, a),
            B::GreaterEqual => Op::Binary(less_equal, b, a),
            B::And | B::LogicalAnd => Op::Binary(Binary::And, a, b),
            B::InclusiveOr | B::LogicalOr => Op::Binary(Binary::Or, a, b),
            B::ExclusiveOr => Op::Binary(Binary::ExclusiveOr, a, b),
            B::ShiftLeft => Op::Binary(Binary::ShiftLeft, a, b),
            B::ShiftRight if is_signed => Op::Binary(Binary::ShiftRightSigned, a, b),
            B::ShiftRight => Op::Binary(Binary::ShiftRightUnsigned, a, b),
            B::Divide | B::Modulo => panic!("the flattener does not know {op:?} of {kind:?}"),
        };
        let is_comparison = matches!(
            op,
            Op::Binary(compared, ..) if compared == less || compared == less_equal
        ) || matches!(
            op,
            Op::Binary(
                Binary::FloatEqual | Binary::FloatNotEqual | Binary::IntEqual | Binary::IntNotEqual,
                ..
            )
        );
        self.add(
            op,
            if is_comparison {
                ScalarKind::Bool
            } else {
                kind
            },
        )
    }

    pub(super) fn math(&mut self, fun: MathFunction, parts: &[Scalar]) -> Value {
        let (a, kind) = parts[0];
        let unary = |op| Op::Unary(op, a);
        let (min, max) = match kind {
            ScalarKind::Float => (Binary::Min, Binary::Max),
            ScalarKind::Sint => (Binary::SignedMin, Binary::SignedMax),
            _ => (Binary::UnsignedMin, Binary::UnsignedMax),
        };
        let op = match fun {
            MathFunction::Abs if kind == ScalarKind::Float => unary(Unary::Abs),
            MathFunction::Floor => unary(Unary::Floor),
            MathFunction::Round => unary(Unary::Round),
            MathFunction::Sqrt => unary(Unary::Sqrt),
            MathFunction::InverseSqrt => unary(Unary::InverseSqrt),
            MathFunction::Min => Op::Binary(min, a, parts[1].0),
            MathFunction::Max => Op::Binary(max, a, parts[1].0),
            MathFunction::Clamp => {
                let (raised, _) = scalar(&self.add(Op::Binary(max, a, parts[1].0), kind));
                Op::Binary(min, raised, parts[2].0)
            }
            other => panic!("the flattener does not know {other:?}"),
        };
        self.add(op, kind)
    }

    pub(super) fn convert(&mut self, (a, from): Scalar, to: ScalarKind, is_value: bool) -> Value {
        use ScalarKind::{Float, Sint, Uint};
        let op = match (from, to) {
            _ if !is_value => return Value::Scalar(a, to),
            (Sint, Float) => Unary::FloatFromSigned,
            (Uint, Float) => Unary::FloatFromUnsigned,
            (Float, Sint) => Unary::SignedFromFloat,
            (Float, Uint) => Unary::UnsignedFromFloat,
            (Sint | Uint, Sint | Uint) => return Value::Scalar(a, to),
            _ if from == to => return Value::Scalar(a, to),
            _ => panic!("the flattener does not know how {from:?} becomes {to:?}"),
        };
        self.add(Op::Unary(op, a), to)
    }
}
