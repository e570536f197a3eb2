//! The values of expressions, taken apart into scalars.

use naga::{Expression, Handle, Literal, ScalarKind, Type, TypeInner};

use super::{Call, Flattener, Scalar, Value, scalar};
use crate::program::Op;

impl<'a> Flattener<'a> {
    pub(super) fn value(&mut self, call: &mut Call<'a>, handle: Handle<Expression>) -> Value {
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
                // Of a uniform, which has no other value.
                loaded => loaded,
            },
            Expression::GlobalVariable(variable) => {
                self.settings(self.module.global_variables[variable].ty)
            }
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
        operation: &mut dyn FnMut(&mut Self, &[Scalar]) -> Value,
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

    pub(super) fn zero(&mut self, ty: Handle<Type>) -> Value {
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
