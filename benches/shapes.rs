//! What the shape of a kernel costs that does nothing but copy: how an invocation's elements lie, how many they
//! are, how they are loaded, and how large workgroups are; beside a copy by the device, and beside kernels that
//! only load or only store. `cargo bench --bench shapes`; `docs/tuning.md` tells what came of it.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;

use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// Elements of the tensors, in f32.
    #[arg(long, default_value_t = 1 << 24)]
    elements: u64,
    /// How often each kernel is timed, in turn with the others; the median counts.
    #[arg(long, default_value_t = 15)]
    repeats: usize,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What an invocation does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Copy,
    /// All its loads come before its first store.
    LoadFirst,
    Load,
    Store,
}

/// How its items lie.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// A workgroup apart, so that neighbours in a subgroup touch neighbours in memory.
    Strided,
    Consecutive,
}

struct Shape {
    name: &'static str,
    /// What one load brings, and how many f32 these are.
    item: (&'static str, u64),
    workgroup: u64,
    steps: u64,
    order: Order,
    does: Does,
}

const SHAPES: &[Shape] = &[
    Shape::ours("vec4, 256 x 4 (ours)"),
    Shape::ours("one f32 per load").of(("f32", 1)),
    Shape::ours("64 x 4").times(64, 4),
    Shape::ours("128 x 4").times(128, 4),
    Shape::ours("256 x 1").times(256, 1),
    Shape::ours("256 x 2").times(256, 2),
    Shape::ours("256 x 8").times(256, 8),
    Shape::ours("256 x 16").times(256, 16),
    Shape::ours("consecutive").in_order(Order::Consecutive),
    Shape::ours("all loads first").that(Does::LoadFirst),
    Shape::ours("two 64-bit words per load").of(("vec2<u64>", 4)),
    Shape::ours("only loads").that(Does::Load),
    Shape::ours("only stores").that(Does::Store),
];

impl Shape {
    /// As the library's own kernels are.
    const fn ours(name: &'static str) -> Self {
        Self {
            name,
            item: ("vec4<f32>", 4),
            workgroup: 256,
            steps: 4,
            order: Order::Strided,
            does: Does::Copy,
        }
    }

    const fn of(self, item: (&'static str, u64)) -> Self {
        Self { item, ..self }
    }

    const fn times(self, workgroup: u64, steps: u64) -> Self {
        Self {
            workgroup,
            steps,
            ..self
        }
    }

    const fn in_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    const fn that(self, does: Does) -> Self {
        Self { does, ..self }
    }
}

impl Shape {
    fn needs_words_of_64_bits(&self) -> bool {
        self.item.0.contains("u64")
    }

    /// The f32 of a workgroup.
    fn block(&self) -> u64 {
        self.item.1 * self.workgroup * self.steps
    }

    fn wgsl(&self, groups_per_row: u64) -> String {
        let Self {
            item: (item, _),
            workgroup,
            steps,
            order,
            does,
            ..
        } = self;
        let (scale, stride) = match order {
            Order::Strided => (1, *workgroup),
            Order::Consecutive => (*steps, 1),
        };
        let places: Vec<_> = (0..*steps)
            .map(|step| format!("start + {}u", step * stride))
            .collect();
        let mut body = String::new();
        // Writing to a String cannot fail.
        let _ = match does {
            Does::Copy => places
                .iter()
                .try_for_each(|at| writeln!(body, "output[{at}] = input[{at}];")),
            Does::LoadFirst => (0..)
                .zip(&places)
                .try_for_each(|(step, at)| writeln!(body, "let x{step} = input[{at}];"))
                .and_then(|()| {
                    (0..)
                        .zip(&places)
                        .try_for_each(|(step, at)| writeln!(body, "output[{at}] = x{step};"))
                }),
            // A sum that no tensor has, so that the loads are not left out.
            Does::Load => writeln!(
                body,
                "if ({} == {item}(0x1p100)).x {{ output[0] = input[0]; }}",
                places
                    .iter()
                    .map(|at| format!("input[{at}]"))
                    .collect::<Vec<_>>()
                    .join(" + ")
            ),
            Does::Store => places
                .iter()
                .try_for_each(|at| writeln!(body, "output[{at}] = {item}(f32(start));"))
                .and_then(|()| {
                    writeln!(body, "if start == 0xffffffffu {{ output[0] = input[0]; }}")
                }),
        };
        format!(
            "@group(0) @binding(0) var<storage, read> input: array<{item}>;\n\
             @group(0) @binding(1) var<storage, read_write> output: array<{item}>;\n\
             @compute @workgroup_size({workgroup})\n\
             fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {{\n\
             let start = (group.y * {groups_per_row}u + group.x) * {}u + local * {scale}u;\n{body}}}\n",
            workgroup * steps,
        )
    }
}

/// A compiled shape.
struct Kernel {
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    grid: (u32, u32),
}

impl Kernel {
    fn new(
        device: &wgpu::Device,
        shape: &Shape,
        elements: u64,
        buffers: &[wgpu::Buffer; 2],
    ) -> Self {
        // Blocks at the end that are not whole are left out.
        let groups = (elements / shape.block()).max(1);
        let rows = groups.div_ceil(u64::from(
            device.limits().max_compute_workgroups_per_dimension,
        ));
        let per_row = groups / rows;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(shape.name),
            source: wgpu::ShaderSource::Wgsl(shape.wgsl(per_row).into()),
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(shape.name),
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        let entries = [0, 1].map(|binding| wgpu::BindGroupEntry {
            binding,
            resource: buffers[binding as usize].as_entire_binding(),
        });
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        Self {
            pipeline,
            bind_group,
            grid: (per_row as u32, rows as u32),
        }
    }

    fn encode(&self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        pass.dispatch_workgroups(self.grid.0, self.grid.1, 1);
    }
}

/// What is timed, with the milliseconds of each repetition.
struct Timed<'a> {
    name: &'static str,
    encode: Box<dyn Fn(&mut wgpu::CommandEncoder) + 'a>,
    times: Vec<f64>,
}

impl<'a> Timed<'a> {
    fn new(name: &'static str, encode: impl Fn(&mut wgpu::CommandEncoder) + 'a) -> Self {
        Self {
            name,
            encode: Box::new(encode),
            times: Vec::new(),
        }
    }
}

/// The adapter that the environment chooses, with a device that has all its limits, and words of 64 bits where it
/// has them.
async fn open() -> Result<(wgpu::Device, wgpu::Queue), Box<dyn Error>> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let instance = wgpu::Instance::new(descriptor);
    let adapter = wgpu::util::initialize_adapter_from_env_or_default(&instance, None).await?;
    let info = adapter.get_info();
    println!("{} ({}, {})", info.name, info.backend, info.driver_info);
    let descriptor = wgpu::DeviceDescriptor {
        required_features: adapter.features() & wgpu::Features::SHADER_INT64,
        required_limits: adapter.limits(),
        ..Default::default()
    };
    Ok(adapter.request_device(&descriptor).await?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let (device, queue) = pollster::block_on(open())?;
    let size = 4 * arguments.elements;
    let buffers = [(); 2].map(|()| {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    });
    let values: Vec<f32> = (0..arguments.elements).map(|i| (i % 1021) as f32).collect();
    queue.write_buffer(&buffers[0], 0, bytemuck::cast_slice(&values));
    let has_long_words = device.features().contains(wgpu::Features::SHADER_INT64);
    let shapes = SHAPES
        .iter()
        .filter(|shape| has_long_words || !shape.needs_words_of_64_bits());
    let kernels = shapes.map(|shape| {
        let kernel = Kernel::new(&device, shape, arguments.elements, &buffers);
        Timed::new(shape.name, move |encoder| kernel.encode(encoder))
    });
    let [input, output] = &buffers;
    let copy = Timed::new("copy_buffer_to_buffer", |encoder| {
        encoder.copy_buffer_to_buffer(input, 0, output, 0, size);
    });
    let mut timed: Vec<_> = std::iter::once(copy).chain(kernels).collect();
    for repeat in 0..=arguments.repeats {
        for timed in &mut timed {
            let mut encoder = device.create_command_encoder(&Default::default());
            (timed.encode)(&mut encoder);
            let commands = encoder.finish();
            let start = Instant::now();
            queue.submit([commands]);
            device.poll(wgpu::PollType::wait_indefinitely())?;
            // The first warms up.
            if repeat > 0 {
                timed.times.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    println!("{:<28} {:>8} {:>8} {:>8}", "", "ms", "min", "max");
    for Timed { name, times, .. } in &mut timed {
        times.sort_by(f64::total_cmp);
        let (median, last) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{name:<28} {median:>8.2} {:>8.2} {last:>8.2}", times[0]);
    }
    Ok(())
}
