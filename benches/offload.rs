//! What streaming a tensor through the device costs beside copying it in and out on one core, and whether
//! the time per element stays the same for long tensors: `cargo bench --bench offload`.
//!
//! `cargo bench --bench offload -- --stream 4294967296` passes so many elements, which need no memory.

use std::io::{self, Read, Write};
use std::time::Instant;

use clap::Parser;
use wgpu_activations::{Activation, Dtype, Input, Job, Offload, OffloadError, Output, TensorView};

/// Elements that the kernel's own time is taken of, at a time: those of a step.
const STEP: usize = 1 << 22;

#[derive(Parser)]
struct Arguments {
    /// Elements of the tensors in memory.
    #[arg(long, default_values_t = [1 << 24, 1 << 26])]
    elements: Vec<usize>,
    /// Elements of tensors that come from a reader and go to a writer.
    #[arg(long, default_values_t = [1 << 24, 1 << 28])]
    stream: Vec<u64>,
    /// How often each is timed; the median counts.
    #[arg(long, default_value_t = 7)]
    repeats: usize,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// The median of the milliseconds that it takes.
fn median(repeats: usize, mut run: impl FnMut()) -> f64 {
    run();
    let mut times: Vec<f64> = (0..repeats.max(1))
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The kernel alone, on tensors that stay on the device.
fn resident(gpu: &Offload, activation: &Activation) -> impl FnMut() {
    let tensor = |_| {
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 4 * STEP as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        gpu.queue()
            .write_buffer(&buffer, 0, bytemuck::cast_slice(&values(STEP)));
        TensorView::f32(&buffer).expect("a storage buffer")
    };
    let [input, output] = [0, 1].map(tensor);
    let kernels = gpu.kernels();
    let prepared = kernels.forward(activation, &input, &output);
    let prepared = prepared.expect("two tensors of one length");
    move || {
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        prepared.encode(&mut encoder);
        gpu.submit(encoder.finish()).expect("a device");
    }
}

/// Numbers as a layer's outputs are, without a pattern that a cache could keep.
fn values(len: usize) -> Vec<f32> {
    let mut state = 1_u64;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f32 / (1_u64 << 22) as f32 - 2.0
    };
    std::iter::repeat_with(next).take(len).collect()
}

fn in_memory(gpu: &Offload, activation: &Activation, arguments: &Arguments) {
    let per_step = median(3 * arguments.repeats, resident(gpu, activation));
    for &elements in &arguments.elements {
        let input = values(elements);
        let mut output = vec![0.5; elements];
        let mut staging = vec![0.5; STEP];
        let copies = median(arguments.repeats, || {
            for (from, to) in input.chunks(STEP).zip(output.chunks_mut(STEP)) {
                staging[..from.len()].copy_from_slice(from);
                to.copy_from_slice(&staging[..to.len()]);
            }
        });
        let offload = median(arguments.repeats, || {
            let run = gpu.forward_into(activation, &input, &mut output);
            run.expect("tensors of one length");
        });
        let kernel = per_step * elements as f64 / STEP as f64;
        println!(
            "{:<12} {elements:>12} {kernel:>10.1} {copies:>10.1} {offload:>10.1} {:>10.2}",
            activation.name(),
            copies / (offload - kernel).max(0.0)
        );
    }
}

/// The same numbers over and over, which reading and writing copies as files in memory would be.
struct Numbers(Vec<u8>);

impl Read for Numbers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(self.0.len());
        buffer[..len].copy_from_slice(&self.0[..len]);
        Ok(len)
    }
}

impl Write for Numbers {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.0.len());
        self.0[..len].copy_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn streamed(gpu: &Offload, activation: &Activation, elements: u64) -> Result<f64, OffloadError> {
    let numbers = || Numbers(bytemuck::cast_slice(&values(STEP)).to_vec());
    let (mut reader, mut writer) = (numbers(), numbers());
    let input = Input::reader(Dtype::F32, &mut reader);
    let output = Output::writer(Dtype::F32, &mut writer);
    let start = Instant::now();
    gpu.run(Job::forward(activation, input, output, elements))?;
    Ok(start.elapsed().as_secs_f64() * 1e9 / elements as f64)
}

fn main() -> Result<(), OffloadError> {
    let arguments = Arguments::parse();
    let gpu = Offload::new()?;
    println!("{}\n", gpu.adapter_info().name);
    println!(
        "{:<12} {:>12} {:>10} {:>10} {:>10} {:>10}",
        "forward", "elements", "kernel ms", "memcpy ms", "offload ms", "share"
    );
    let activations = [Activation::relu(), Activation::gelu()];
    for activation in &activations {
        in_memory(&gpu, activation, &arguments);
    }
    println!("\nforward      elements streamed  ns per element");
    for &elements in &arguments.stream {
        let ns = streamed(&gpu, &activations[0], elements)?;
        println!("{:<12} {elements:>17} {ns:>15.2}", activations[0].name());
    }
    Ok(())
}
