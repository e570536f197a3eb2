// Copies the values of one parameter into its column of the table.

const WORKGROUP: u32 = 256u;

struct Settings {
    channels: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Columns of the table, and the parameter's own.
    columns: u32,
    column: u32,
    // Where each view begins in its binding, in elements, in the order of the bindings.
    first: vec4<u32>,
    values: array<vec4<f32>, 2>,
    // From one channel's value to the next: 0 where all have the same.
    stride: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let channel = group * WORKGROUP + local;
    if channel < settings.channels {
        let value = load_parameter(channel * settings.stride);
        table[channel * settings.columns + settings.column] = value;
    }
}
