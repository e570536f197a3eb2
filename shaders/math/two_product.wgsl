// Products and sums in two parts, without a fused multiply-add.
//
// Each high part has its lowest bit masked off: no compiler can then see through it, neither to
// contract a product into a later sum nor to cancel the terms of an error.
// hi + lo is within 2^-45 of a * b or a + b, relatively.

fn math_mask(x: f32, bits: u32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) & bits);
}

// a * b as the sum of three parts, exactly; the lesser two are 0 where one of the partial products
// would overflow or underflow.
fn math_three_product(a: f32, b: f32) -> vec3<f32> {
    let product = a * b;
    let hi = math_mask(product, 0xfffffffeu);
    let a_hi = math_mask(a, 0xfffff000u);
    let b_hi = math_mask(b, 0xfffff000u);
    let a_lo = a - a_hi;
    let b_lo = b - b_hi;
    let middle = ((a_hi * b_hi - hi) + a_hi * b_lo) + a_lo * b_hi;
    let in_range = min(abs(hi), min(abs(a), abs(b))) > 1e-30 && abs(hi) < 1e38;
    let parts = vec3<f32>(hi, middle, a_lo * b_lo);
    return select(vec3<f32>(product, 0.0, 0.0), parts, vec3<bool>(in_range));
}

// a * b as (hi, lo).
fn math_two_product(a: f32, b: f32) -> vec2<f32> {
    let parts = math_three_product(a, b);
    return vec2<f32>(parts.x, parts.y + parts.z);
}

// a + b as (hi, lo).
fn math_two_sum(a: f32, b: f32) -> vec2<f32> {
    let hi = math_mask(a + b, 0xfffffffeu);
    let a_is_larger = abs(a) > abs(b);
    let larger = select(b, a, a_is_larger);
    let smaller = select(a, b, a_is_larger);
    return vec2<f32>(hi, (larger - hi) + smaller);
}
