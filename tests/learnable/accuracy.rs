//! Each derivative by a hyper-parameter at single points: every channel has one element.

use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{Activation, Dtype, Learnable, Rows};

use super::common::guarded::Guarded;
use super::common::{gpu, run};
use super::subject::Subject;

/// ∂f/∂parameter at each input, by the kernels.
fn derivatives(gpu: &Subject, activation: &Activation, index: usize, inputs: &[f32]) -> Vec<f32> {
    let channels = Rows::along(&[inputs.len() as u64], 0).expect("a shape");
    let tensor = |values: &[f32]| Guarded::new(&gpu.device, Dtype::F32, values, 0);
    let name = activation.parameters()[index].name;
    let values = tensor(&vec![activation.values()[index]; inputs.len()]);
    let learnable = Learnable::new(activation, &channels)
        .with(name, &values.view)
        .expect("a tensor");
    let (input, ones) = (tensor(inputs), tensor(&vec![1.0; inputs.len()]));
    let gradient = tensor(&vec![7.0; inputs.len()]);
    let prepared = gpu.kernels.parameter_gradients(
        &learnable,
        &input.view,
        &ones.view,
        &[(name, &gradient.view)],
    );
    let prepared = prepared.expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    gpu.read(&gradient)
}

/// Bit patterns all over f32, but for subnormal numbers; more of them about as large as hyper-parameters.
fn inputs() -> Vec<f32> {
    let spaced = (0..1 << 16).map(|index: u32| f32::from_bits(index.wrapping_mul(65_521)));
    let moderate = (-8000..8000).map(|index| index as f32 * 0.001_953_7);
    let all = spaced
        .chain(moderate)
        .chain([0.0, -0.0, f32::MAX, f32::MIN]);
    all.filter(|x| x.is_finite() && !x.is_subnormal()).collect()
}

#[test]
fn derivatives_by_hyper_parameters_are_within_4_ulp() {
    let gpu = Subject::of(&gpu());
    let inputs = inputs();
    let mut missed = Vec::new();
    for definition in catalogue() {
        for activation in Activation::variants(definition) {
            let p = activation.values_f64();
            for (index, parameter) in definition.parameters.iter().enumerate() {
                let results = derivatives(&gpu, &activation, index, &inputs);
                let mut worst = (0.0, 0.0, 0.0, 0.0);
                for (&x, &result) in inputs.iter().zip(&results) {
                    let reference = &definition.reference;
                    let exact = reference.parameter_derivative_at(index, x.into(), &p);
                    let exact = exact.expect("known");
                    let terms = reference.parameter_largest_terms.get(index);
                    let term = terms.map_or(0.0, |term| term(x.into(), &p));
                    let error = ulp_error(Dtype::F32, result, exact, term);
                    if error.is_nan() || error > worst.0 {
                        worst = (error, x, result, exact);
                    }
                }
                let (error, x, result, exact) = worst;
                let line = format!(
                    "{} by {} with {p:?}: {error:.2} ULP at {x:e}: {result:e} instead of {exact:e}",
                    definition.name, parameter.name
                );
                println!("{line}");
                if !matches!(error.partial_cmp(&4.0), Some(order) if order.is_le()) {
                    missed.push(line);
                }
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Infinite inputs give the limit; NaN gives NaN.
#[test]
fn special_inputs() {
    let gpu = Subject::of(&gpu());
    let inputs = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    for definition in catalogue() {
        for activation in Activation::variants(definition) {
            let p = activation.values_f64();
            for (index, parameter) in definition.parameters.iter().enumerate() {
                let results = derivatives(&gpu, &activation, index, &inputs);
                for (&x, &result) in inputs.iter().zip(&results) {
                    let reference = &definition.reference;
                    let exact = reference.parameter_derivative_at(index, x.into(), &p);
                    let exact = exact.expect("known");
                    assert!(
                        ulp_error(Dtype::F32, result, exact, 0.0) <= 4.0,
                        "{} by {} with {p:?} at {x}: {result:e} instead of {exact:e}",
                        definition.name,
                        parameter.name
                    );
                }
            }
        }
    }
}
