//! From WGSL to a program: every call is inlined, every vector and struct is taken apart, and a branch
//! becomes a selection between what its two blocks leave behind.

mod expressions;
mod operations;

use naga::{
    Block, Expression, Function, Handle, LocalVariable, Module, ScalarKind, Statement, Type,
    TypeInner,
};

use crate::program::{Binary, Id, Op, Place, Program, Unary};

/// The struct of the hyper-parameters.
const PARAMETERS: &str = "Parameters";

/// A value and what its bits stand for.
type Scalar = (Id, ScalarKind);

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
    /// The uniform that is the first hyper-parameter.
    first_parameter: usize,
}

/// One call of a function.
struct Call<'a> {
    function: &'a Function,
    arguments: Vec<Value>,
    values: Vec<Option<Value>>,
    variables: Vec<Value>,
}

/// The program of the function `name` of the WGSL `text`, which takes an element and may take further
/// scalars: these are the first uniforms, and the hyper-parameters are the next.
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
        first_parameter: function.arguments.len() - 1,
    };
    let mut arguments = Vec::new();
    for (index, argument) in function.arguments.iter().enumerate() {
        let kind = module.types[argument.ty].inner.scalar_kind();
        let op = index.checked_sub(1).map_or(Op::Input, Op::Uniform);
        arguments.push(flattener.add(op, kind.expect("a scalar argument")));
    }
    let result = flattener.call(function, arguments);
    let (id, _) = scalar(&result);
    flattener.program.result = id;
    flattener.program.without_unused()
}

fn scalar(value: &Value) -> Scalar {
    match value {
        Value::Scalar(id, kind) => (*id, *kind),
        other => panic!("{other:?} is no scalar"),
    }
}

impl<'a> Flattener<'a> {
    /// The value of a uniform buffer, in which only the hyper-parameters are not zero.
    fn settings(&mut self, ty: Handle<Type>) -> Value {
        let ty = &self.module.types[ty];
        let TypeInner::Struct { members, .. } = &ty.inner else {
            panic!("the flattener does not know {ty:?}");
        };
        let is_parameters = ty.name.as_deref() == Some(PARAMETERS);
        let values = members.iter().enumerate().map(|(index, member)| {
            match &self.module.types[member.ty].inner {
                TypeInner::Scalar(scalar) if is_parameters => {
                    self.add(Op::Uniform(self.first_parameter + index), scalar.kind)
                }
                TypeInner::Struct { .. } => self.settings(member.ty),
                _ => self.zero(member.ty),
            }
        });
        Value::Composite(values.collect())
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

    /// What the statements return, if they do.
    fn block(
        &mut self,
        call: &mut Call<'a>,
        block: impl IntoIterator<Item = &'a Statement>,
    ) -> Option<Value> {
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
                Statement::Loop {
                    body,
                    continuing,
                    break_if: None,
                } => self.repeat(call, body, continuing),
                other => panic!("the flattener does not know {other:?}"),
            }
        }
        None
    }

    /// Unrolls a loop whose counter is known.
    fn repeat(&mut self, call: &mut Call<'a>, body: &'a Block, continuing: &'a Block) {
        let before = call.values.clone();
        while self.goes_on(call, body) {
            self.block(call, continuing);
            call.values.clone_from(&before);
        }
        call.values = before;
    }

    /// Takes a loop's body up to its end, or to where it breaks: then that is the answer.
    fn goes_on(&mut self, call: &mut Call<'a>, body: &'a Block) -> bool {
        for statement in body {
            let Statement::If {
                condition, reject, ..
            } = statement
            else {
                self.block(call, [statement]);
                continue;
            };
            assert!(
                matches!(reject[..], [Statement::Break]),
                "a loop of another kind"
            );
            let (condition, _) = scalar(&self.value(call, *condition));
            if self.known(condition) == 0 {
                return false;
            }
        }
        true
    }

    /// What a loop's counter makes of itself.
    fn known(&self, id: Id) -> u32 {
        match self.program.ops[id] {
            Op::Constant(bits) => bits,
            Op::Binary(Binary::IntAdd, a, b) => self.known(a).wrapping_add(self.known(b)),
            Op::Binary(Binary::UnsignedLess, a, b) => u32::from(self.known(a) < self.known(b)),
            other => panic!("{other:?} is not known before the program runs"),
        }
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
}
