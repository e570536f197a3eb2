//! Activations over the texels of images.

#[path = "../common/mod.rs"]
mod common;
mod picture;
mod refused;

use common::gpu;
use common::random::Random;
use picture::{Texels, descriptor, texels, texture};
use wgpu_activations::verify::{is_correctly_rounded, ulp_error};
use wgpu_activations::{Activation, Channels, Dtype, ImageFormat, ImageView};

/// Of different kinds: smooth, with kinks, with hyper-parameters, not monotonic.
fn curves() -> [Activation; 4] {
    [
        Activation::gelu(),
        Activation::hard_swish(),
        Activation::swish().with("beta", 1.5).expect("a valid beta"),
        Activation::sinusoid(),
    ]
}

fn random_texels(size: (u32, u32), seed: u64) -> Texels {
    let mut random = Random(seed);
    Texels::new(size, || {
        std::array::from_fn(|_| (random.sign() * 6.0 * random.unit()) as f32)
    })
}

/// The level of a texture that holds the texels.
fn image(format: ImageFormat, texels: &Texels) -> ImageView {
    let gpu = gpu();
    ImageView::new(&texture(gpu.device(), gpu.queue(), format, texels))
        .expect("a kind that is known")
}

fn empty(format: ImageFormat, size: (u32, u32)) -> ImageView {
    let texture = gpu().device().create_texture(&descriptor(format, size));
    ImageView::new(&texture).expect("a kind that is known")
}

fn read(image: &ImageView) -> Texels {
    texels(gpu().device(), gpu().queue(), image, 0)
}

fn forward(activation: &Activation, channels: Channels, input: &ImageView, output: &ImageView) {
    let prepared = gpu()
        .kernels()
        .forward_image(activation, channels, input, output)
        .expect("prepared");
    common::run(gpu().device(), gpu().queue(), |encoder| {
        prepared.encode(encoder)
    });
}

fn backward(activation: &Activation, channels: Channels, images: [&ImageView; 3]) {
    let [input, grad_output, grad_input] = images;
    let prepared = gpu()
        .kernels()
        .backward_image(activation, channels, input, grad_output, grad_input)
        .expect("prepared");
    common::run(gpu().device(), gpu().queue(), |encoder| {
        prepared.encode(encoder)
    });
}

/// Holds what stands in a texture to the exact result; `scale` is that of terms that cancel.
fn check(format: ImageFormat, bound: f64, actual: f32, exact: f64, scale: f64) {
    match format {
        ImageFormat::Rgba8Unorm => {
            let steps = (f64::from(actual) - exact.clamp(0.0, 1.0)) * 255.0;
            assert!(steps.abs() <= 0.5 + 1e-3, "{actual} for {exact}");
        }
        ImageFormat::Rgba16Float => {
            let error = ulp_error(Dtype::F16, actual, exact, scale);
            assert!(error <= 1.0, "{actual} for {exact}: {error} ULP of f16");
        }
        _ => {
            let error = ulp_error(Dtype::F32, actual, exact, scale);
            assert!(error <= bound, "{actual} for {exact}: {error} ULP");
        }
    }
}

#[test]
fn forward_gives_the_exact_results_in_every_format() {
    for activation in curves() {
        let (reference, values) = (
            activation.reference().expect("its twin"),
            activation.values_f64(),
        );
        for from in ImageFormat::ALL {
            let texels = random_texels((37, 21), 1);
            let input = image(from, &texels);
            let texels = texels.rounded(from);
            for to in ImageFormat::ALL {
                let output = empty(to, texels.size);
                forward(&activation, Channels::Rgba, &input, &output);
                let (mut correct, mut count) = (0, 0);
                let pairs = texels.channels.iter().zip(read(&output).channels);
                for (x, y) in pairs.flat_map(|(texel, result)| std::iter::zip(*texel, result)) {
                    let exact = reference.forward_at(x.into(), &values);
                    let scale = reference
                        .forward_largest_term
                        .map_or(0.0, |term| term(x.into(), &values));
                    check(to, activation.bound(), y, exact, scale);
                    count += 1;
                    correct += u32::from(is_correctly_rounded(Dtype::F16, y, exact));
                }
                assert_eq!(count, 37 * 21 * 4);
                if to == ImageFormat::Rgba16Float {
                    assert!(correct * 1000 >= count * 999, "{correct} of {count}");
                }
            }
        }
    }
}

#[test]
fn backward_gives_the_exact_results_in_every_format() {
    for activation in curves() {
        let (reference, values) = (
            activation.reference().expect("its twin"),
            activation.values_f64(),
        );
        for format in ImageFormat::ALL {
            let (x, gradient) = (random_texels((19, 33), 2), random_texels((19, 33), 3));
            let (input, grad_output) = (image(format, &x), image(format, &gradient));
            let (x, gradient) = (x.rounded(format), gradient.rounded(format));
            let grad_input = empty(format, x.size);
            backward(
                &activation,
                Channels::Rgba,
                [&input, &grad_output, &grad_input],
            );
            let results = read(&grad_input).channels.into_iter().flatten();
            let given = x
                .channels
                .iter()
                .flatten()
                .zip(gradient.channels.iter().flatten());
            for ((&x, &gradient), result) in given.zip(results) {
                let (x, gradient) = (f64::from(x), f64::from(gradient));
                let scale = reference
                    .derivative_largest_term
                    .map_or(0.0, |term| term(x, &values));
                let exact = reference.derivative_at(x, &values) * gradient;
                // The product is rounded once more.
                let bound = activation.bound() + 1.0;
                check(format, bound, result, exact, (scale * gradient).abs());
            }
        }
    }
}

#[test]
fn alpha_stays_as_it_is_where_colour_alone_is_wanted() {
    let texels = random_texels((16, 17), 4);
    let format = ImageFormat::Rgba32Float;
    let (input, output) = (image(format, &texels), empty(format, texels.size));
    let double = Activation::linear()
        .with("slope", 2.0)
        .expect("a valid slope");
    forward(&double, Channels::Rgb, &input, &output);
    for (texel, result) in texels.channels.iter().zip(read(&output).channels) {
        let [r, g, b, a] = *texel;
        assert_eq!(result, [2.0 * r, 2.0 * g, 2.0 * b, a]);
    }
    let gradient = random_texels((16, 17), 5);
    let grad_output = image(format, &gradient);
    backward(&double, Channels::Rgb, [&input, &grad_output, &output]);
    for (texel, result) in gradient.channels.iter().zip(read(&output).channels) {
        let [r, g, b, a] = *texel;
        assert_eq!(result, [2.0 * r, 2.0 * g, 2.0 * b, a]);
    }
}

#[test]
fn any_size_is_covered_to_the_last_texel() {
    let format = ImageFormat::Rgba32Float;
    for size in [(1, 1), (15, 17), (16, 16), (1, 300), (257, 2)] {
        let texels = random_texels(size, 6);
        let (input, output) = (image(format, &texels), empty(format, size));
        forward(&Activation::relu(), Channels::Rgba, &input, &output);
        let expected = texels
            .channels
            .iter()
            .map(|texel| texel.map(|x| x.max(0.0)));
        assert_eq!(
            read(&output).channels,
            expected.collect::<Vec<_>>(),
            "{size:?}"
        );
    }
}

#[test]
fn what_a_format_does_not_hold_becomes_its_nearest_number() {
    let specials = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 7e4];
    let texels = Texels::new((1, 1), || specials);
    let input = image(ImageFormat::Rgba32Float, &texels);
    let result = |format| {
        let output = empty(format, (1, 1));
        forward(&Activation::identity(), Channels::Rgba, &input, &output);
        read(&output).channels[0]
    };
    let [nan, infinity, negative, large] = result(ImageFormat::Rgba32Float);
    assert!(nan.is_nan());
    assert_eq!([infinity, negative, large], specials[1..]);
    let [nan, rest @ ..] = result(ImageFormat::Rgba16Float);
    assert!(nan.is_nan());
    assert_eq!(rest, [65504.0, -65504.0, 65504.0]);
    assert_eq!(result(ImageFormat::Rgba8Unorm), [0.0, 1.0, 0.0, 1.0]);
}

/// Of a mip chain; every other level stays as it is.
#[test]
fn one_level_is_read_and_written() {
    let gpu = gpu();
    let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
        mip_level_count: 3,
        ..descriptor(ImageFormat::Rgba16Float, (20, 12))
    });
    let view = |level| ImageView::at_level(&texture, level).expect("there is one");
    assert_eq!(view(2).size(), (5, 3));
    let twos = image(ImageFormat::Rgba32Float, &Texels::new((10, 6), || [2.0; 4]));
    let result = empty(ImageFormat::Rgba32Float, (10, 6));
    forward(&Activation::identity(), Channels::Rgba, &twos, &view(1));
    forward(
        &Activation::squared_relu(),
        Channels::Rgba,
        &view(1),
        &result,
    );
    assert_eq!(read(&result).channels, vec![[4.0; 4]; 60]);
    for (level, expected, count) in [(0, 0.0, 240), (1, 2.0, 60), (2, 0.0, 15)] {
        let texels = texels(gpu.device(), gpu.queue(), &view(level), level);
        assert_eq!(texels.channels, vec![[expected; 4]; count], "{level}");
    }
}

/// In one encoder: the renderer draws, the library bends, the renderer's next pass would sample.
#[test]
fn what_a_render_pass_drew_is_bent_before_the_next() {
    let gpu = gpu();
    let format = ImageFormat::Rgba16Float;
    let drawn = gpu.device().create_texture(&wgpu::TextureDescriptor {
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        ..descriptor(format, (33, 9))
    });
    let input = ImageView::new(&drawn).expect("a kind that is known");
    let output = empty(ImageFormat::Rgba8Unorm, (33, 9));
    let prepared = gpu
        .kernels()
        .forward_image(&Activation::softsign(), Channels::Rgb, &input, &output)
        .expect("prepared");
    common::run(gpu.device(), gpu.queue(), |encoder| {
        let clear = wgpu::Color {
            r: 3.0,
            g: 0.25,
            b: -1.0,
            a: 0.2,
        };
        drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &drawn.create_view(&Default::default()),
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(clear),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        }));
        prepared.encode(encoder);
    });
    // x / (1 + |x|), in 255 steps.
    let expected = [191.0, 51.0, 0.0, 51.0].map(|step: f32| step / 255.0);
    assert_eq!(read(&output).channels, vec![expected; 33 * 9]);
}

#[test]
fn hyper_parameters_change_without_compiling() {
    let gpu = common::gpu_of_its_own();
    let (device, queue) = (gpu.device(), gpu.queue());
    let format = ImageFormat::Rgba32Float;
    let ones = Texels::new((3, 3), || [1.0; 4]);
    let input = ImageView::new(&texture(device, queue, format, &ones)).expect("known");
    let output =
        ImageView::new(&device.create_texture(&descriptor(format, (3, 3)))).expect("known");
    let slope = |slope| {
        let linear = Activation::linear();
        linear.with("slope", slope).expect("a valid slope")
    };
    let prepared = gpu
        .kernels()
        .forward_image(&slope(2.0), Channels::Rgba, &input, &output)
        .expect("prepared");
    let compiled = gpu.kernels().pipelines();
    for factor in [3.0, -0.5] {
        prepared
            .set_parameters(queue, &slope(factor))
            .expect("the same activation");
        common::run(device, queue, |encoder| prepared.encode(encoder));
        let results = texels(device, queue, &output, 0).channels;
        assert_eq!(results, vec![[factor as f32; 4]; 9]);
    }
    assert_eq!(gpu.kernels().pipelines(), compiled);
}
