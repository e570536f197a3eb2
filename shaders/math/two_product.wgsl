// Products and sums in two parts, without a fused multiply-add.
//
// Each high part has its lowest bit masked off: no compiler can then see through it, neither to
// contract a product into a later sum nor to cancel the terms of an error.
// hi + lo is within 2^-45 of a * b or a + b, relatively.

fn math_mask(x: f32, bits: u32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) & bits);
}

// a * b as the sum of three parts, exactly. A caller takes the plain product where the lesser two are
// lost: where a factor or the product is below 1e-30, or the product above 1e38.
fn math_three_product(a: f32, b: f32) -> vec3<f32> {
    let hi = math_mask(a * b, 0xfffffffeu);
    let a_hi = math_mask(a, 0xfffff000u);
    let b_hi = math_mask(b, 0xfffff000u);
    let a_lo = a - a_hi;
    let b_lo = b - b_hi;
    let middle = ((a_hi * b_hi - hi) + a_hi * b_lo) + a_lo * b_hi;
    return vec3<f32>(hi, middle, a_lo * b_lo);
}

// a * b as (hi, lo), under the same conditions.
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
