//! Whether tensors and gradients go together.

use super::{Gradients, Learnable};
use crate::kernels::KernelError;
use crate::shader::{Operand, derivative_by};
use crate::tensor::{Rows, TensorView};

impl<'a> Gradients<'a> {
    pub(super) const NONE: Self = Self::Values(&[]);

    /// Each with the name of its hyper-parameter.
    fn all(self) -> &'a [(&'a str, &'a TensorView)] {
        match self {
            Self::Values(all) => all,
            #[cfg(feature = "offload")]
            Self::Sums(all) => all,
        }
    }

    pub(super) fn are_sums(self) -> bool {
        !matches!(self, Self::Values(_))
    }

    /// The elements of each value.
    fn width(self) -> u64 {
        if self.are_sums() { 2 } else { 1 }
    }
}

pub(super) fn check_channels(
    channels: &Rows,
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    match operands.first().zip(tensors.first()) {
        Some((operand, tensor)) if tensor.len() != channels.elements() => {
            Err(KernelError::Channels {
                name: operand.name,
                len: tensor.len(),
                outer: channels.outer(),
                channels: channels.len(),
                inner: channels.inner(),
            })
        }
        _ => Ok(()),
    }
}

/// Each gradient with its hyper-parameter, in the order of these.
pub(super) fn checked_gradients<'a>(
    learnable: &Learnable,
    gradients: Gradients<'a>,
) -> Result<Vec<(usize, &'a TensorView)>, KernelError> {
    let activation = &learnable.activation;
    let mut checked: Vec<(usize, &TensorView)> = Vec::new();
    for &(parameter, gradient) in gradients.all() {
        let index = learnable.index(parameter)?;
        let name = activation.parameters()[index].name;
        let Some(tensor) = &learnable.tensors[index] else {
            return Err(KernelError::ConstantParameter { parameter: name });
        };
        if tensor.len() * gradients.width() != gradient.len() {
            return Err(KernelError::LengthMismatch {
                first: name,
                first_len: tensor.len(),
                second: "its gradient",
                second_len: gradient.len(),
            });
        }
        if checked.iter().any(|(known, _)| *known == index) {
            return Err(KernelError::ParameterTwice { parameter: name });
        }
        let function = derivative_by(name);
        if !activation
            .source_wgsl()
            .contains(&format!("fn {function}("))
        {
            return Err(KernelError::NoDerivative {
                activation: activation.name().to_owned(),
                function,
            });
        }
        checked.push((index, gradient));
    }
    checked.sort_by_key(|(index, _)| *index);
    Ok(checked)
}
