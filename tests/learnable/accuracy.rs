//! Each derivative by a hyper-parameter at single points: every channel has one element.

use wgpu_activations::activation::{Definition, catalogue};
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{Activation, Dtype, Learnable, Rows};

use super::common::guarded::Guarded;
use super::common::random::Random;
use super::common::run;
use super::common::subject::Subject;
use super::common::xielu::{around_second_zeros, second_zero};

/// The activation of all points, with the hyper-parameters of each in tensors.
fn learnable_at(gpu: &Subject, points: &[(f32, Activation)]) -> Learnable {
    let activation = &points[0].1;
    let channels = Rows::along(&[points.len() as u64], 0).expect("a shape");
    let mut learnable = Learnable::new(activation, &channels);
    for (index, parameter) in activation.parameters().iter().enumerate() {
        let values: Vec<f32> = points.iter().map(|(_, of)| of.values()[index]).collect();
        let values = Guarded::new(&gpu.device, Dtype::F32, &values, 0);
        learnable = learnable
            .with(parameter.name, &values.view)
            .expect("a tensor");
    }
    learnable
}

/// The inputs, and a tensor of as many ones for results.
fn inputs_and_ones(gpu: &Subject, points: &[(f32, Activation)]) -> [Guarded; 2] {
    let inputs: Vec<f32> = points.iter().map(|(x, _)| *x).collect();
    let ones = vec![1.0; points.len()];
    [inputs, ones].map(|values| Guarded::new(&gpu.device, Dtype::F32, &values, 0))
}

/// f at each input with its own hyper-parameters, by the kernels.
fn results(gpu: &Subject, points: &[(f32, Activation)]) -> Vec<f32> {
    let learnable = learnable_at(gpu, points);
    let [input, output] = inputs_and_ones(gpu, points);
    let prepared = (gpu.kernels).forward_learnable(&learnable, &input.view, &output.view);
    let prepared = prepared.expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    gpu.read(&output)
}

/// ∂f/∂parameter at each input with its own hyper-parameters, by the kernels; for each hyper-parameter.
fn derivatives(gpu: &Subject, points: &[(f32, Activation)]) -> Vec<Vec<f32>> {
    let learnable = learnable_at(gpu, points);
    let [input, grad_output] = inputs_and_ones(gpu, points);
    let parameters = points[0].1.parameters().iter();
    let gradients: Vec<_> = parameters
        .map(|parameter| {
            let [_, gradient] = inputs_and_ones(gpu, points);
            (parameter.name, gradient)
        })
        .collect();
    let views: Vec<_> = gradients
        .iter()
        .map(|(name, gradient)| (*name, &gradient.view))
        .collect();
    let prepared =
        gpu.kernels
            .parameter_gradients(&learnable, &input.view, &grad_output.view, &views);
    let prepared = prepared.expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    gradients
        .iter()
        .map(|(_, gradient)| gpu.read(gradient))
        .collect()
}

/// Checks the derivatives at all points; a line for each that is not within 4 ULP.
fn missed(gpu: &Subject, points: &[(f32, Activation)]) -> Vec<String> {
    let activation = &points[0].1;
    let reference = activation.reference().expect("the catalogue has them");
    let mut missed = Vec::new();
    for (index, results) in derivatives(gpu, points).iter().enumerate() {
        let mut worst = (0.0, String::new());
        for ((x, activation), &result) in points.iter().zip(results) {
            let p = activation.values_f64();
            let x = f64::from(*x);
            let exact = reference
                .parameter_derivative_at(index, x, &p)
                .expect("known");
            let terms = reference.parameter_largest_terms.get(index);
            let term = terms.map_or(0.0, |term| term(x, &p));
            let error = ulp_error(Dtype::F32, result, exact, term);
            if error.is_nan() || error > worst.0 {
                let line = format!("at {x:e} with {p:?}: {result:e} instead of {exact:e}");
                worst = (error, line);
            }
        }
        let (error, line) = worst;
        let name = activation.parameters()[index].name;
        let line = format!("{} by {name}: {error:.2} ULP {line}", activation.name());
        println!("{line}");
        if !matches!(error.partial_cmp(&4.0), Some(order) if order.is_le()) {
            missed.push(line);
        }
    }
    missed
}

fn learnable() -> impl Iterator<Item = &'static Definition> {
    catalogue().filter(|definition| !definition.parameters.is_empty())
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
    let gpu = Subject::shared();
    let inputs = inputs();
    let all = learnable()
        .flat_map(Activation::variants)
        .flat_map(|activation| {
            let points: Vec<_> = inputs.iter().map(|&x| (x, activation.clone())).collect();
            missed(gpu, &points)
        });
    let all: Vec<_> = all.collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// A set of hyper-parameters that no rule refuses: ordinary ones, or of any magnitude.
fn accepted(definition: &'static Definition, random: &mut Random) -> Activation {
    loop {
        let is_extreme = random.once_in(2);
        let mut draw = || match (random.below(8), is_extreme) {
            (0, false) => random.sign(),
            (0, true) => 0.0,
            (1, true) => [1e-15, 1e12][random.below(2)] * random.sign(),
            (2, true) => random.sign() * 10.0_f64.powf(random.unit() * 75.0 - 37.0),
            (_, true) => random.sign() * 10.0_f64.powf(random.unit() * 27.0 - 15.0),
            (_, false) => random.sign() * 10.0_f64.powf(random.unit() * 5.0 - 3.0),
        };
        let names = definition.parameters.iter().map(|parameter| parameter.name);
        let set: Vec<_> = names.map(|name| (name, draw())).collect();
        if let Ok(activation) = Activation::from_definition(definition).with_all(&set) {
            return activation;
        }
    }
}

/// Each point has its own: a tensor of hyper-parameters is not near the defaults.
#[test]
fn any_hyper_parameters_that_the_rules_allow() {
    let gpu = Subject::shared();
    let mut random = Random(5);
    let all = learnable().flat_map(|definition| {
        let points = (0..20_000).map(|_| {
            let activation = accepted(definition, &mut random);
            let near = activation.values()[random.below(definition.parameters.len())];
            let x = match random.below(4) {
                0 => f32::from_bits(random.next() as u32),
                1 => near * (random.unit() as f32 * 3.0 - 1.0),
                2 => random.unit() as f32 * 90.0 / near,
                _ => (random.sign() * 10.0_f64.powf(random.unit() * 12.0 - 8.0)) as f32,
            };
            let x = if x.is_finite() && !x.is_subnormal() {
                x
            } else {
                0.0
            };
            (x, activation)
        });
        let points: Vec<_> = points.collect();
        missed(gpu, &points)
    });
    let all: Vec<_> = all.collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Infinite inputs give the limit; NaN gives NaN.
#[test]
fn special_inputs() {
    let gpu = Subject::shared();
    for activation in learnable().flat_map(Activation::variants) {
        let inputs = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
        let missed = missed(gpu, &inputs.map(|x| (x, activation.clone())));
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }
}

/// Nothing is known of its zero beforehand.
#[test]
fn terms_of_xielu_keep_their_last_digits_where_they_cancel() {
    let gpu = Subject::shared();
    let beside = |activation: &Activation| {
        let key = (second_zero(activation) as f32).to_bits();
        (key - 3..=key + 3).map(f32::from_bits).collect::<Vec<_>>()
    };
    let points: Vec<_> = around_second_zeros(0)
        .flat_map(|(activation, _)| {
            beside(&activation)
                .into_iter()
                .map(move |x| (x, activation.clone()))
        })
        .collect();
    let mut worst = 0.0;
    for ((x, activation), result) in points.iter().zip(results(gpu, &points)) {
        let (x, p) = (f64::from(*x), activation.values_f64());
        let reference = activation.reference().expect("the catalogue has them");
        let exact = reference.forward_at(x, &p);
        let error = ulp_error(Dtype::F32, result, exact, (p[2] * x).abs());
        assert!(
            error <= 0.1,
            "at {x:e} with {p:?}: {result:e} instead of {exact:e}, {error} ULP of the line"
        );
        worst = f64::max(worst, error);
    }
    println!("{worst} ULP of the line");
}
