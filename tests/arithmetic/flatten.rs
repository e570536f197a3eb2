//! From WGSL to a program: every call is inlined, every vector and struct is taken apart, and a branch
//! becomes a selection between what its two blocks leave behind.

use naga::{
    BinaryOperator, Block, Expression, Function, Handle, Literal, LocalVariable, MathFunction,
    Module, ScalarKind, Statement, Type, TypeInner, UnaryOperator,
};

use crate::program::{Binary, Id, Op, Place, Program, Unary};

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Scalar(Id, ScalarKind),
    Composite(Vec<Value>),
    /// A variable, or a member of one.
    Pointer(Handle<LocalVariable>, Vec<usize>),
}

struct Flattener<'a> {
    module: &'a Module,
    program: Program,
    /// Where the expression at hand stands.
    place: Place,
}

/// One call of a function.
struct Call<'a> {
    function: &'a Function,
    arguments: Vec<Value>,
    values: Vec<Option<Value>>,
    variables: Vec<Value>,
}

/// The program of the function `name` of the WGSL `text`, which takes an f32 and may take a struct of
/// parameters, the first of which is of no account.
pub(crate) fn flatten(text: &str, name: &str) -> Program {
    let module =
        naga::front::wgsl::parse_str(text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(text)));
    let (_, function) = module
        .functions
        .iter()
        .find(|(_, function)| function.name.as_deref() == Some(name))
        .unwrap_or_else(|| panic!("there is no function {name}"));
    let mut flattener = Flattener {
        module: &module,
        program: Program::default(),
        place: Place::default(),
    };
    let mut arguments = vec![flattener.float(Op::Input)];
    if let Some(parameters) = function.arguments.get(1) {
        let TypeInner::Struct { members, .. } = &module.types[parameters.ty].inner else {
            panic!("the second argument of {name} is no struct");
        };
        let values = (0..members.len()).map(|index| match index.checked_sub(1) {
            Some(index) => flattener.float(Op::Parameter(index)),
            None => flattener.float(Op::Constant(0)),
        });
        arguments.push(Value::Composite(values.collect()));
    }
    let result = flattener.call(function, arguments);
    let (id, _) = scalar(&result);
    flattener.program.result = id;
    flattener.program.without_unused()
}

fn scalar(value: &Value) -> (Id, ScalarKind) {
    match value {
        Value::Scalar(id, kind) => (*id, *kind),
        other => panic!("{other:?} is no scalar"),
    }
}

impl<'a> Flattener<'a> {
    fn float(&mut self, op: Op) -> Value {
        Value::Scalar(self.program.add(op, &Place::default()), ScalarKind::Float)
    }

    fn add(&mut self, op: Op, kind: ScalarKind) -> Value {
        Value::Scalar(self.program.add(op, &self.place), kind)
    }

    fn constant(&mut self, bits: u32, kind: ScalarKind) -> Value {
        Value::Scalar(
            self.program.add(Op::Constant(bits), &Place::default()),
            kind,
        )
    }

    fn call(&mut self, function: &'a Function, arguments: Vec<Value>) -> Value {
        let mut call = Call {
            function,
            arguments,
            values: vec![None; function.expressions.len()],
            variables: Vec::new(),
        };
        for (_, variable) in function.local_variables.iter() {
            let value = match variable.init {
                Some(init) => self.value(&mut call, init),
                None => self.zero(variable.ty),
            };
            call.variables.push(value);
        }
        self.block(&mut call, &function.body)
            .unwrap_or_else(|| panic!("{:?} returns nothing", function.name))
    }

    /// What the block returns, if it does.
    fn block(&mut self, call: &mut Call<'a>, block: &'a Block) -> Option<Value> {
        for statement in block {
            match statement {
                Statement::Emit(range) => {
                    for handle in range.clone() {
                        self.value(call, handle);
                    }
                }
                Statement::Block(inner) => {
                    if let Some(result) = self.block(call, inner) {
                        return Some(result);
                    }
                }
                Statement::If {
                    condition,
                    accept,
                    reject,
                } => self.branch(call, *condition, accept, reject),
                Statement::Return { value } => {
                    return value.map(|value| self.value(call, value));
                }
                Statement::Store { pointer, value } => {
                    let Value::Pointer(variable, path) = self.value(call, *pointer) else {
                        panic!("a store goes to a variable");
                    };
                    let value = self.value(call, *value);
                    let place = &mut call.variables[variable.index()];
                    *path.iter().fold(place, |place, &index| match place {
                        Value::Composite(parts) => &mut parts[index],
                        other => panic!("{other:?} has no members"),
                    }) = value;
                }
                Statement::Call {
                    function,
                    arguments,
                    result,
                } => {
                    let arguments = arguments
                        .iter()
                        .map(|&argument| self.value(call, argument))
                        .collect();
                    let value = self.call(&self.module.functions[*function], arguments);
                    if let Some(result) = result {
                        call.values[result.index()] = Some(value);
                    }
                }
                other => panic!("the flattener does not know {other:?}"),
            }
        }
        None
    }

    fn branch(
        &mut self,
        call: &mut Call<'a>,
        condition: Handle<Expression>,
        accept: &'a Block,
        reject: &'a Block,
    ) {
        let (condition, _) = scalar(&self.value(call, condition));
        let outer = self.place.guard;
        let before = call.variables.clone();
        let mut after = Vec::new();
        for (block, negate) in [(accept, false), (reject, true)] {
            call.variables.clone_from(&before);
            let mut guard = condition;
            if negate {
                guard = self
                    .program
                    .add(Op::Unary(Unary::LogicalNot, guard), &self.place);
            }
            if let Some(outer) = outer {
                guard = self
                    .program
                    .add(Op::Binary(Binary::And, outer, guard), &self.place);
            }
            self.place.guard = Some(guard);
            let returned = self.block(call, block);
            assert!(returned.is_none(), "a branch must not return");
            self.place.guard = outer;
            after.push(std::mem::take(&mut call.variables));
        }
        let pairs = after[0].iter().zip(&after[1]);
        call.variables = pairs.map(|(a, b)| self.select(condition, a, b)).collect();
    }

    fn select(&mut self, condition: Id, accept: &Value, reject: &Value) -> Value {
        match (accept, reject) {
            (same, other) if same == other => same.clone(),
            (Value::Scalar(accept, kind), Value::Scalar(reject, _)) => {
                let (accept, reject) = (*accept, *reject);
                self.add(
                    Op::Select {
                        condition,
                        accept,
                        reject,
                    },
                    *kind,
                )
            }
            (Value::Composite(accept), Value::Composite(reject)) => {
                let parts = accept.iter().zip(reject);
                Value::Composite(parts.map(|(a, b)| self.select(condition, a, b)).collect())
            }
            other => panic!("{other:?} cannot be selected"),
        }
    }

    fn value(&mut self, call: &mut Call<'a>, handle: Handle<Expression>) -> Value {
        if let Some(value) = &call.values[handle.index()] {
            return value.clone();
        }
        let span = call.function.expressions.get_span(handle);
        let outer = std::mem::replace(&mut self.place.span, span.to_range().unwrap_or_default());
        let value = self.expression(call, &call.function.expressions[handle]);
        self.place.span = outer;
        call.values[handle.index()] = Some(value.clone());
        value
    }

    fn expression(&mut self, call: &mut Call<'a>, expression: &'a Expression) -> Value {
        match *expression {
            Expression::Literal(literal) => self.literal(literal),
            Expression::Constant(handle) => self.global(self.module.constants[handle].init),
            Expression::ZeroValue(ty) => self.zero(ty),
            Expression::FunctionArgument(index) => call.arguments[index as usize].clone(),
            Expression::LocalVariable(variable) => Value::Pointer(variable, Vec::new()),
            Expression::Load { pointer } => match self.value(call, pointer) {
                Value::Pointer(variable, path) => path
                    .iter()
                    .fold(call.variables[variable.index()].clone(), |value, &index| {
                        member(&value, index)
                    }),
                other => panic!("{other:?} cannot be loaded"),
            },
            Expression::Compose { ref components, ty } => {
                let values: Vec<_> = components.iter().map(|&c| self.value(call, c)).collect();
                let is_vector = matches!(self.module.types[ty].inner, TypeInner::Vector { .. });
                // A vector may be composed of shorter ones.
                let parts = values.into_iter().flat_map(|value| match value {
                    Value::Composite(parts) if is_vector => parts,
                    other => vec![other],
                });
                Value::Composite(parts.collect())
            }
            Expression::AccessIndex { base, index } => {
                member(&self.value(call, base), index as usize)
            }
            Expression::Splat { size, value } => {
                Value::Composite(vec![self.value(call, value); size as usize])
            }
            Expression::Swizzle {
                size,
                vector,
                pattern,
            } => {
                let vector = self.value(call, vector);
                let parts = pattern.iter().take(size as usize);
                Value::Composite(parts.map(|&part| member(&vector, part as usize)).collect())
            }
            Expression::Unary { op, expr } => {
                let value = self.value(call, expr);
                self.componentwise(&[value], &mut |this, parts| this.unary(op, parts[0]))
            }
            Expression::Binary { op, left, right } => {
                let operands = [self.value(call, left), self.value(call, right)];
                self.componentwise(&operands, &mut |this, parts| {
                    this.binary(op, parts[0], parts[1])
                })
            }
            Expression::Select {
                condition,
                accept,
                reject,
            } => {
                let operands = [condition, accept, reject].map(|part| self.value(call, part));
                self.componentwise(&operands, &mut |this, parts| {
                    let [condition, accept, reject] = [parts[0].0, parts[1].0, parts[2].0];
                    let op = Op::Select {
                        condition,
                        accept,
                        reject,
                    };
                    this.add(op, parts[1].1)
                })
            }
            Expression::Math {
                fun,
                arg,
                arg1,
                arg2,
                arg3: None,
            } => {
                let handles = [Some(arg), arg1, arg2].into_iter().flatten();
                let operands: Vec<_> = handles.map(|handle| self.value(call, handle)).collect();
                self.componentwise(&operands, &mut |this, parts| this.math(fun, parts))
            }
            Expression::As {
                expr,
                kind,
                convert,
            } => {
                let value = self.value(call, expr);
                self.componentwise(&[value], &mut |this, parts| {
                    this.convert(parts[0], kind, convert.is_some())
                })
            }
            ref other => panic!("the flattener does not know {other:?}"),
        }
    }

    /// Applies a scalar operation to scalars, or to each component of vectors.
    fn componentwise(
        &mut self,
        operands: &[Value],
        operation: &mut dyn FnMut(&mut Self, &[(Id, ScalarKind)]) -> Value,
    ) -> Value {
        let width = operands.iter().find_map(|operand| match operand {
            Value::Composite(parts) => Some(parts.len()),
            _ => None,
        });
        let Some(width) = width else {
            let parts: Vec<_> = operands.iter().map(scalar).collect();
            return operation(self, &parts);
        };
        let components = (0..width).map(|index| {
            let parts: Vec<_> = operands
                .iter()
                .map(|operand| match operand {
                    Value::Composite(parts) => scalar(&parts[index]),
                    other => scalar(other),
                })
                .collect();
            operation(self, &parts)
        });
        Value::Composite(components.collect())
    }

    fn unary(&mut self, op: UnaryOperator, (a, kind): (Id, ScalarKind)) -> Value {
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

    fn binary(
        &mut self,
        op: BinaryOperator,
        (a, kind): (Id, ScalarKind),
        (b, _): (Id, ScalarKind),
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

    fn math(&mut self, fun: MathFunction, parts: &[(Id, ScalarKind)]) -> Value {
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

    fn convert(&mut self, (a, from): (Id, ScalarKind), to: ScalarKind, is_value: bool) -> Value {
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

    fn literal(&mut self, literal: Literal) -> Value {
        match literal {
            Literal::F32(value) => self.constant(value.to_bits(), ScalarKind::Float),
            Literal::U32(value) => self.constant(value, ScalarKind::Uint),
            Literal::I32(value) => self.constant(value.cast_unsigned(), ScalarKind::Sint),
            Literal::Bool(value) => self.constant(u32::from(value), ScalarKind::Bool),
            other => panic!("the flattener does not know {other:?}"),
        }
    }

    /// The value of an expression outside functions.
    fn global(&mut self, handle: Handle<Expression>) -> Value {
        match &self.module.global_expressions[handle] {
            Expression::Literal(literal) => self.literal(*literal),
            Expression::ZeroValue(ty) => self.zero(*ty),
            Expression::Constant(constant) => self.global(self.module.constants[*constant].init),
            Expression::Compose { components, .. } => {
                Value::Composite(components.iter().map(|&c| self.global(c)).collect())
            }
            other => panic!("the flattener does not know {other:?}"),
        }
    }

    fn zero(&mut self, ty: Handle<Type>) -> Value {
        match &self.module.types[ty].inner {
            TypeInner::Scalar(scalar) => self.constant(0, scalar.kind),
            TypeInner::Vector { size, scalar } => {
                Value::Composite(vec![self.constant(0, scalar.kind); *size as usize])
            }
            TypeInner::Struct { members, .. } => {
                Value::Composite(members.iter().map(|member| self.zero(member.ty)).collect())
            }
            other => panic!("the flattener does not know {other:?}"),
        }
    }
}

fn member(value: &Value, index: usize) -> Value {
    match value {
        Value::Composite(parts) => parts[index].clone(),
        Value::Pointer(variable, path) => {
            Value::Pointer(*variable, path.iter().copied().chain([index]).collect())
        }
        other @ Value::Scalar(..) => panic!("{other:?} has no members"),
    }
}
