// Where a row's elements of the mask begin; in the mask they lie settings.mask_stride apart.

// One of a mask's axes: (first + x) / divisor % length * stride.
fn mask_term(term: vec4<u32>, x: u32) -> u32 {
    return (term.x + x) / term.y % term.z * term.w;
}

fn mask_start(row: u32) -> u32 {
    var start = 0u;
    for (var n = 0u; n < settings.slab_terms; n++) {
        start += mask_term(settings.slabs[n], row / settings.inner);
    }
    for (var n = 0u; n < settings.column_terms; n++) {
        start += mask_term(settings.columns[n], row % settings.inner);
    }
    return start;
}
