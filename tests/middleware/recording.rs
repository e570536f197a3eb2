//! What recording a prepared operation costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wgpu_activations::{
    Channels, ClassIndices, ClassType, CrossEntropy, Dtype, ImageFormat, ImageView, Prepared,
    RandomisedRelu, Rows, Seed, TensorView,
};

use crate::common::{gpu, gpu_of_its_own, ramp, upload};
use crate::rebind::{described, families};
use crate::{leaky, view};

/// So many recordings make wgpu's own list of a pass's commands grow at most so often as it doubles.
const RECORDINGS: usize = 10_000;

/// What is allocated while a pass that is open takes recordings.
fn allocations(recordings: usize, mut record: impl FnMut(&mut wgpu::ComputePass<'_>)) -> u64 {
    let mut encoder = gpu().device().create_command_encoder(&Default::default());
    let mut pass = encoder.begin_compute_pass(&Default::default());
    let counted = allocation_counter::measure(|| {
        for _ in 0..recordings {
            record(&mut pass);
        }
    });
    counted.count_total
}

fn operations() -> Vec<(&'static str, Prepared)> {
    let (device, kernels) = (gpu().device(), gpu().kernels());
    let buffer = || upload(device, &ramp(4096));
    let views = [(); 4].map(|()| view(&buffer()));
    let [x, y, _, _] = &views;
    let arena = buffer();
    let part = |start: u64| TensorView::new(&arena, Dtype::F32, 4 * start, 1003).expect("inside");
    let odd = kernels.forward(&leaky(), &part(0), &part(1100));
    let rebound = kernels.forward_in_place(&leaky(), x);
    let rebound = rebound.and_then(|prepared| prepared.rebind(&[(x, y)]));
    let image = || {
        let texture = device.create_texture(&described(ImageFormat::Rgba8Unorm));
        ImageView::new(&texture).expect("a kind that is known")
    };
    let classes = ClassIndices::new(&upload(device, &[0.0; 64]), ClassType::U32, 0, 64);
    let rows = Rows::along(&[64, 64], -1).expect("it has that axis");
    let saved = upload(device, &vec![0.0; CrossEntropy::saved_len(64) as usize]);
    let loss = kernels.forward_cross_entropy(
        &CrossEntropy::default(),
        &rows,
        x,
        &classes.expect("inside"),
        &view(&upload(device, &[0.0])),
        &view(&saved),
    );
    let rrelu = RandomisedRelu::default();
    let others = [
        ("in place", kernels.forward_in_place(&leaky(), x)),
        ("in an arena, in two dispatches", odd),
        ("rebound", rebound),
        (
            "randomised",
            kernels.forward_randomised(&rrelu, Seed::new(1), x, y),
        ),
        ("a loss", loss),
        (
            "of images",
            kernels.forward_image(&leaky(), Channels::Rgb, &image(), &image()),
        ),
    ];
    let others = others.into_iter();
    let families = families().into_iter();
    others
        .chain(families.map(|(name, prepare)| (name, prepare(kernels, &views))))
        .map(|(name, prepared)| (name, prepared.expect(name)))
        .collect()
}

/// wgpu keeps a pass's commands in a list, which doubles when it is full: that is all there is.
#[test]
fn it_allocates_nothing() {
    for (name, prepared) in operations() {
        let few = allocations(RECORDINGS, |pass| prepared.dispatch(pass));
        let doublings = u64::from(usize::BITS);
        assert!(
            few < doublings,
            "{name}: {few} allocations in {RECORDINGS} recordings"
        );
        // Beyond what makes the list grow, twice as many recordings add one doubling.
        let more = allocations(2 * RECORDINGS, |pass| prepared.dispatch(pass));
        assert!(more <= few + 1, "{name}: {few}, then {more} allocations");
    }
}

/// That the test above could fail.
#[test]
fn what_allocates_is_counted() {
    let counted = allocations(RECORDINGS, |_| drop(std::hint::black_box(vec![0_u8; 16])));
    assert_eq!(counted, RECORDINGS as u64);
}

/// In a pass of its own, no more than opening that pass and recording into it.
#[test]
fn encoding_allocates_nothing_beside_its_pass() {
    for (name, prepared) in operations() {
        let count = |encode: &dyn Fn(&mut wgpu::CommandEncoder)| {
            let mut encoder = gpu().device().create_command_encoder(&Default::default());
            let counted = allocation_counter::measure(|| encode(&mut encoder));
            (counted.count_total, counted.bytes_total)
        };
        let by_hand = count(&|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("activation"),
                timestamp_writes: None,
            });
            prepared.dispatch(&mut pass);
        });
        let encoded = count(&|encoder| prepared.encode(encoder));
        assert_eq!(encoded.0, by_hand.0, "{name}");
        // The label's length.
        assert!(
            encoded.1.abs_diff(by_hand.1) < 64,
            "{name}: {encoded:?}, {by_hand:?}"
        );
    }
}

/// Only the caller's own submission and poll let work that is under way come to its end.
#[test]
fn it_submits_nothing_and_polls_nothing() {
    let gpu = gpu_of_its_own();
    let (device, queue, kernels) = (gpu.device(), gpu.queue(), gpu.kernels());
    let [x, y] = [(); 2].map(|()| view(&upload(device, &ramp(4099))));
    queue.submit([]);
    let is_done = Arc::new(AtomicBool::new(false));
    let notice = is_done.clone();
    queue.on_submitted_work_done(move || notice.store(true, Ordering::SeqCst));

    let prepared = kernels.forward_in_place(&leaky(), &x).expect("prepared");
    let rebound = prepared.rebind(&[(&x, &y)]).expect("of the same shape");
    let mut encoder = device.create_command_encoder(&Default::default());
    prepared.encode(&mut encoder);
    rebound.encode(&mut encoder);
    let mut pass = encoder.begin_compute_pass(&Default::default());
    prepared.dispatch(&mut pass);
    drop(pass);
    let commands = encoder.finish();
    assert!(!is_done.load(Ordering::SeqCst), "somebody polled");
    queue.submit([commands]);
    device
        .poll(wgpu::PollType::wait_indefinitely())
        .expect("the device finishes");
    assert!(is_done.load(Ordering::SeqCst), "the poll told nothing");
}
