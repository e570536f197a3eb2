struct Settings {
    // Number of rows in the range.
    rows: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Elements of a row in the range, and how far apart they lie.
    len: u32,
    inner: u32,
    // Parts of each row, their length, and the blocks of THREADS * STEPS elements in one.
    parts: u32,
    part_len: u32,
    blocks: u32,
    // What every element is multiplied by, and bits that flip its sign before.
    scale: f32,
    flip: u32,
    // The first of a row's parts that is in the range, of how many.
    first_part: u32,
    all_parts: u32,
    padding: u32,
    // Where each view begins in its binding, in elements, in the order of the bindings.
    first: vec4<u32>,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;
