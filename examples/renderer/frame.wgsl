// What changes from one frame to the next.
struct Frame {
    view_projection: mat4x4<f32>,
    background: vec3<f32>,
    seconds: f32,
    eye: vec3<f32>,
}

@group(0) @binding(0) var<uniform> frame: Frame;

// Vertices along each side of the grid.
override SIDE: u32;

// Where a vertex lies on the square from -1 to 1.
fn place(index: u32) -> vec2<f32> {
    let cell = vec2<f32>(f32(index % SIDE), f32(index / SIDE));
    return 2.0 * cell / f32(SIDE - 1u) - 1.0;
}
