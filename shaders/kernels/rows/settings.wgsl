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
    // How far apart in a mask what goes with a row's elements lies.
    mask_stride: u32,
    // Where each view begins in its binding, in elements, in the order of the bindings.
    first: vec4<u32>,
    // What a mask's axes make of the number of a slab, and of a row's number in its slab.
    slabs: array<vec4<u32>, 4>,
    columns: array<vec4<u32>, 4>,
    slab_terms: u32,
    column_terms: u32,
    // An element whose number is less than that of its query has a part, with these added to the two.
    behind: u32,
    ahead: u32,
    // What sums with a mask are counted in: a power of two, and its inverse.
    unit: f32,
    per_unit: f32,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;
