use super::Parameter;
use crate::reference::Reference;

/// An activation of the caller's own: WGSL and, optionally, an f64 reference.
#[derive(Clone, Debug)]
pub struct CustomActivation {
    name: String,
    wgsl: String,
    parameters: Vec<Parameter>,
    reference: Option<Reference>,
}

impl CustomActivation {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its WGSL.
    pub fn wgsl(&self) -> &str {
        &self.wgsl
    }

    /// Its hyper-parameters.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Its f64 twin.
    pub fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }
}
