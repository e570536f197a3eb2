
// What is known of each part of each row, row by row.
@group(0) @binding(SLOT) var<storage, read_write> summaries: array<vec4<u32>>;
