//! How many instructions a GPU executes while memory moves an element.

use wgpu_activations::verify::Direction;

use super::cost::count;
use super::table_rows;
use crate::Error;
use crate::markdown::table;
use wgpu_activations::Activation;

/// A GPU's peaks as its maker publishes them.
struct Gpu {
    name: &'static str,
    /// f32 operations in a second, a fused multiply-add being two, in 10¹².
    tera_operations: f64,
    /// Bytes to and from memory in a second, in 10⁹.
    giga_bytes: f64,
}

const GPUS: [Gpu; 7] = [
    gpu("NVIDIA A100 (80 GB, SXM)", 19.5, 2039.0),
    gpu("NVIDIA H200 (SXM)", 67.0, 4800.0),
    gpu("AMD Instinct MI300X", 163.4, 5300.0),
    gpu("NVIDIA GeForce RTX 4090", 82.6, 1008.0),
    gpu("AMD Radeon RX 7900 XTX", 61.4, 960.0),
    gpu("Intel Arc A770 (16 GB)", 17.2, 560.0),
    gpu("Apple M1 (8 cores)", 2.6, 68.25),
];

const fn gpu(name: &'static str, tera_operations: f64, giga_bytes: f64) -> Gpu {
    Gpu {
        name,
        tera_operations,
        giga_bytes,
    }
}

impl Gpu {
    fn instructions(&self, bytes: f64) -> f64 {
        self.tera_operations / 2.0 * 1e12 / (self.giga_bytes * 1e9) * bytes
    }
}

/// What moves for an element: the input and the output, and backward a gradient too.
fn bytes(direction: Direction, size: f64) -> f64 {
    match direction {
        Direction::Forward => 2.0 * size,
        Direction::Backward => 3.0 * size,
    }
}

/// How many activations each GPU hides behind its memory, by the instructions counted.
pub(super) fn section() -> Result<String, Error> {
    let mut counts = Vec::new();
    for (definition, direction) in table_rows() {
        let activation = Activation::from_definition(definition);
        counts.push((direction, count(&activation, direction)?.total as f64));
    }
    let line = |gpu: &Gpu| {
        let cells = [4.0, 2.0].into_iter().flat_map(|size| {
            let counts = &counts;
            Direction::ALL.map(move |direction| {
                let budget = gpu.instructions(bytes(direction, size));
                let of_direction = || counts.iter().filter(|(known, _)| *known == direction);
                let hidden = of_direction().filter(|(_, count)| *count <= budget).count();
                format!("{budget:.0}: {hidden} of {}", of_direction().count())
            })
        });
        [gpu.name.to_owned()].into_iter().chain(cells).collect()
    };
    let lines: Vec<Vec<String>> = GPUS.iter().map(line).collect();
    let header = [
        "GPU",
        "f32 forward",
        "f32 backward",
        "16 bits forward",
        "16 bits backward",
    ];
    Ok(format!("{INTRODUCTION}\n{}", table(&header, &lines)))
}

const INTRODUCTION: &str = "
### Instructions that a GPU hides behind its memory

An element of f32 moves 8 bytes forward and 12 backward, one of 16 bits half of that. While these move,
a GPU executes so many instructions, by the peaks that its maker publishes; beside them, how many of the
activations take no more than that by the count above and so stay bound by memory. This is arithmetic,
not a measurement: no kernel reaches either peak, a multiplication and an addition that a driver fuses
are two here and one there, and a built-in function is one here. Cards of workstations and laptops
have room for nearly all activations. An A100 or H200, whose memory is several times as fast for the same
arithmetic, has it for what is piecewise, rational or quadratic; the rest is bound by arithmetic there, in
16 bits most of all.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_what_both_peaks_give() {
        // 10¹² instructions while 10¹¹ bytes move are 10 for a byte.
        let gpu = gpu("", 2.0, 100.0);
        let forward = bytes(Direction::Forward, 4.0);
        assert!((gpu.instructions(forward) - 80.0).abs() < 1e-9);
        let backward = bytes(Direction::Backward, 2.0);
        assert!((gpu.instructions(backward) - 60.0).abs() < 1e-9);
    }
}
