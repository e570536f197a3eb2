//! Several devices share a job: here two or three of one adapter.

mod common;

use std::io::{self, Write};

use common::{gpu_of_its_own, ramp};
use wgpu_activations::{
    Activation, Dtype, HostMask, Input, Job, Kernels, Offload, OffloadError, Output, RowActivation,
    Rows,
};

/// More than every device has on its way at a time, and a last chunk that fills no vector.
const ELEMENTS: usize = (30 << 20) + 3;

/// So many devices together, and the kernels of each.
fn team(members: usize) -> (Offload, Vec<Kernels>) {
    let members: Vec<_> = (0..members).map(|_| gpu_of_its_own()).collect();
    let kernels = members.iter().map(|gpu| gpu.kernels().clone()).collect();
    let mut members = members.into_iter();
    let first = members.next().expect("a first one");
    (first.with_others(members), kernels)
}

fn leaky() -> Activation {
    let leaky = Activation::leaky_relu();
    leaky.with("negative_slope", 0.25).expect("a valid slope")
}

fn expected(x: f32) -> f32 {
    if x > 0.0 { x } else { 0.25 * x }
}

/// Keeps what it is given, as a stream that cannot go back.
struct Stream(Vec<u8>);

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_device_takes_part_and_results_come_in_order() {
    let (gpu, kernels) = team(3);
    let x = ramp(ELEMENTS);
    let activation = leaky();
    let y = gpu.forward(&activation, &x).expect("forward");
    assert!(y.iter().zip(&x).all(|(&y, &x)| y == expected(x)));
    assert!(kernels.iter().all(|kernels| kernels.pipelines() > 0));

    let mut stream = Stream(Vec::new());
    let mut last = 0;
    let mut progress = |progress: wgpu_activations::Progress| {
        assert!(progress.done > last && progress.done <= progress.total);
        last = progress.done;
        std::ops::ControlFlow::Continue(())
    };
    let output = Output::writer(Dtype::F32, &mut stream);
    let job = Job::forward(&activation, Input::slice(&x), output, ELEMENTS as u64);
    gpu.run(job.progress(&mut progress)).expect("forward");
    assert_eq!(last, ELEMENTS as u64);
    assert!(stream.0 == bytemuck::cast_slice::<f32, u8>(&y));
}

#[test]
fn devices_with_other_limits_take_part() {
    let adapter = common::adapter();
    let limits = wgpu::Limits {
        max_buffer_size: 1 << 20,
        max_storage_buffer_binding_size: 1 << 20,
        ..adapter.limits()
    };
    let small = pollster::block_on(Offload::open_with_limits(adapter, limits));
    let small = small.expect("a device");
    let kernels = small.kernels().clone();
    let gpu = gpu_of_its_own().with_others([small]);
    let x = ramp(ELEMENTS / 4);
    let y = gpu.forward(&leaky(), &x).expect("forward");
    assert!(y.iter().zip(&x).all(|(&y, &x)| y == expected(x)));
    assert!(kernels.pipelines() > 0);
}

#[test]
fn rows_are_shared_and_masks_stay_on_one_device() {
    let (gpu, kernels) = team(2);
    let rows = Rows::along(&[100, 400, 200], -1).expect("rows");
    let x: Vec<f32> = ramp(8_000_000).iter().map(|x| x % 5.0).collect();
    let softmax = RowActivation::softmax();
    let alone = common::gpu();
    let y = gpu.forward_rows(&softmax, &rows, &x).expect("forward");
    // Rows are computed alike on every device of an adapter, wherever in a chunk they are.
    let on_one = alone.forward_rows(&softmax, &rows, &x).expect("forward");
    assert!(y == on_one);
    assert!(kernels.iter().all(|kernels| kernels.pipelines() > 0));

    let (gpu, kernels) = team(2);
    // One for all 100 squares of 400 queries and 200 keys.
    let keep: Vec<bool> = (0..80_000).map(|place| place % 7 != 3).collect();
    let mask = HostMask::boolean(&[100, 400, 200], -1, &[400, 200], &keep).expect("a mask");
    let y = gpu
        .forward_rows_masked(&softmax, &mask, &x)
        .expect("masked");
    let on_one = alone
        .forward_rows_masked(&softmax, &mask, &x)
        .expect("masked");
    assert!(y == on_one);
    assert_eq!(kernels[1].pipelines(), 0);
}

#[test]
fn the_loss_of_any_device_ends_the_job() {
    for lost in [0, 1] {
        let members = [gpu_of_its_own(), gpu_of_its_own()];
        let device = members[lost].device().clone();
        let [first, second] = members;
        let gpu = first.with_others([second]);
        let x = ramp(ELEMENTS);
        let mut progress = |progress: wgpu_activations::Progress| {
            if progress.done > 1 << 22 {
                device.destroy();
            }
            std::ops::ControlFlow::Continue(())
        };
        let mut y = vec![0.0; ELEMENTS];
        let activation = leaky();
        let output = Output::slice(&mut y);
        let job = Job::forward(&activation, Input::slice(&x), output, ELEMENTS as u64);
        let result = gpu.run(job.progress(&mut progress));
        assert!(
            matches!(result, Err(OffloadError::DeviceLost)),
            "{result:?}"
        );
        let again = gpu.forward(&activation, &x);
        assert!(matches!(again, Err(OffloadError::DeviceLost)));
    }
}
