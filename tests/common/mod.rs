//! What the tests share: a device (a test without one fails), buffers in and out.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod generated;
pub(crate) mod guarded;
pub(crate) mod memory;
pub(crate) mod random;
pub(crate) mod subject;
pub(crate) mod xielu;

use std::sync::LazyLock;

use wgpu::util::DeviceExt as _;
use wgpu_activations::Offload;

/// The device of all tests that do nothing to it, on the best adapter: so each kernel is compiled once. A
/// static is never dropped: wgpu cannot be dropped while a thread's own storage is.
pub(crate) fn gpu() -> &'static Offload {
    static GPU: LazyLock<Offload> = LazyLock::new(gpu_of_its_own);
    &GPU
}

/// Another device on the best adapter.
pub(crate) fn gpu_of_its_own() -> Offload {
    Offload::new().expect("these tests need an adapter: run `cargo xtask test`, which installs one")
}

/// The adapter that wgpu prefers.
pub(crate) fn adapter() -> wgpu::Adapter {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    pollster::block_on(wgpu::Instance::new(descriptor).request_adapter(&Default::default()))
        .expect("these tests need an adapter: run `cargo xtask test`, which installs one")
}

/// A device whose limits `change` lowers.
pub(crate) fn gpu_with_limits(
    change: impl FnOnce(&mut wgpu::Limits),
) -> (wgpu::Device, wgpu::Queue) {
    let adapter = adapter();
    let mut required_limits = adapter.limits();
    change(&mut required_limits);
    let descriptor = wgpu::DeviceDescriptor {
        required_limits,
        ..Default::default()
    };
    pollster::block_on(adapter.request_device(&descriptor)).expect("lower limits are granted")
}

/// A storage buffer that holds `values`.
pub(crate) fn upload(device: &wgpu::Device, values: &[f32]) -> wgpu::Buffer {
    device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("test"),
        contents: bytemuck::cast_slice(values),
        usage: wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST,
    })
}

/// Runs what `record` records and waits for it.
pub(crate) fn run(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    record: impl FnOnce(&mut wgpu::CommandEncoder),
) {
    let mut encoder = device.create_command_encoder(&Default::default());
    record(&mut encoder);
    queue.submit([encoder.finish()]);
    device
        .poll(wgpu::PollType::wait_indefinitely())
        .expect("the device finishes");
}

/// The elements of a buffer.
pub(crate) fn download(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    buffer: &wgpu::Buffer,
) -> Vec<f32> {
    let staging = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("test read-back"),
        size: buffer.size(),
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    run(device, queue, |encoder| {
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, buffer.size());
        encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
    });
    let view = staging.get_mapped_range(..).expect("the buffer is mapped");
    bytemuck::cast_slice(&view).to_vec()
}

/// Distinct finite values around zero, none of them what a kernel under test leaves alone.
pub(crate) fn ramp(len: usize) -> Vec<f32> {
    (0..len)
        .map(|i| ((i * 37 % 2003) as f32 - 1001.0) / 256.0)
        .collect()
}
