//! The kernels of this family, for the cache of pipelines.

use crate::activation::{Activation, Identity};
use crate::dtype::Dtype;
use crate::kernels::kernel::{Kernel, Key};
use crate::shader::{
    Access, BufferUse, GatherShader, Lanes, LearnableShader, Neighbours, Operation, ParameterSet,
    ShaderError, SumShader, SumTeam, Total, TotalShader,
};

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::kernels) enum LearnableKey {
    Gather(Dtype),
    Elements {
        activation: Identity,
        operation: Operation,
        dtypes: Vec<Dtype>,
        lanes: Lanes,
        access: Access,
        tensors: ParameterSet,
        neighbours: Neighbours,
    },
    Sum {
        activation: Identity,
        dtypes: Vec<Dtype>,
        tensors: ParameterSet,
        gradients: ParameterSet,
        team: SumTeam,
    },
    Total(Total, SumTeam),
}

fn label(activation: &Activation, what: &str) -> String {
    format!("{} {what}", activation.name())
}

impl Kernel for LearnableShader<'_> {
    fn key(&self) -> Key {
        Key::Learnable(LearnableKey::Elements {
            activation: self.activation.key(),
            operation: self.operation,
            dtypes: self.dtypes.to_vec(),
            lanes: self.lanes,
            access: self.access,
            tensors: self.tensors,
            neighbours: self.neighbours,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        LearnableShader::wgsl(self)
    }

    fn name(&self) -> &str {
        self.activation.name()
    }

    fn label(&self) -> String {
        label(self.activation, &format!("{:?} by channel", self.operation))
    }

    fn bindings(&self) -> Vec<BufferUse> {
        let mut bindings = self.access.bindings(self.operation.operands());
        bindings.push(BufferUse::Read);
        bindings
    }

    fn is_trusted(&self) -> bool {
        self.activation.is_trusted()
    }
}

impl Kernel for SumShader<'_> {
    fn key(&self) -> Key {
        Key::Learnable(LearnableKey::Sum {
            activation: self.activation.key(),
            dtypes: self.dtypes.to_vec(),
            tensors: self.tensors,
            gradients: self.gradients,
            team: self.team,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        SumShader::wgsl(self)
    }

    fn name(&self) -> &str {
        self.activation.name()
    }

    fn label(&self) -> String {
        label(self.activation, "parameter gradients")
    }

    fn bindings(&self) -> Vec<BufferUse> {
        vec![
            BufferUse::Read,
            BufferUse::Read,
            BufferUse::Read,
            BufferUse::Written,
        ]
    }

    fn is_trusted(&self) -> bool {
        self.activation.is_trusted()
    }
}

impl Kernel for GatherShader {
    fn key(&self) -> Key {
        Key::Learnable(LearnableKey::Gather(self.dtype))
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        Ok(GatherShader::wgsl(self))
    }

    fn name(&self) -> &str {
        "gather"
    }

    fn label(&self) -> String {
        "activation parameters".to_owned()
    }

    fn bindings(&self) -> Vec<BufferUse> {
        vec![BufferUse::Read, BufferUse::Written]
    }

    fn is_trusted(&self) -> bool {
        true
    }
}

impl Kernel for TotalShader {
    fn key(&self) -> Key {
        Key::Learnable(LearnableKey::Total(self.into, self.team))
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        TotalShader::wgsl(self)
    }

    fn name(&self) -> &str {
        "total"
    }

    fn label(&self) -> String {
        "activation parameter gradients in all".to_owned()
    }

    fn bindings(&self) -> Vec<BufferUse> {
        vec![BufferUse::Written, BufferUse::Read]
    }

    fn is_trusted(&self) -> bool {
        true
    }
}
