struct Settings {
    // Number of items in the range.
    items: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Number of elements in the range.
    elements: u32,
    // Where each view begins in its binding, in what one load brings, in the order of the bindings.
    first: vec4<u32>,
    parameters: Parameters,
}

@group(0) @binding(0) var<uniform> settings: Settings;
