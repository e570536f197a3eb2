//! Host slices and streams through a device that the library owns.

mod common;

use std::future::Future;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use common::{gpu, gpu_of_its_own, ramp};
use half::{bf16, f16};
use wgpu_activations::{
    Activation, Dtype, Input, Job, Offload, OffloadError, Output, Progress, TensorView,
};

fn leaky() -> Activation {
    Activation::leaky_relu()
        .with("negative_slope", 0.25)
        .expect("a valid slope")
}

fn slope(x: f32) -> f32 {
    if x > 0.0 { 1.0 } else { 0.25 }
}

/// More than two chunks, and a last one that fills neither a chunk nor a vector.
const SEVERAL_CHUNKS: usize = (9 << 20) + 3;

#[test]
fn any_length_goes_through() {
    let gpu = gpu();
    for len in [0, 1, 2, 3, 1000, 65_537, SEVERAL_CHUNKS] {
        let x = ramp(len);
        let grad: Vec<f32> = x.iter().rev().copied().collect();
        let y = gpu.forward(&leaky(), &x).expect("forward");
        let expected: Vec<f32> = x.iter().map(|x| x * slope(*x)).collect();
        assert!(y == expected, "forward of {len}");
        let grad_x = gpu.backward(&leaky(), &x, &grad).expect("backward");
        let expected: Vec<f32> = x
            .iter()
            .zip(&grad)
            .map(|(x, grad)| slope(*x) * grad)
            .collect();
        assert!(grad_x == expected, "backward of {len}");
    }
}

#[test]
fn every_dtype_goes_through_at_any_length() {
    let gpu = gpu();
    for len in [0, 1, 3, 1001, 65_537, SEVERAL_CHUNKS] {
        let x = ramp(len);
        let halves: Vec<f16> = x.iter().map(|&x| f16::from_f32(x)).collect();
        // f16 to itself, in place on the device.
        let y = gpu.forward(&leaky(), &halves).expect("forward");
        let expected = x.iter().map(|x| f16::from_f32(x * slope(*x)));
        assert!(y.iter().copied().eq(expected), "f16 to f16 of {len}");
        // f32 to bf16, with a tensor for the result.
        let mut brains = vec![bf16::NAN; len];
        gpu.forward_into(&leaky(), &x, &mut brains)
            .expect("forward");
        let expected = x.iter().map(|x| bf16::from_f32(x * slope(*x)));
        assert!(brains.iter().copied().eq(expected), "f32 to bf16 of {len}");
        // Three types in one backward pass.
        let mut gradient = vec![f32::NAN; len];
        gpu.backward_into(&leaky(), &halves, &brains, &mut gradient)
            .expect("backward");
        let expected = x.iter().zip(&brains).map(|(x, y)| slope(*x) * y.to_f32());
        assert!(gradient.iter().copied().eq(expected), "backward of {len}");
        // Back again, in place of the gradient.
        gpu.backward_into(&leaky(), &x, &gradient, &mut brains)
            .expect("backward");
        let expected = x.iter().zip(&gradient);
        let expected = expected.map(|(x, y)| bf16::from_f32(slope(*x) * y));
        assert!(brains.iter().copied().eq(expected), "to bf16 of {len}");
    }
}

#[test]
fn bytes_need_not_be_aligned() {
    let gpu = gpu();
    let x = ramp(1001);
    let mut bytes = vec![0; 1];
    bytes.extend_from_slice(bytemuck::cast_slice(&x));
    let mut y = vec![0.0_f32; x.len()];
    let activation = leaky();
    let input = Input::bytes(Dtype::F32, &bytes[1..]);
    let job = Job::forward(&activation, input, Output::slice(&mut y), x.len() as u64);
    gpu.run(job).expect("forward");
    assert!(y.iter().zip(&x).all(|(y, x)| *y == x * slope(*x)));
}

#[test]
fn the_async_forms_need_no_executor_of_ours() {
    let gpu = gpu();
    let x = ramp(100_000);
    let mut y = vec![0.0; x.len()];
    pollster::block_on(async {
        // Two jobs at a time on one device.
        let (one, two) = (leaky(), Activation::relu());
        let first = gpu.forward_into_async(&one, &x, &mut y);
        let second = gpu.backward_async(&two, &x, &x);
        let mut second = pin!(second);
        let started = second
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        first.await.expect("forward");
        // It may have been done at once.
        let second = match started {
            Poll::Ready(result) => result,
            Poll::Pending => second.await,
        };
        let second = second.expect("backward");
        assert!(second.iter().zip(&x).all(|(grad, x)| *grad == x.max(0.0)));
    });
    assert!(y.iter().zip(&x).all(|(y, x)| *y == x * slope(*x)));
}

#[test]
fn futures_can_move_between_threads() {
    fn send<T: Send>(_: &T) {}
    let gpu = gpu();
    let (activation, x) = (leaky(), ramp(10));
    send(&gpu.forward_async(&activation, &x));
    send(&gpu.backward_async(&activation, &x, &x));
}

#[test]
fn a_dropped_future_leaves_the_device_usable() {
    let gpu = gpu();
    let x = ramp(SEVERAL_CHUNKS);
    for _ in 0..3 {
        let activation = leaky();
        let mut abandoned = Box::pin(gpu.forward_async(&activation, &x));
        let _ = abandoned
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        drop(abandoned);
    }
    let y = gpu.forward(&leaky(), &x).expect("forward");
    assert!(y.iter().zip(&x).all(|(y, x)| *y == x * slope(*x)));
}

#[test]
fn threads_share_one_device() {
    let gpu = gpu();
    std::thread::scope(|scope| {
        for seed in 0..4_usize {
            let gpu = &gpu;
            scope.spawn(move || {
                let x = ramp(200_000 + seed * 1001);
                for _ in 0..5 {
                    let y = gpu.forward(&leaky(), &x).expect("forward");
                    assert!(y.iter().zip(&x).all(|(y, x)| *y == x * slope(*x)));
                }
            });
        }
    });
}

#[test]
fn readers_and_writers_stream() {
    let gpu = gpu();
    let (x, grad) = (ramp(SEVERAL_CHUNKS), ramp(SEVERAL_CHUNKS + 1)[1..].to_vec());
    let mut output: Vec<u8> = Vec::new();
    let (activation, mut input) = (leaky(), bytemuck::cast_slice(&x));
    let mut grad_output: &[u8] = bytemuck::cast_slice(&grad);
    let job = Job::backward(
        &activation,
        Input::reader(Dtype::F32, &mut input),
        Input::reader(Dtype::F32, &mut grad_output),
        Output::writer(Dtype::F32, &mut output),
        x.len() as u64,
    );
    gpu.run(job).expect("streamed");
    let expected: Vec<f32> = x
        .iter()
        .zip(&grad)
        .map(|(x, grad)| slope(*x) * grad)
        .collect();
    assert!(output == bytemuck::cast_slice::<f32, u8>(&expected));
}

#[test]
fn progress_is_told_and_can_cancel() {
    let gpu = gpu();
    let (x, mut y) = (ramp(SEVERAL_CHUNKS), vec![0.0; SEVERAL_CHUNKS]);
    let activation = leaky();
    let total = x.len() as u64;
    let mut seen: Vec<Progress> = Vec::new();
    let mut on_progress = |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    };
    let job = Job::forward(&activation, Input::slice(&x), Output::slice(&mut y), total);
    gpu.run(job.progress(&mut on_progress)).expect("done");
    assert!(seen.len() > 2 && seen.is_sorted_by_key(|progress| progress.done));
    assert!(
        seen.last()
            .is_some_and(|last| last.done == total && last.total == total)
    );

    let mut stop = |_| ControlFlow::Break(());
    let job = Job::forward(&activation, Input::slice(&x), Output::slice(&mut y), total);
    let cancelled = gpu.run(job.progress(&mut stop));
    let Err(OffloadError::Cancelled { done, total: of }) = cancelled else {
        panic!("{cancelled:?}");
    };
    assert!(done > 0 && done < total && of == total);
    assert!(
        gpu.forward(&activation, &x).is_ok(),
        "the device is still usable"
    );
}

/// Fails after some bytes.
struct Failing(usize);

impl Failing {
    fn take(&mut self, len: usize) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(len)
            .ok_or_else(|| io::Error::other("the cable is out"))?;
        Ok(len)
    }
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.take(buffer.len())
    }
}

impl Write for Failing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.take(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn streams_that_fail_are_reported() {
    let gpu = gpu();
    let (x, activation) = (ramp(SEVERAL_CHUNKS), leaky());
    let len = x.len() as u64;
    let (mut reader, mut sink) = (Failing(x.len() * 2), io::sink());
    let job = Job::forward(
        &activation,
        Input::reader(Dtype::F32, &mut reader),
        Output::writer(Dtype::F32, &mut sink),
        len,
    );
    let error = gpu.run(job).expect_err("the reader fails");
    assert_eq!(
        error.to_string(),
        "the input could not be read: the cable is out"
    );

    let mut short: &[u8] = &[0; 40];
    let job = Job::forward(
        &activation,
        Input::reader(Dtype::F32, &mut short),
        Output::writer(Dtype::F32, &mut sink),
        11,
    );
    let error = gpu.run(job).expect_err("the input is too short");
    assert!(
        matches!(&error, OffloadError::Read { source, .. }
        if source.kind() == io::ErrorKind::UnexpectedEof),
        "{error}"
    );

    let mut writer = Failing(x.len() * 2);
    let job = Job::forward(
        &activation,
        Input::slice(&x),
        Output::writer(Dtype::F32, &mut writer),
        len,
    );
    let error = gpu.run(job).expect_err("the writer fails");
    assert_eq!(
        error.to_string(),
        "the output could not be written: the cable is out"
    );
    assert!(
        gpu.forward(&activation, &x).is_ok(),
        "the device is still usable"
    );
}

#[test]
fn slices_of_different_lengths() {
    let gpu = gpu();
    let x = ramp(8);
    let error = gpu
        .backward(&leaky(), &x, &x[1..])
        .expect_err("lengths differ");
    assert_eq!(
        error.to_string(),
        "the gradient of the output has 7 elements, but the job has 8; give as many"
    );
    let error = gpu
        .forward_into(&leaky(), &x, &mut [0.0; 9])
        .expect_err("lengths differ");
    assert!(error.to_string().contains("the output has 9"), "{error}");
}

#[test]
fn an_adapter_is_found_by_a_part_of_its_name() {
    let name = gpu().adapter_info().name.clone();
    let part: String = name.to_uppercase().chars().take(5).collect();
    assert_eq!(
        Offload::with_adapter(&part)
            .expect("it is there")
            .adapter_info()
            .name,
        name
    );
    let error = Offload::with_adapter("no such adapter").expect_err("it is not there");
    assert!(
        error.to_string().contains(&name),
        "lists those there are: {error}"
    );
}

/// A buffer of zeros.
fn buffer(gpu: &Offload, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4 * 64,
        usage,
        mapped_at_creation: false,
    })
}

#[test]
fn commands_of_ones_own_are_done_when_submitted() {
    use wgpu::BufferUsages as Usages;
    let gpu = gpu_of_its_own();
    let input = buffer(&gpu, Usages::STORAGE);
    let output = buffer(&gpu, Usages::STORAGE | Usages::COPY_SRC);
    let read = buffer(&gpu, Usages::COPY_DST | Usages::MAP_READ);
    let [x, y] = [&input, &output].map(|buffer| TensorView::f32(buffer).expect("a view"));
    let prepared = gpu
        .kernels()
        .forward(&Activation::sigmoid(), &x, &y)
        .expect("prepared");
    let commands = || {
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        prepared.encode(&mut encoder);
        encoder.copy_buffer_to_buffer(&output, 0, &read, 0, read.size());
        encoder.finish()
    };
    gpu.submit(commands()).expect("done");
    // Nothing is left to wait for.
    read.map_async(wgpu::MapMode::Read, .., |mapped| mapped.expect("mapped"));
    gpu.device().poll(wgpu::PollType::Poll).expect("polled");
    let view = read.get_mapped_range(..).expect("mapped at once");
    assert_eq!(bytemuck::cast_slice::<u8, f32>(&view), [0.5; 64]);
    drop(view);
    let error = gpu.submit(commands()).expect_err("it is mapped");
    assert!(matches!(error, OffloadError::Refused { .. }), "{error}");
    read.unmap();
    let commands = commands();
    gpu.device().destroy();
    let error = gpu.submit(commands).expect_err("the device is gone");
    assert!(matches!(error, OffloadError::DeviceLost), "{error}");
}

#[test]
fn a_destroyed_device_is_an_error() {
    let gpu = gpu_of_its_own();
    let x = ramp(1000);
    gpu.forward(&leaky(), &x).expect("forward");
    gpu.device().destroy();
    for activation in [leaky(), Activation::gelu()] {
        let error = gpu
            .forward(&activation, &x)
            .expect_err("the device is gone");
        assert!(matches!(error, OffloadError::DeviceLost), "{error}");
    }
}

#[test]
fn a_device_destroyed_under_way_is_an_error() {
    let gpu = gpu_of_its_own();
    let (mut zeros, activation) = (io::repeat(0), leaky());
    let device = gpu.device().clone();
    let mut destroy = |_| {
        device.destroy();
        ControlFlow::Continue(())
    };
    // So long that chunks are still to be submitted when the first one is done.
    let (mut sink, len) = (io::sink(), 32 << 20);
    let job = Job::forward(
        &activation,
        Input::reader(Dtype::F32, &mut zeros),
        Output::writer(Dtype::F32, &mut sink),
        len,
    );
    let error = gpu
        .run(job.progress(&mut destroy))
        .expect_err("the device is gone");
    assert!(matches!(error, OffloadError::DeviceLost), "{error}");
}

/// Destroys its device as it is written to.
struct Destroys<'a>(&'a wgpu::Device);

impl Write for Destroys<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.destroy();
        // The last submission is done: here wgpu frees what the device had.
        let _ = self.0.poll(wgpu::PollType::wait_indefinitely());
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_device_destroyed_while_results_are_read_is_an_error() {
    for len in [1, SEVERAL_CHUNKS] {
        let gpu = gpu_of_its_own();
        let x = ramp(len);
        let mut writer = Destroys(gpu.device());
        let activation = leaky();
        let (input, output) = (Input::slice(&x), Output::writer(Dtype::F32, &mut writer));
        let result = gpu.run(Job::forward(&activation, input, output, len as u64));
        assert!(
            matches!(result, Err(OffloadError::DeviceLost)),
            "{result:?}"
        );
    }
}
