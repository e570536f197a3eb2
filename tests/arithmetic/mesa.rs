//! Rewrites programs as Mesa's compiler does where WGSL lets it (`nir_opt_algebraic.py`): not by chance, but
//! by rules that are applied as long as one fits. What comes of it is bit for bit what Mesa 22 computes.

mod expression;
mod rules;

use crate::program::{Binary, Id, Op, Program, Unary};
use rules::Rule;

/// What the compiler is told of the hardware.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Driver {
    /// It divides and takes square roots: what llvmpipe and lavapipe run on.
    Software,
    /// It has reciprocals and interpolates, and fuses products with sums, at whose end constants are better:
    /// what drivers of GPUs ask for, taken together.
    Hardware,
}

pub(crate) fn rewritten(program: &Program, driver: Driver) -> Program {
    let program = match driver {
        Driver::Software => settled(program, rules::MAIN),
        Driver::Hardware => {
            let program = settled(program, &[rules::MAIN, rules::HARDWARE].concat());
            let (program, _) = once(&program, rules::INTERPOLATION);
            settled(&program, rules::BEFORE_FUSION)
        }
    };
    let (program, _) = once(&settled(&program, rules::LATE), rules::LAST);
    program
}

/// Applies the rules until none fits.
fn settled(program: &Program, rules: &[Rule]) -> Program {
    let mut program = program.clone();
    for _ in 0..100 {
        let (rewritten, is_changed) = once(&program, rules);
        program = rewritten;
        if !is_changed {
            return program;
        }
    }
    panic!("the rules undo one another");
}

/// Applies the first rule that fits to each operation, and tells whether one did.
fn once(old: &Program, rules: &[Rule]) -> (Program, bool) {
    let uses = old.uses();
    let view = View { old, uses: &uses };
    let mut new = Program::default();
    let mut ids = Vec::new();
    let mut is_changed = false;
    for id in 0..old.ops.len() {
        let place = old.places[id].map(|id| ids[id]);
        let found = rules.iter().find_map(|rule| rule(&view, id));
        is_changed |= found.is_some();
        ids.push(match found {
            Some(expression) => expression.build(&mut new, &ids, &place),
            None => new.add(old.ops[id].map(|operand| ids[operand]), &place),
        });
    }
    new.result = ids[old.result];
    (new.without_unused(), is_changed)
}

/// The program that is being rewritten, as the rules look at it.
struct View<'a> {
    old: &'a Program,
    uses: &'a [usize],
}

impl View<'_> {
    fn op(&self, id: Id) -> Op {
        self.old.ops[id]
    }

    fn binary(&self, id: Id, op: Binary) -> Option<(Id, Id)> {
        match self.op(id) {
            Op::Binary(found, a, b) if found == op => Some((a, b)),
            _ => None,
        }
    }

    fn unary(&self, id: Id, op: Unary) -> Option<Id> {
        match self.op(id) {
            Op::Unary(found, a) if found == op => Some(a),
            _ => None,
        }
    }

    fn sum(&self, id: Id) -> Option<(Id, Id)> {
        self.binary(id, Binary::Add)
    }

    fn product(&self, id: Id) -> Option<(Id, Id)> {
        self.binary(id, Binary::Multiply)
    }

    /// A product or its negation, which fuses too.
    fn is_product(&self, id: Id) -> bool {
        self.product(self.negated(id).unwrap_or(id)).is_some()
    }

    fn negated(&self, id: Id) -> Option<Id> {
        self.unary(id, Unary::Negate)
    }

    fn constant(&self, id: Id) -> Option<f32> {
        match self.op(id) {
            Op::Constant(bits) => Some(f32::from_bits(bits)),
            _ => None,
        }
    }

    fn is_constant(&self, id: Id) -> bool {
        self.constant(id).is_some()
    }

    fn is_used_once(&self, id: Id) -> bool {
        self.uses[id] == 1
    }

    /// The operands of a sum or a product in both orders.
    fn either(&self, a: Id, b: Id) -> impl Iterator<Item = (Id, Id)> + use<> {
        [(a, b), (b, a)].into_iter()
    }
}
