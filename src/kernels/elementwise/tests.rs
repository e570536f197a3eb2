use wgpu::util::DeviceExt as _;

use super::*;
use crate::dtype::Dtype;

pub(in crate::kernels) fn device() -> (wgpu::Device, wgpu::Queue) {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let instance = wgpu::Instance::new(descriptor);
    let adapter = pollster::block_on(instance.request_adapter(&Default::default()))
        .expect("this test needs an adapter: run `cargo xtask test`, which installs one");
    pollster::block_on(adapter.request_device(&Default::default())).expect("a plain device")
}

/// A driver may drop writes past a binding, which hides a kernel that runs too far. So every
/// binding is widened here to the end of its buffer: what keeps the guards whole then is the
/// kernel alone.
#[test]
fn kernels_keep_to_their_range_in_bindings_that_are_wider() {
    let (device, queue) = device();
    let pipelines = Pipelines::new(&device, None);
    let activation = Activation::absolute();
    for &operation in Operation::ALL {
        for first in 0..6 {
            for (offset, len) in [(0, 4), (0, 6), (4, 1023), (3, 1), (3, 4098), (64, 4096)] {
                let operands = operation.operands();
                // Three times all alike, three times each of another type than the one before.
                let dtype = |operand| Dtype::ALL[(first + operand * (first / 3)) % 3];
                let tensors: Vec<_> = (0..operands.len())
                    .map(|operand| guarded(&device, dtype(operand), offset, len))
                    .collect();
                let views: Vec<_> = tensors.iter().collect();
                let placements: Vec<_> = views.iter().map(|view| placement(view)).collect();
                let mut steps = plan(&pipelines.limits, len as u64, &placements);
                for step in &mut steps {
                    for (binding, view) in step.bindings.iter_mut().zip(&views) {
                        binding.bytes.end = view.buffer().size();
                    }
                }
                let prepared =
                    from_steps(&device, &pipelines, &activation, operation, &views, &steps);
                let prepared = prepared.expect("prepared");
                for (operand, view) in operands.iter().zip(&tensors) {
                    let (elements, dtype) = (run(&device, &queue, &prepared, view), view.dtype());
                    let inside = offset..offset + len;
                    for (index, element) in elements.into_iter().enumerate() {
                        assert_eq!(
                            element == bits(dtype, GUARD),
                            !inside.contains(&index),
                            "{operation:?}, {dtype} {}[{index}] of {inside:?}: {element:?}",
                            operand.name
                        );
                    }
                }
            }
        }
    }
}

/// An element that no kernel under test leaves as it is, exact in every type.
pub(in crate::kernels) const GUARD: f32 = -12_288.0;

pub(in crate::kernels) fn bits(dtype: Dtype, value: f32) -> Vec<u8> {
    match dtype {
        Dtype::F32 => value.to_le_bytes().to_vec(),
        Dtype::F16 => half::f16::from_f32(value).to_le_bytes().to_vec(),
        Dtype::Bf16 => half::bf16::from_f32(value).to_le_bytes().to_vec(),
    }
}

/// -2 inside, guards around, and room for a workgroup that runs too far.
pub(in crate::kernels) fn guarded(
    device: &wgpu::Device,
    dtype: Dtype,
    offset: usize,
    len: usize,
) -> TensorView {
    let total = (offset + len + 8192).next_multiple_of(4);
    let element = |index| match (offset..offset + len).contains(&index) {
        true => bits(dtype, -2.0),
        false => bits(dtype, GUARD),
    };
    let contents: Vec<u8> = (0..total).flat_map(element).collect();
    let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: &contents,
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
    });
    let start = offset as u64 * dtype.size();
    TensorView::new(&buffer, dtype, start, len as u64).expect("inside")
}

/// The bytes of each element of a tensor's whole buffer, after the operation.
pub(in crate::kernels) fn run(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    prepared: &Prepared,
    view: &TensorView,
) -> Vec<Vec<u8>> {
    let staging = device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: view.buffer().size(),
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    prepared.encode(&mut encoder);
    encoder.copy_buffer_to_buffer(view.buffer(), 0, &staging, 0, staging.size());
    encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
    queue.submit([encoder.finish()]);
    device
        .poll(wgpu::PollType::wait_indefinitely())
        .expect("the device finishes");
    let bytes = staging.get_mapped_range(..).expect("mapped");
    let elements = bytes.chunks_exact(view.dtype().size() as usize);
    elements.map(<[u8]>::to_vec).collect()
}
