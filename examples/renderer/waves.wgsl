// The renderer's own work on the GPU: a sum of travelling waves, its slopes along x and z, and its speed, which
// become the activation's input and three of its grad_output.

struct Wave {
    // Waves from one unit of length to the next.
    number: vec2<f32>,
    amplitude: f32,
    // Waves a second.
    rate: f32,
}

const WAVES = 6u;
const TURN = 6.283185307179586;

@group(0) @binding(1) var<uniform> table: array<Wave, WAVES>;
// One plane of SIDE² after the other.
@group(0) @binding(2) var<storage, read_write> planes: array<f32>;

fn wave_at(place: vec2<f32>, wave: Wave) -> vec4<f32> {
    // Within half a turn of 0, where WGSL promises that sines are within 2⁻¹¹.
    let turns = dot(wave.number, place) - wave.rate * frame.seconds;
    let angle = TURN * (turns - round(turns));
    return wave.amplitude * vec4(sin(angle), TURN * cos(angle) * vec3(wave.number, -wave.rate));
}

// Waves that end in a circle: times (1 − r⁴)², and by the product rule what that adds to the slopes.
fn calmed(sum: vec4<f32>, place: vec2<f32>) -> vec4<f32> {
    let square = min(dot(place, place), 1.0);
    let rest = 1.0 - square * square;
    let slope = -8.0 * square * rest * place;
    return sum * rest * rest + vec4(0.0, sum.x * slope, 0.0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    let count = SIDE * SIDE;
    if (index >= count) {
        return;
    }
    let place = place(index);
    var sum = vec4<f32>();
    for (var i = 0u; i < WAVES; i += 1u) {
        sum += wave_at(place, table[i]);
    }
    sum = calmed(sum, place);
    for (var plane = 0u; plane < 4u; plane += 1u) {
        planes[plane * count + index] = sum[plane];
    }
}
