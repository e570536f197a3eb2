struct Settings {
    // Number of rows in the range.
    rows: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Elements of a row, and how far apart they lie.
    len: u32,
    inner: u32,
    // Blocks of THREADS * STEPS elements in a row.
    blocks: u32,
    // What every element is multiplied by, and bits that flip its sign before.
    scale: f32,
    flip: u32,
    padding: u32,
    // Where each view begins in its binding, in elements, in the order of the bindings.
    first: vec4<u32>,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;
