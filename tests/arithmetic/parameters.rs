//! How activations change with their hyper-parameters, as activations.

use wgpu_activations::reference::Reference;
use wgpu_activations::{Activation, CustomActivation, Dtype, Operation, Parameter, wgsl};

/// For each hyper-parameter of an activation the derivative by it, with the activation's own values.
pub(crate) fn derivatives(activation: &Activation) -> impl Iterator<Item = Activation> {
    (0..activation.parameters().len()).map(|index| derivative(activation, index))
}

fn derivative(activation: &Activation, index: usize) -> Activation {
    let kernel = wgsl(activation, Operation::Forward, Dtype::F32).expect("its modules exist");
    let (functions, _) = kernel
        .split_once("struct Parameters {")
        .expect("it has hyper-parameters");
    // Names that this has for itself.
    let functions = ["forward(x", "derivative(x"]
        .iter()
        .fold(functions.to_owned(), |text, name| {
            text.replace(name, &format!("own_{name}"))
        });
    let name = activation.parameters()[index].name;
    let wgsl = format!(
        "{functions}
fn forward(x: f32, p: Parameters) -> f32 {{ return derivative_by_{name}(x, p); }}
fn derivative(x: f32, p: Parameters) -> f32 {{ return 0.0; }}"
    );
    let known = activation.reference().expect("the catalogue has them");
    let mut reference =
        Reference::new(known.parameter_derivatives[index], |_, _| 0.0).with_kinks(known.kinks);
    if let Some(term) = known.parameter_largest_terms.get(index) {
        reference = reference.with_forward_largest_term(*term);
    }
    let custom = CustomActivation::new(&format!("{}_by_{name}", activation.name()), &wgsl);
    let derived = activation.definition().and_then(|row| row.derived);
    let names = activation
        .parameters()
        .iter()
        .map(|parameter| parameter.name);
    let names = names.chain(derived.iter().flat_map(|derived| derived.names).copied());
    let custom = names
        .zip(activation.members())
        .fold(custom, |custom, (name, value)| {
            custom?.with_parameter(Parameter::new(name, value.into()))
        });
    Activation::custom(custom.expect("well declared").with_reference(reference))
}
