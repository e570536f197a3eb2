//! The generator itself, in WGSL.

use wgpu_activations::reference::randomised::philox;

use super::common::random::Random;
use super::common::{download, gpu, run, upload};

const MAIN: &str = "
@group(0) @binding(0) var<storage, read_write> blocks: array<array<vec4<u32>, 3>>;

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) at: vec3<u32>) {
    blocks[at.x][2] = math_philox(blocks[at.x][0], blocks[at.x][1].xy);
}
";

/// What the shader makes of counters and keys.
fn on_gpu(cases: &[([u32; 4], [u32; 2])]) -> Vec<[u32; 4]> {
    let gpu = gpu();
    let (device, queue) = (gpu.device(), gpu.queue());
    let blocks = cases.iter().flat_map(|&([a, b, c, d], [left, right])| {
        [a, b, c, d, left, right, 0, 0, 0, 0, 0, 0].map(f32::from_bits)
    });
    let buffer = upload(device, &blocks.collect::<Vec<_>>());
    let text = include_str!("../../shaders/math/philox.wgsl");
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: None,
        source: wgpu::ShaderSource::Wgsl(format!("{text}{MAIN}").into()),
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: None,
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    });
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: buffer.as_entire_binding(),
        }],
    });
    run(device, queue, |encoder| {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(cases.len() as u32, 1, 1);
    });
    let words: Vec<u32> = bytemuck::cast_vec(download(device, queue, &buffer));
    let blocks = words.chunks_exact(12);
    blocks
        .map(|block| [block[8], block[9], block[10], block[11]])
        .collect()
}

/// `philox4x32 10` in `tests/kat_vectors` of Random123, the library of the generator's authors.
#[test]
fn published_answers() {
    let text = "
        00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8
        ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd
        243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1";
    let words = text.split_whitespace();
    let words: Vec<u32> = words
        .map(|word| u32::from_str_radix(word, 16).expect("a word"))
        .collect();
    let array = |words: &[u32]| <[u32; 4]>::try_from(words).expect("four words");
    let cases: Vec<_> = words
        .chunks_exact(10)
        .map(|line| (array(&line[..4]), [line[4], line[5]]))
        .collect();
    let expected: Vec<_> = words
        .chunks_exact(10)
        .map(|line| array(&line[6..]))
        .collect();
    assert_eq!(expected.len(), 3);
    assert_eq!(on_gpu(&cases), expected);
    let reference: Vec<_> = cases
        .iter()
        .map(|&(counter, key)| philox(counter, key))
        .collect();
    assert_eq!(reference, expected);
}

#[test]
fn random_counters_and_keys() {
    let mut random = Random(1);
    let mut word = || random.next() as u32;
    let cases: Vec<_> = (0..5000)
        .map(|_| ([word(), word(), word(), word()], [word(), word()]))
        .collect();
    let expected: Vec<_> = cases
        .iter()
        .map(|&(counter, key)| philox(counter, key))
        .collect();
    assert_eq!(on_gpu(&cases), expected);
}
