//! Evaluates programs as some GPU might.

use crate::common::random::mix;
use crate::program::{Binary, Id, Op, Program, Unary};

/// How a GPU computes an operation. WGSL allows each of these.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Machine {
    pub(crate) division: Division,
    /// Subnormal operands and results of arithmetic become zero.
    pub(crate) flush: bool,
}

/// Division within 2.5 ULP, and what goes with it: square roots within 3 ULP, reciprocals of square
/// roots within 2, reciprocals within 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Division {
    #[default]
    Rounded,
    /// Always as far above as allowed.
    TooLarge,
    /// Always as far below.
    TooSmall,
    /// Off by an amount that depends on the operands.
    Erratic,
}

/// An operation that made an infinity or a NaN of finite operands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overflow {
    pub(crate) op: Id,
    pub(crate) input: u32,
    pub(crate) result: f32,
}

/// Inputs are evaluated by so many at a time, one operation after the other.
const LANES: usize = 64;

type Register = [u32; LANES];

impl Machine {
    /// The results for `inputs`.
    pub(crate) fn run(&self, program: &Program, uniforms: &[u32], inputs: &[u32]) -> Vec<u32> {
        let mut results = Vec::with_capacity(inputs.len());
        self.visit(program, uniforms, inputs, |block, registers| {
            results.extend(&registers[program.result][..block.len()]);
        });
        results
    }

    /// The first overflow of each operation that overflows.
    pub(crate) fn overflows(
        &self,
        program: &Program,
        uniforms: &[u32],
        inputs: &[u32],
    ) -> Vec<Overflow> {
        let mut overflows: Vec<Overflow> = Vec::new();
        self.visit(program, uniforms, inputs, |block, registers| {
            for op in 0..program.ops.len() {
                if let Some(lane) = overflow(program, registers, op)
                    && lane < block.len()
                    && overflows.iter().all(|known| known.op != op)
                {
                    let (input, result) = (block[lane], f32::from_bits(registers[op][lane]));
                    overflows.push(Overflow { op, input, result });
                }
            }
        });
        overflows
    }

    /// Runs the program, and shows the inputs and all values of each block.
    fn visit(
        &self,
        program: &Program,
        uniforms: &[u32],
        inputs: &[u32],
        mut see: impl FnMut(&[u32], &[Register]),
    ) {
        let mut registers = vec![[0; LANES]; program.ops.len()];
        let varying = program.varying();
        let mut pending: Vec<Id> = (0..program.ops.len()).collect();
        for block in inputs.chunks(LANES) {
            for &id in &pending {
                registers[id] = match program.ops[id] {
                    Op::Input => std::array::from_fn(|i| block.get(i).copied().unwrap_or(0)),
                    Op::Uniform(index) => [uniforms[index]; LANES],
                    op => self.evaluate(op, &registers),
                };
            }
            see(block, &registers);
            // What does not depend on the input is known from the first block.
            pending.clone_from(&varying);
        }
    }

    fn evaluate(&self, op: Op, registers: &[Register]) -> Register {
        match op {
            Op::Input | Op::Uniform(_) => unreachable!("they need no evaluation"),
            Op::Constant(bits) => [bits; LANES],
            Op::Unary(op, a) => self.unary(op, &registers[a]),
            Op::Binary(op, a, b) => self.binary(op, &registers[a], &registers[b]),
            Op::Fma(a, b, c) => std::array::from_fn(|i| {
                let [a, b, c] = [a, b, c].map(|id| self.read(registers[id][i]));
                self.write(a.mul_add(b, c))
            }),
            Op::Select {
                condition,
                accept,
                reject,
            } => std::array::from_fn(|i| {
                let chosen = if registers[condition][i] != 0 {
                    accept
                } else {
                    reject
                };
                registers[chosen][i]
            }),
        }
    }

    fn unary(&self, op: Unary, a: &Register) -> Register {
        let float = |f: &dyn Fn(f32) -> f32| a.map(|a| self.write(f(self.read(a))));
        let bits = |f: &dyn Fn(u32) -> u32| a.map(f);
        match op {
            Unary::Negate => bits(&|a| a ^ 0x8000_0000),
            Unary::Abs => bits(&|a| a & 0x7fff_ffff),
            Unary::Round => float(&f32::round_ties_even),
            Unary::Floor => float(&f32::floor),
            Unary::Sqrt => float(&|a| self.off(f64::from(a).sqrt(), a, 0.0, 3.0)),
            Unary::InverseSqrt => float(&|a| self.inverse_sqrt(a)),
            Unary::Reciprocal => float(&|a| self.quotient(1.0, a, 1.0)),
            Unary::FloatFromSigned => bits(&|a| (a.cast_signed() as f32).to_bits()),
            Unary::FloatFromUnsigned => bits(&|a| (a as f32).to_bits()),
            Unary::SignedFromFloat => a.map(|a| (self.read(a) as i32).cast_unsigned()),
            Unary::UnsignedFromFloat => a.map(|a| self.read(a) as u32),
            Unary::Not => bits(&|a| !a),
            Unary::LogicalNot => bits(&|a| a ^ 1),
        }
    }

    fn binary(&self, op: Binary, a: &Register, b: &Register) -> Register {
        match op {
            Binary::Add => self.float(a, b, |a, b| a + b),
            Binary::Subtract => self.float(a, b, |a, b| a - b),
            Binary::Multiply => self.float(a, b, |a, b| a * b),
            Binary::Divide => self.float(a, b, |a, b| self.quotient(a, b, 2.5)),
            Binary::Min => self.float(a, b, |a, b| if b < a { b } else { a }),
            Binary::Max => self.float(a, b, |a, b| if a < b { b } else { a }),
            Binary::FloatEqual => self.compare(a, b, |a, b| a == b),
            Binary::FloatNotEqual => self.compare(a, b, |a, b| a != b),
            Binary::FloatLess => self.compare(a, b, |a, b| a < b),
            Binary::FloatLessEqual => self.compare(a, b, |a, b| a <= b),
            Binary::IntAdd => bitwise(a, b, u32::wrapping_add),
            Binary::IntSubtract => bitwise(a, b, u32::wrapping_sub),
            Binary::IntMultiply => bitwise(a, b, u32::wrapping_mul),
            Binary::SignedMin => bitwise(a, b, |a, b| {
                a.cast_signed().min(b.cast_signed()).cast_unsigned()
            }),
            Binary::SignedMax => bitwise(a, b, |a, b| {
                a.cast_signed().max(b.cast_signed()).cast_unsigned()
            }),
            Binary::UnsignedMin => bitwise(a, b, u32::min),
            Binary::UnsignedMax => bitwise(a, b, u32::max),
            Binary::IntEqual => bitwise(a, b, |a, b| u32::from(a == b)),
            Binary::IntNotEqual => bitwise(a, b, |a, b| u32::from(a != b)),
            Binary::SignedLess => {
                bitwise(a, b, |a, b| u32::from(a.cast_signed() < b.cast_signed()))
            }
            Binary::SignedLessEqual => {
                bitwise(a, b, |a, b| u32::from(a.cast_signed() <= b.cast_signed()))
            }
            Binary::UnsignedLess => bitwise(a, b, |a, b| u32::from(a < b)),
            Binary::UnsignedLessEqual => bitwise(a, b, |a, b| u32::from(a <= b)),
            Binary::And => bitwise(a, b, |a, b| a & b),
            Binary::Or => bitwise(a, b, |a, b| a | b),
            Binary::ExclusiveOr => bitwise(a, b, |a, b| a ^ b),
            Binary::ShiftLeft => bitwise(a, b, u32::wrapping_shl),
            Binary::ShiftRightSigned => {
                bitwise(a, b, |a, b| a.cast_signed().wrapping_shr(b).cast_unsigned())
            }
            Binary::ShiftRightUnsigned => bitwise(a, b, u32::wrapping_shr),
        }
    }

    fn float(&self, a: &Register, b: &Register, f: impl Fn(f32, f32) -> f32) -> Register {
        std::array::from_fn(|i| self.write(f(self.read(a[i]), self.read(b[i]))))
    }

    fn compare(&self, a: &Register, b: &Register, f: impl Fn(f32, f32) -> bool) -> Register {
        std::array::from_fn(|i| u32::from(f(self.read(a[i]), self.read(b[i]))))
    }

    fn read(&self, bits: u32) -> f32 {
        self.flushed(f32::from_bits(bits))
    }

    fn write(&self, value: f32) -> u32 {
        self.flushed(value).to_bits()
    }

    fn flushed(&self, value: f32) -> f32 {
        if self.flush && value.is_subnormal() {
            0.0_f32.copysign(value)
        } else {
            value
        }
    }

    fn quotient(&self, a: f32, b: f32, limit: f64) -> f32 {
        let is_exact = matches!(self.division, Division::Rounded);
        // Divisors beyond 2^126 have no accuracy: their reciprocal is subnormal.
        if !is_exact && self.flush && b.is_finite() && b.abs() > 2.0_f32.powi(126) {
            return 0.0 * a * b.signum();
        }
        if is_exact {
            return a / b;
        }
        self.off(f64::from(a) / f64::from(b), a, b, limit)
    }

    fn inverse_sqrt(&self, a: f32) -> f32 {
        match self.division {
            // Adapters that round have no operation of their own for it.
            Division::Rounded => 1.0 / a.sqrt(),
            _ => self.off(f64::from(a).sqrt().recip(), a, 0.0, 2.0),
        }
    }

    /// A result that is within `limit` ULP of the exact one, for the operands `a` and `b`.
    fn off(&self, exact: f64, a: f32, b: f32, limit: f64) -> f32 {
        let rounded = exact as f32;
        if !rounded.is_normal() {
            return rounded;
        }
        // Half an ULP is left to the rounding.
        let most = limit - 0.5;
        let off_by = match self.division {
            Division::Rounded => return rounded,
            Division::TooLarge => most,
            Division::TooSmall => -most,
            Division::Erratic => {
                let noise = mix(u64::from(a.to_bits()) << 32 | u64::from(b.to_bits()));
                let unit = (noise >> 12) as f64 / (1_u64 << 51) as f64 - 1.0;
                // The extremes come often.
                (unit * 1.5).clamp(-1.0, 1.0) * most
            }
        };
        let exponent = (exact.abs().to_bits() >> 52) as i32 - 1023;
        (exact + off_by * 2.0_f64.powi(exponent - 23)) as f32
    }
}

fn bitwise(a: &Register, b: &Register, f: impl Fn(u32, u32) -> u32) -> Register {
    std::array::from_fn(|i| f(a[i], b[i]))
}

/// A lane in which an operation that is not in a branch that was left out made an infinity or a NaN
/// of finite operands.
fn overflow(program: &Program, registers: &[Register], id: Id) -> Option<usize> {
    let op = program.ops[id];
    let is_arithmetic = match op {
        Op::Unary(op, _) => matches!(op, Unary::Sqrt | Unary::InverseSqrt | Unary::Reciprocal),
        Op::Binary(op, ..) => matches!(
            op,
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide
        ),
        Op::Fma(..) => true,
        Op::Input | Op::Uniform(_) | Op::Constant(_) | Op::Select { .. } => false,
    };
    if !is_arithmetic {
        return None;
    }
    let is_finite = |id: Id, lane: usize| f32::from_bits(registers[id][lane]).is_finite();
    (0..LANES).find(|&lane| {
        !is_finite(id, lane)
            && op.operands().all(|operand| is_finite(operand, lane))
            && program.places[id]
                .guard
                .is_none_or(|guard| registers[guard][lane] != 0)
    })
}
