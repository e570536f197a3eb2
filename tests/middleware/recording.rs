//! What recording a prepared operation costs.

use wgpu_activations::{Dtype, Prepared, RowActivation, Rows, TensorView};

use crate::common::{gpu, ramp, upload};
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
    let buffer = || upload(device, &ramp(4099));
    let [x, y, z] = [(); 3].map(|()| view(&buffer()));
    let arena = buffer();
    let part = |start: u64| TensorView::new(&arena, Dtype::F32, 4 * start, 1000).expect("inside");
    let rows = Rows::along(&[1, 4099], -1).expect("it has that axis");
    let softmax = RowActivation::softmax();
    let prepared = [
        ("forward", kernels.forward(&leaky(), &x, &y)),
        ("in place", kernels.forward_in_place(&leaky(), &x)),
        ("backward", kernels.backward(&leaky(), &x, &y, &z)),
        (
            "in an arena",
            kernels.forward(&leaky(), &part(0), &part(1003)),
        ),
        ("over rows", kernels.forward_rows(&softmax, &rows, &x, &y)),
    ];
    let prepared = prepared.map(|(name, prepared)| (name, prepared.expect("prepared")));
    prepared.into()
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
