//! Other views in the place of those that an operation was prepared with.

use proptest::prelude::*;
use wgpu_activations::{
    Activation, BoolView, Channels, ClassIndices, ClassType, CrossEntropy, Dtype, Gate,
    GatedActivation, Halves, ImageFormat, ImageView, KernelError, Kernels, Learnable, Mask,
    Prepared, RandomisedRelu, RowActivation, Rows, Seed, Statistics, TensorView, View,
};

use crate::common::{adapter, download, gpu, gpu_with_limits, ramp, run, upload};
use crate::{leaky, leaky_of, view};

fn record(prepared: &Prepared) {
    run(gpu().device(), gpu().queue(), |encoder| {
        prepared.encode(encoder)
    });
}

fn contents(buffer: &wgpu::Buffer) -> Vec<f32> {
    download(gpu().device(), gpu().queue(), buffer)
}

fn buffer(values: &[f32]) -> wgpu::Buffer {
    upload(gpu().device(), values)
}

fn all_leaky(x: &[f32]) -> Vec<f32> {
    x.iter().copied().map(leaky_of).collect()
}

#[test]
fn both_operations_can_be_recorded() {
    let (x, other_x) = (ramp(1003), ramp(2006)[1003..].to_vec());
    let (input, output) = (buffer(&x), buffer(&vec![0.0; 1003]));
    let (next, other_output) = (buffer(&other_x), buffer(&vec![0.0; 1003]));
    // Of its own: what other tests compile meanwhile is not counted.
    let kernels = Kernels::new(gpu().device());
    let first = kernels
        .forward(&leaky(), &view(&input), &view(&output))
        .expect("prepared");
    let compiled = kernels.pipelines();
    let second = first
        .rebind(&[
            (&view(&input), &view(&next)),
            (&view(&output), &view(&other_output)),
        ])
        .expect("of the same shape");
    record(&second);
    assert_eq!(contents(&output), vec![0.0; 1003]);
    record(&first);
    assert_eq!(contents(&output), all_leaky(&x));
    assert_eq!(contents(&other_output), all_leaky(&other_x));
    assert_eq!(kernels.pipelines(), compiled);
}

#[test]
fn hyper_parameters_and_the_seed_stay_common() {
    let (x, y) = (buffer(&[-4.0; 64]), buffer(&[-4.0; 64]));
    let kernels = gpu().kernels();
    let first = kernels
        .forward_in_place(&leaky(), &view(&x))
        .expect("prepared");
    let second = first
        .rebind(&[(&view(&x), &view(&y))])
        .expect("of the same shape");
    let half = leaky().with("negative_slope", 0.5).expect("a valid slope");
    first
        .set_parameters(gpu().queue(), &half)
        .expect("the same activation");
    record(&second);
    assert_eq!(contents(&y), vec![-2.0; 64]);

    let rrelu = RandomisedRelu::default();
    let draw = |seed| {
        let (x, y) = (buffer(&[-1.0; 64]), buffer(&[0.0; 64]));
        let prepared = kernels.forward_randomised(&rrelu, Seed::new(seed), &view(&x), &view(&y));
        record(&prepared.expect("prepared"));
        contents(&y)
    };
    let (x, y, z) = (buffer(&[-1.0; 64]), buffer(&[0.0; 64]), buffer(&[0.0; 64]));
    let first = kernels.forward_randomised(&rrelu, Seed::new(1), &view(&x), &view(&y));
    let first = first.expect("prepared");
    let second = first
        .rebind(&[(&view(&y), &view(&z))])
        .expect("of the same shape");
    second
        .set_seed(gpu().queue(), Seed::new(2))
        .expect("it has one");
    record(&first);
    assert_eq!(contents(&y), draw(2));
    assert_ne!(draw(1), draw(2));
}

/// Ranges of one arena, which move through it.
#[test]
fn ranges_of_an_arena_move() {
    let alignment = u64::from(gpu().device().limits().min_storage_buffer_offset_alignment);
    let values = ramp(6000);
    let arena = buffer(&values);
    let part = |byte| TensorView::new(&arena, Dtype::F32, byte, 777).expect("inside");
    let (input, output) = (part(4), part(8000));
    let (next_input, next_output) = (part(4 + 16 * alignment), part(8000 + 32 * alignment));
    let first = gpu()
        .kernels()
        .forward(&leaky(), &input, &output)
        .expect("prepared");
    let pairs = [(&input, &next_input), (&output, &next_output)];
    let pairs = pairs.map(|(old, new)| (old as _, new as _));
    record(&first.rebind(&pairs).expect("aligned alike"));
    let mut expected = values.clone();
    let range = |view: &TensorView| {
        let start = (view.byte_offset() / 4) as usize;
        start..start + 777
    };
    expected[range(&next_output)].copy_from_slice(&all_leaky(&values[range(&next_input)]));
    assert_eq!(contents(&arena), expected);
}

/// Tensors and the bools of a mask.
#[test]
fn views_of_every_kind_change_places() {
    let kernels = gpu().kernels();
    let (x, other) = (buffer(&ramp(64)), buffer(&ramp(128)[64..]));
    let (y, z) = (buffer(&[0.0; 64]), buffer(&[0.0; 64]));
    let keep = |first: u32| {
        let bytes = u32::from_le_bytes([1, 1, 0, 1]);
        buffer(&[first, bytes].map(f32::from_bits))
    };
    let (all, some) = (keep(0x0101_0101), keep(0x0001_0101));
    let bools = |buffer: &wgpu::Buffer| BoolView::new(buffer, 0, 8).expect("inside");
    let softmax = RowActivation::softmax();
    let mask = |buffer| Mask::boolean(&[8, 8], -1, &[1, 8], &bools(buffer)).expect("it broadcasts");
    let masked = |mask: &Mask, input: &wgpu::Buffer, output: &wgpu::Buffer| {
        let prepared = kernels.forward_rows_masked(&softmax, mask, &view(input), &view(output));
        prepared.expect("prepared")
    };
    let first = masked(&mask(&all), &x, &y);
    let second = first
        .rebind(&[
            (&view(&x), &view(&other)),
            (&view(&y), &view(&z)),
            (&bools(&all), &bools(&some)),
        ])
        .expect("of the same shape");
    record(&second);
    let expected = buffer(&[0.0; 64]);
    record(&masked(&mask(&some), &other, &expected));
    assert_eq!(contents(&z), contents(&expected));
    assert_ne!(contents(&z)[3], contents(&z)[2]);
    assert_eq!(contents(&z)[3], 0.0);
    assert_eq!(contents(&y), vec![0.0; 64]);
}

pub(crate) fn described(format: ImageFormat) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d {
            width: 4,
            height: 4,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: format.texture_format(),
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::STORAGE_BINDING,
        view_formats: &[],
    }
}

#[test]
fn images_change_places() {
    let texture = |format| gpu().device().create_texture(&described(format));
    let image = |format| ImageView::new(&texture(format)).expect("a kind that is known");
    let [a, b, c] = [(); 3].map(|()| image(ImageFormat::Rgba16Float));
    let prepared = gpu()
        .kernels()
        .forward_image(&Activation::relu(), Channels::Rgb, &a, &b)
        .expect("prepared");
    record(&prepared.rebind(&[(&b, &c)]).expect("alike"));
    let refused = prepared.rebind(&[(&b, &a)]);
    assert!(
        matches!(refused, Err(KernelError::SameImage { .. })),
        "{refused:?}"
    );
    let larger = gpu().device().create_texture(&wgpu::TextureDescriptor {
        size: wgpu::Extent3d {
            width: 5,
            height: 4,
            depth_or_array_layers: 1,
        },
        ..described(ImageFormat::Rgba16Float)
    });
    let larger = ImageView::new(&larger).expect("a kind that is known");
    let refused = prepared.rebind(&[(&a, &larger)]);
    let message = refused.expect_err("another size").to_string();
    assert!(message.starts_with("an image of 5 x 4 texels"), "{message}");
    let unwritable = gpu().device().create_texture(&wgpu::TextureDescriptor {
        usage: wgpu::TextureUsages::TEXTURE_BINDING,
        ..described(ImageFormat::Rgba16Float)
    });
    let unwritable = ImageView::new(&unwritable).expect("a kind that is known");
    let refused = prepared.rebind(&[(&b, &unwritable)]);
    assert!(
        matches!(refused, Err(KernelError::ImageUsage { .. })),
        "{refused:?}"
    );
    let refused = prepared.rebind(&[(&b, &image(ImageFormat::Rgba32Float))]);
    let message = refused.expect_err("another format").to_string();
    let expected = "an image of 4 x 4 texels of rgba32float cannot take the place of an image of 4 x 4 texels \
                    of rgba16float; prepare another operation";
    assert_eq!(message, expected);
}

#[test]
fn what_does_not_fit_is_refused() {
    let gpu = gpu();
    let arena = buffer(&ramp(4096));
    let part = |byte, len| TensorView::new(&arena, Dtype::F32, byte, len).expect("inside");
    let (input, output) = (part(0, 256), part(4096, 256));
    let prepared = gpu
        .kernels()
        .forward(&leaky(), &input, &output)
        .expect("prepared");
    let alone = buffer(&ramp(256));
    let halves = TensorView::new(&alone, Dtype::F16, 0, 256).expect("inside");
    let message = |old: &TensorView, new: &TensorView| {
        prepared
            .rebind(&[(old, new)])
            .expect_err("it does not fit")
            .to_string()
    };
    assert_eq!(
        message(&input, &halves),
        "256 elements of f16 cannot take the place of 256 elements of f32; prepare another operation"
    );
    assert_eq!(
        message(&input, &part(0, 255)),
        "255 elements of f32 cannot take the place of 256 elements of f32; prepare another operation"
    );
    let shifted = message(&input, &part(4, 256));
    assert!(
        shifted.starts_with("a view from byte 4 cannot take the place of one from byte 0"),
        "{shifted}"
    );
    let overlap = message(&input, &part(4096 + 512, 256));
    assert!(
        overlap.contains("(bytes 4608..5632)") && overlap.contains("(bytes 4096..5120)"),
        "{overlap}"
    );
    let unknown = message(&view(&alone), &part(8192, 256));
    assert!(
        unknown.contains("leaky_relu was not prepared with the view"),
        "{unknown}"
    );

    // Prepared on buffers of their own, of which one would then be read and written.
    let (read, written) = (buffer(&ramp(256)), buffer(&ramp(1024)));
    let written_part = |byte| TensorView::new(&written, Dtype::F32, byte, 256).expect("inside");
    let prepared = gpu
        .kernels()
        .forward(&leaky(), &view(&read), &written_part(0));
    let refused = prepared
        .expect("prepared")
        .rebind(&[(&view(&read), &written_part(2048))]);
    assert_eq!(
        refused.expect_err("it shares"),
        KernelError::ReplacementShares
    );
}

#[test]
fn a_replacement_is_whole_and_not_contradicted() {
    let arena = buffer(&ramp(4096));
    let part = |byte, len| TensorView::new(&arena, Dtype::F32, byte, len).expect("inside");
    let (input, output) = (part(0, 256), part(4096, 256));
    let prepared = gpu()
        .kernels()
        .forward(&leaky(), &input, &output)
        .expect("prepared");
    let refused = prepared.rebind(&[(&input, &part(8192, 256)), (&input, &part(12_288, 256))]);
    assert_eq!(
        refused.expect_err("which of them"),
        KernelError::ReplacedTwice
    );
    // All of the input, but a part of the output.
    let refused = prepared.rebind(&[(&part(0, 1100), &part(8192, 1100))]);
    assert!(
        matches!(refused, Err(KernelError::NotBound { .. })),
        "{refused:?}"
    );
}

/// The whole arena moves but for the output, which lies in it and has a place of its own.
#[test]
fn of_views_in_one_another_the_narrowest_counts() {
    let values = ramp(2048);
    let (arena, next, apart) = (buffer(&values), buffer(&values), buffer(&values));
    let part = |buffer, byte, len| TensorView::new(buffer, Dtype::F32, byte, len).expect("inside");
    let (input, output) = (part(&arena, 0, 256), part(&arena, 4096, 256));
    let prepared = gpu()
        .kernels()
        .forward(&leaky(), &input, &output)
        .expect("prepared");
    let rebound = prepared
        .rebind(&[
            (&part(&arena, 0, 2048), &part(&next, 0, 2048)),
            (&output, &part(&apart, 0, 256)),
        ])
        .expect("of the same shape");
    record(&rebound);
    assert_eq!(contents(&arena), values);
    assert_eq!(contents(&next), values);
    assert_eq!(contents(&apart)[..256], all_leaky(&values[..256]));
    assert_eq!(contents(&apart)[256..], values[256..]);
}

/// Two views that are only read may come to lie on one another, as they may when an operation is prepared.
#[test]
fn inputs_in_the_buffer_of_the_output_may_meet() {
    let values = ramp(4096);
    let arena = buffer(&values);
    let part = |byte| TensorView::new(&arena, Dtype::F32, byte, 256).expect("inside");
    let (input, grad_output, grad_input) = (part(0), part(4096), part(8192));
    let prepared = gpu()
        .kernels()
        .backward(&leaky(), &input, &grad_output, &grad_input)
        .expect("prepared");
    let rebound = prepared
        .rebind(&[(&grad_output, &input)])
        .expect("nothing is written there");
    record(&rebound);
    assert_eq!(contents(&arena)[2048..2304], all_leaky(&values[..256]));
}

/// Operations of each family on four views of 4096 elements, the last of which is written.
pub(crate) fn families() -> Vec<(&'static str, Prepare)> {
    vec![
        ("elementwise", |kernels, [x, grad, _, y]| {
            kernels.backward_accumulate(&leaky(), x, grad, y)
        }),
        ("rows", |kernels, [x, _, _, y]| {
            let rows = Rows::along(&[64, 64], 0).expect("it has that axis");
            kernels.forward_rows(&RowActivation::softmax(), &rows, x, y)
        }),
        ("long rows", |kernels, [x, _, _, y]| {
            let rows = Rows::along(&[2, 2048], -1).expect("it has that axis");
            kernels.forward_rows(&RowActivation::log_softmax(), &rows, x, y)
        }),
        ("gated views", |kernels, [a, b, _, y]| {
            kernels.forward_gated(&GatedActivation::swiglu(), a, b, y)
        }),
        ("gated halves", |kernels, [x, grad, _, y]| {
            let halves = Halves::along(&[2, 2048], -1, Gate::First).expect("it has that axis");
            let grad = grad.slice(0..2048)?;
            kernels.backward_gated_halves(&GatedActivation::geglu(), &halves, x, &grad, y)
        }),
        ("learnable", |kernels, [x, grad, slopes, y]| {
            let channels = Rows::along(&[4, 32, 32], 1).expect("it has that axis");
            let slopes = slopes.slice(0..32)?;
            let prelu = Learnable::new(&Activation::prelu(), &channels);
            let prelu = prelu.with("negative_slope", &slopes)?;
            kernels.backward_learnable(&prelu, x, grad, y, &[])
        }),
        ("statistics", |kernels, [x, _, _, y]| {
            let channels = Rows::along(&[4, 16, 64], 1).expect("it has that axis");
            let records = y.slice(0..16 * Statistics::WORDS as u64)?;
            let threshold = Statistics::THRESHOLD;
            kernels.statistics(&leaky(), threshold, &channels, x, &records)
        }),
    ]
}

pub(crate) type Prepare = fn(&Kernels, &[TensorView; 4]) -> Result<Prepared, KernelError>;

/// On a device that binds 4 KiB at once, so that tensors go in several dispatches.
#[test]
fn operations_of_every_family_in_many_dispatches_move() {
    let (device, queue) = gpu_with_limits(|limits| limits.max_storage_buffer_binding_size = 4096);
    let kernels = Kernels::new(&device);
    let tensors = |shift: usize| {
        let values = ramp(4096 * 4 + shift).split_off(shift);
        let buffers = values.chunks_exact(4096).map(|part| upload(&device, part));
        let views: Vec<_> = buffers.map(|buffer| view(&buffer)).collect();
        <[TensorView; 4]>::try_from(views).expect("four")
    };
    let bits = |view: &TensorView| {
        let values = download(&device, &queue, view.buffer());
        values.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    for (name, prepare) in families() {
        let (old, new, anew) = (tensors(0), tensors(77), tensors(77));
        let before = bits(&old[3]);
        let prepared = prepare(&kernels, &old).expect(name);
        // Those that the operation does not take cannot be replaced.
        let pairs = std::iter::zip(&old, &new).map(|(old, new)| (old as _, new as _));
        let pairs: Vec<(&dyn View, &dyn View)> = pairs
            .filter(|pair| prepared.rebind(&[*pair]).is_ok())
            .collect();
        let rebound = prepared.rebind(&pairs).expect(name);
        let expected = prepare(&kernels, &anew).expect(name);
        run(&device, &queue, |encoder| {
            rebound.encode(encoder);
            expected.encode(encoder);
        });
        assert_eq!(bits(&new[3]), bits(&anew[3]), "{name}");
        assert_ne!(bits(&new[3]), bits(&tensors(77)[3]), "{name} wrote nothing");
        assert_eq!(bits(&old[3]), before, "{name}");
    }
}

/// Class indices, beside logits, the loss and what is saved of it.
#[test]
fn a_loss_takes_other_classes() {
    let kernels = gpu().kernels();
    let rows = Rows::along(&[4, 16], -1).expect("it has that axis");
    let loss_of = CrossEntropy::default();
    let logits = buffer(&ramp(64));
    let classes = |classes: [u32; 4]| {
        let buffer = buffer(&classes.map(f32::from_bits));
        ClassIndices::new(&buffer, ClassType::U32, 0, 4).expect("inside")
    };
    let (first, second) = (classes([0, 1, 2, 3]), classes([9, 8, 7, 15]));
    let saved_len = CrossEntropy::saved_len(4) as usize;
    let results = || [buffer(&[0.0]), buffer(&vec![0.0; saved_len])];
    let prepare = |classes: &ClassIndices, [loss, saved]: &[wgpu::Buffer; 2]| {
        let (loss, saved) = (view(loss), view(saved));
        kernels
            .forward_cross_entropy(&loss_of, &rows, &view(&logits), classes, &loss, &saved)
            .expect("prepared")
    };
    let [old, new, expected] = [(); 3].map(|()| results());
    let rebound = prepare(&first, &old)
        .rebind(&[
            (&first, &second),
            (&view(&old[0]), &view(&new[0])),
            (&view(&old[1]), &view(&new[1])),
        ])
        .expect("of the same shape");
    record(&rebound);
    record(&prepare(&second, &expected));
    assert_eq!(contents(&new[0]), contents(&expected[0]));
    assert!(contents(&new[0])[0] > 0.0);
    assert_eq!(contents(&old[0]), [0.0]);
}

#[test]
fn buffers_of_another_device_are_refused() {
    let adapter = adapter();
    let [device, other] = [(); 2].map(|()| {
        let opened = pollster::block_on(adapter.request_device(&Default::default()));
        opened.expect("a plain device").0
    });
    let own = view(&upload(&device, &ramp(64)));
    let foreign = view(&upload(&other, &ramp(64)));
    let kernels = Kernels::new(&device);
    let prepared = kernels.forward_in_place(&leaky(), &own).expect("prepared");
    let refused = prepared.rebind(&[(&own, &foreign)]);
    assert!(
        matches!(refused, Err(KernelError::Refused { .. })),
        "{refused:?}"
    );
}

#[test]
fn an_empty_view_takes_the_place_of_one() {
    let (x, y) = (buffer(&[1.0]), buffer(&[1.0]));
    let empty = |buffer| TensorView::new(buffer, Dtype::F32, 0, 0).expect("inside");
    let prepared = gpu()
        .kernels()
        .forward_in_place(&leaky(), &empty(&x))
        .expect("prepared");
    record(
        &prepared
            .rebind(&[(&empty(&x), &empty(&y))])
            .expect("nothing to do"),
    );
    assert_eq!(contents(&y), [1.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Rebound or prepared anew, the same comes out, for any dtype, length and offset.
    #[test]
    fn rebinding_is_preparing_anew(
        dtype in prop::sample::select(Dtype::ALL.to_vec()),
        len in 1_u64..3000,
        first in 0_u64..70,
        steps in 0_u64..4,
    ) {
        let alignment = u64::from(gpu().device().limits().min_storage_buffer_offset_alignment);
        let values = ramp(8000);
        let (source, target) = (buffer(&values), buffer(&vec![1.0; 8000]));
        let offset = first * dtype.size();
        let at = |buffer, byte| TensorView::new(buffer, dtype, byte, len).expect("inside");
        let moved = offset + steps * alignment;
        let output = buffer(&vec![1.0; 8000]);
        let prepared = gpu().kernels().forward(&leaky(), &at(&source, offset), &at(&output, offset));
        let rebound = prepared.expect("prepared").rebind(&[
            (&at(&source, offset), &at(&source, moved)),
            (&at(&output, offset), &at(&target, moved)),
        ]);
        record(&rebound.expect("aligned alike"));
        let anew = gpu().kernels().forward(&leaky(), &at(&source, moved), &at(&output, moved));
        record(&anew.expect("prepared"));
        let bits = |buffer| contents(buffer).into_iter().map(f32::to_bits).collect::<Vec<_>>();
        prop_assert_eq!(bits(&target), bits(&output));
    }
}
