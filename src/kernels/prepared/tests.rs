use wgpu::util::DeviceExt as _;

use super::*;

/// No kernel under test leaves it as it is.
const GUARD: f32 = -12_345.0;

fn device() -> (wgpu::Device, wgpu::Queue) {
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
    let pipelines = Pipelines::new(&device);
    let activation = Activation::absolute();
    for &operation in Operation::ALL {
        for (offset, len) in [(0, 4), (0, 6), (4, 1023), (3, 1), (3, 4098), (64, 4096)] {
            let tensors = operation
                .operands()
                .iter()
                .map(|_| guarded(&device, offset, len));
            let tensors: Vec<_> = tensors.collect();
            let views: Vec<_> = tensors.iter().collect();
            let placements: Vec<_> = views.iter().map(|view| placement(view)).collect();
            let mut steps = plan(&pipelines.limits, len as u64, &placements);
            for binding in steps.iter_mut().flat_map(|step| &mut step.bindings) {
                binding.bytes.end = views[0].buffer().size();
            }
            let prepared =
                Prepared::from_steps(&device, &pipelines, &activation, operation, &views, &steps);
            let prepared = prepared.expect("prepared");
            for (operand, view) in operation.operands().iter().zip(&tensors) {
                let values = run(&device, &queue, &prepared, view);
                let inside = offset..offset + len;
                for (index, value) in values.into_iter().enumerate() {
                    let is_guard = value == GUARD;
                    let expects_guard = !inside.contains(&index);
                    assert_eq!(
                        is_guard, expects_guard,
                        "{operation:?}, {}[{index}] of {inside:?}: {value}",
                        operand.name
                    );
                }
            }
        }
    }
}

/// -2 inside, guards around, and room for a workgroup that runs too far.
fn guarded(device: &wgpu::Device, offset: usize, len: usize) -> TensorView {
    let mut values = vec![GUARD; (offset + len + 8192).next_multiple_of(4)];
    values[offset..offset + len].fill(-2.0);
    let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: None,
        contents: bytemuck::cast_slice(&values),
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
    });
    let view = TensorView::f32(&buffer).expect("a storage buffer");
    view.slice(offset as u64..(offset + len) as u64)
        .expect("inside")
}

fn run(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    prepared: &Prepared,
    view: &TensorView,
) -> Vec<f32> {
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
    bytemuck::cast_slice(&bytes).to_vec()
}
