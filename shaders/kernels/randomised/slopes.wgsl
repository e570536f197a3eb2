//! requires philox, two_product

// A slope for each element, from bits that a key and a counter determine: four elements share a counter.

struct Parameters {
    lower: f32,
    upper: f32,
    // The seed: the key, the counter of the tensor's first element, and which of four that is.
    key: vec2<u32>,
    offset: vec2<u32>,
    lane: u32,
    // How far into the tensor the range begins: so many elements, and four times so many.
    skipped_lanes: u32,
    skipped_counters: vec2<u32>,
}

// From 24 bits. Every rounding is one that no compiler leaves out, so that all give the same bits.
fn slope_of(bits: u32) -> f32 {
    let lower = settings.parameters.lower;
    let upper = settings.parameters.upper;
    let width = math_rounded(upper - lower);
    let share = math_rounded(f32(bits >> 8u) * 0x1p-24f * width);
    return clamp(lower + share, lower, upper);
}

// The place of an element of the range among its counters' elements.
fn place_of(element: u32) -> u32 {
    return settings.parameters.lane + settings.parameters.skipped_lanes + element;
}

// The slopes of four elements whose places begin at a multiple of four.
fn slopes_at(place: u32) -> vec4<f32> {
    let first = math_wide_sum(settings.parameters.offset, settings.parameters.skipped_counters);
    let counter = math_wide_sum(first, vec2<u32>(place >> 2u, 0u));
    let bits = math_philox(vec4<u32>(counter, 0u, 0u), settings.parameters.key);
    return vec4<f32>(slope_of(bits.x), slope_of(bits.y), slope_of(bits.z), slope_of(bits.w));
}

fn are_nan(x: Lanes) -> Bools {
    return (bitcast<Bits>(x) & Bits(0x7fffffffu)) > Bits(0x7f800000u);
}

fn forward_lanes(slopes: Lanes, x: Lanes) -> Lanes {
    // An infinite x gives 0 with a slope of 0.
    let negative = select(x, Lanes(0.0), (x > Lanes(0.0)) | (slopes == Lanes(0.0)) | are_nan(x));
    return select(slopes * negative, x, (x > Lanes(0.0)) | are_nan(x));
}

fn derivative_lanes(slopes: Lanes, x: Lanes) -> Lanes {
    return select(select(slopes, Lanes(1.0), x > Lanes(0.0)), x, are_nan(x));
}
