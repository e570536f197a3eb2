struct Settings {
    // Number of items in the range.
    items: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Number of elements of the result in the range.
    elements: u32,
    // For halves of one tensor: how many loads bring a half, and where those of a and b begin.
    half: u32,
    a_at: u32,
    b_at: u32,
    // Where each view begins in its binding, in what one load brings, in the order of the bindings.
    first: array<vec4<u32>, 2>,
    parameters: Parameters,
}

@group(0) @binding(0) var<uniform> settings: Settings;
