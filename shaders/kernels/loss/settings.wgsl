struct Settings {
    // Number of rows in the range.
    rows: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Classes in the range, and how far apart their logits lie.
    len: u32,
    inner: u32,
    // Parts of each row, their length, and the blocks of THREADS * STEPS classes in one.
    parts: u32,
    part_len: u32,
    blocks: u32,
    // The first of a row's parts that is in the range, of how many.
    first_part: u32,
    all_parts: u32,
    // Classes of a row in all.
    classes: u32,
    // The class of rows that do not count, as a 64-bit integer: its lower and its upper half.
    ignored: vec2<u32>,
    // The weight of the target beside what all classes share, which is smoothing / classes.
    kept: f32,
    shared_weight: f32,
    // smoothing - smoothing / classes.
    moved: f32,
    // 1 where each row has a gradient of its own, 0 where they have one together.
    gradient_stride: u32,
    // The first total that the range makes, and how many all ranges make.
    first_total: u32,
    all_totals: u32,
    // Where each view begins in its binding, in elements or words, in the order of the bindings.
    first: vec4<u32>,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;
