//! What is refused, and tensors without elements.

use wgpu_activations::{
    Activation, CustomActivation, KernelError, Learnable, Parameter, Rows, TensorView,
};

use super::common::subject::Subject;
use super::common::{download, run, upload};

fn views(gpu: &Subject, lens: &[u64]) -> Vec<TensorView> {
    let buffer = |len: &u64| upload(&gpu.device, &vec![0.5; *len as usize]);
    let views = lens.iter().map(|len| TensorView::f32(&buffer(len)));
    views.collect::<Result<_, _>>().expect("views")
}

fn message<T>(result: Result<T, KernelError>) -> String {
    result.err().expect("refused").to_string()
}

#[test]
fn errors_name_what_is_wrong_and_what_to_do() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[2, 3, 4], 1).expect("a shape");
    let [slopes, one, four, input, output, other] = &views(gpu, &[3, 1, 4, 24, 24, 23])[..] else {
        unreachable!()
    };
    let plain = Learnable::new(&Activation::prelu(), &channels);
    let prelu = plain
        .clone()
        .with("negative_slope", slopes)
        .expect("a tensor");
    for (message, parts) in [
        (
            message(plain.clone().with("slope", slopes)),
            &["prelu has no parameter \"slope\"", "negative_slope"][..],
        ),
        (
            message(plain.clone().with("negative_slope", four)),
            &["negative_slope has 4 values", "1, or 3"],
        ),
        (
            message(prelu.clone().with("negative_slope", one)),
            &["negative_slope is given twice"],
        ),
        (
            message(gpu.kernels.forward_learnable(&prelu, input, other)),
            &["input has 24 elements, output has 23"],
        ),
        (
            message(gpu.kernels.forward_learnable(&prelu, other, other)),
            &[
                "input has 23 elements",
                "2 times 3 channels of 4 elements are 24",
            ],
        ),
        (
            message(gpu.kernels.forward_learnable(&prelu, input, input)),
            &["input", "output", "overlap"],
        ),
        (
            message(gpu.kernels.parameter_gradients(
                &prelu,
                input,
                output,
                &[("negative_slope", slopes)],
            )),
            &["negative_slope", "the gradient of a parameter", "overlap"],
        ),
        (
            message(gpu.kernels.parameter_gradients(
                &prelu,
                input,
                output,
                &[("negative_slope", one)],
            )),
            &["negative_slope has 3 elements, its gradient has 1"],
        ),
        (
            message(gpu.kernels.parameter_gradients(
                &plain,
                input,
                output,
                &[("negative_slope", one)],
            )),
            &["negative_slope is a constant here", "Learnable::with"],
        ),
    ] {
        for part in parts {
            assert!(message.contains(part), "{part:?} in {message:?}");
        }
    }
    let gradients = views(gpu, &[3, 3]);
    let twice = [
        ("negative_slope", &gradients[0]),
        ("negative_slope", &gradients[1]),
    ];
    let refused = message(
        gpu.kernels
            .parameter_gradients(&prelu, input, output, &twice),
    );
    assert!(refused.contains("given twice"), "{refused}");
}

/// A user's own activation says how it changes with a hyper-parameter, or has no gradient by it.
#[test]
fn an_activation_of_ones_own() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[2, 3], 1).expect("a shape");
    let functions = "fn forward(x: f32, p: Parameters) -> f32 { return p.scale * x * x; }
        fn derivative(x: f32, p: Parameters) -> f32 { return 2.0 * p.scale * x; }";
    let square = |wgsl: &str| {
        let custom = CustomActivation::new("square", wgsl).expect("a name");
        let custom = custom
            .with_parameter(Parameter::new("scale", 1.0))
            .expect("a parameter");
        Activation::custom(custom)
    };
    let view = |buffer: &wgpu::Buffer| TensorView::f32(buffer).expect("a view");
    let scales = upload(&gpu.device, &[1.0, 2.0, -3.0]);
    let input = upload(&gpu.device, &[1.0, 2.0, 3.0, -1.0, -2.0, 0.5]);
    let [grad, output, gradient] = [6, 6, 3].map(|len| upload(&gpu.device, &vec![1.0; len]));
    let learnable = |wgsl: &str| {
        let learnable = Learnable::new(&square(wgsl), &channels);
        learnable.with("scale", &view(&scales)).expect("a tensor")
    };
    let gradients = view(&gradient);
    let gradients = [("scale", &gradients)];
    let refused = message(gpu.kernels.parameter_gradients(
        &learnable(functions),
        &view(&input),
        &view(&grad),
        &gradients,
    ));
    assert!(
        refused.contains("square has no function derivative_by_scale"),
        "{refused}"
    );
    let whole = format!(
        "{functions} fn derivative_by_scale(x: f32, p: Parameters) -> f32 {{ return x * x; }}"
    );
    let learnable = learnable(&whole);
    let forward = gpu
        .kernels
        .forward_learnable(&learnable, &view(&input), &view(&output));
    let backward =
        gpu.kernels
            .parameter_gradients(&learnable, &view(&input), &view(&grad), &gradients);
    run(&gpu.device, &gpu.queue, |encoder| {
        forward.expect("prepared").encode(encoder);
        backward.expect("prepared").encode(encoder);
    });
    let results = download(&gpu.device, &gpu.queue, &output);
    assert_eq!(results, [1.0, 8.0, -27.0, 1.0, 8.0, -0.75]);
    assert_eq!(
        download(&gpu.device, &gpu.queue, &gradient),
        [2.0, 8.0, 9.25]
    );
}

#[test]
fn without_elements_the_gradients_are_zero() {
    let gpu = Subject::shared();
    for (shape, slopes) in [(&[0_u64, 3, 4][..], 3), (&[0, 3, 4], 1), (&[2, 0, 4], 1)] {
        let channels = Rows::along(shape, 1).expect("a shape");
        let [empty, values, gradient] = &views(gpu, &[1, slopes, slopes])[..] else {
            unreachable!()
        };
        let empty = empty.slice(0..0).expect("nothing");
        let learnable = Learnable::new(&Activation::prelu(), &channels);
        let learnable = learnable.with("negative_slope", values).expect("a tensor");
        let prepared = gpu.kernels.parameter_gradients(
            &learnable,
            &empty,
            &empty,
            &[("negative_slope", gradient)],
        );
        let prepared = prepared.expect("prepared");
        run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
        let found = download(&gpu.device, &gpu.queue, gradient.buffer());
        assert_eq!(found, vec![0.0; slopes as usize], "{shape:?}");
    }
}

/// The value of a constant can be changed beside tensors.
#[test]
fn constants_beside_tensors_can_be_changed() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[3, 2], 1).expect("a shape");
    let activation = Activation::star_relu().with("bias", 1.0).expect("a value");
    let view = |buffer: &wgpu::Buffer| TensorView::f32(buffer).expect("a view");
    let scales = upload(&gpu.device, &[2.0, 3.0]);
    let input = upload(&gpu.device, &[1.0; 6]);
    let output = upload(&gpu.device, &[0.0; 6]);
    let learnable = Learnable::new(&activation, &channels);
    let learnable = learnable.with("scale", &view(&scales)).expect("a tensor");
    let prepared = gpu
        .kernels
        .forward_learnable(&learnable, &view(&input), &view(&output));
    let prepared = prepared.expect("prepared");
    for bias in [1.0, -2.0] {
        let changed = activation
            .clone()
            .with("bias", bias.into())
            .expect("a value");
        prepared
            .set_parameters(&gpu.queue, &changed)
            .expect("the same activation");
        run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
        let found = download(&gpu.device, &gpu.queue, &output);
        assert_eq!(found, [2.0 + bias, 3.0 + bias].repeat(3));
    }
}
