//! One shader of any family, as a pipeline is made of it.

use crate::activation::{Identity, RowFunction};
use crate::dtype::Dtype;
use crate::shader::{
    Access, Lanes, Operand, Operation, RowShader, Shader, ShaderError, Stage, Team, row_operands,
};

/// A shader of any family.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kernel<'a> {
    Elementwise(Shader<'a>),
    Rows(RowShader<'a>),
}

/// What distinguishes one pipeline from another: not the values of hyper-parameters, not the tensors.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    operation: Operation,
    dtypes: Vec<Dtype>,
    access: Access,
    family: Family,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Family {
    Elementwise {
        activation: Identity,
        lanes: Lanes,
    },
    Rows {
        function: RowFunction,
        team: Team,
        stage: Stage,
    },
}

impl Kernel<'_> {
    pub(super) fn key(&self) -> Key {
        let (dtypes, family) = match self {
            Self::Elementwise(shader) => (
                shader.dtypes,
                Family::Elementwise {
                    activation: shader.activation.key(),
                    lanes: shader.lanes,
                },
            ),
            Self::Rows(shader) => (
                shader.dtypes,
                Family::Rows {
                    function: shader.function,
                    team: shader.team,
                    stage: shader.stage,
                },
            ),
        };
        Key {
            operation: self.operation(),
            dtypes: dtypes.to_vec(),
            access: self.access(),
            family,
        }
    }

    pub(super) fn wgsl(&self) -> Result<String, ShaderError> {
        match self {
            Self::Elementwise(shader) => shader.wgsl(),
            Self::Rows(shader) => shader.wgsl(),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Elementwise(shader) => shader.activation.name(),
            Self::Rows(shader) => shader.function.name(),
        }
    }

    pub(super) fn operation(&self) -> Operation {
        match self {
            Self::Elementwise(shader) => shader.operation,
            Self::Rows(shader) => shader.operation,
        }
    }

    /// Of each storage buffer that it takes, in the order of their bindings, whether it is only read.
    pub(super) fn bindings(&self) -> Vec<bool> {
        let operands = match self {
            Self::Elementwise(shader) => shader.operation.operands(),
            Self::Rows(shader) => row_operands(shader.operation),
        };
        let is_read_only =
            |operand: &Operand| !operand.is_written && self.access() == Access::Separate;
        let mut bindings: Vec<_> = operands.iter().map(is_read_only).collect();
        if let Self::Rows(shader) = self
            && shader.stage != Stage::Whole
        {
            bindings.push(false);
        }
        bindings
    }

    pub(super) fn access(&self) -> Access {
        match self {
            Self::Elementwise(shader) => shader.access,
            Self::Rows(shader) => shader.access,
        }
    }

    /// Whether all of its text is the library's own.
    pub(super) fn is_trusted(&self) -> bool {
        match self {
            Self::Elementwise(shader) => shader.activation.is_trusted(),
            Self::Rows(_) => true,
        }
    }
}
