// Products and sums in two parts, without a fused multiply-add.
//
// Each high part is held below a bound that it never reaches: no compiler can see through that, neither
// to contract a product into a later sum nor to cancel the terms of an error (Dekker 1971, A
// floating-point technique for extending the available precision).
// hi + lo is within 2^-47 of a * b or a + b, relatively.

fn math_mask(x: f32, bits: u32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) & bits);
}

fn math_hold(x: f32) -> f32 {
    return min(x, 0x1p127f);
}

// a * b as the sum of three parts, exactly. A caller takes the plain product where the lesser two are
// lost: where a factor or the product is below 1e-30, or the product above 1e38.
fn math_three_product(a: f32, b: f32) -> vec3<f32> {
    let hi = math_hold(a * b);
    let a_hi = math_mask(a, 0xfffff000u);
    let b_hi = math_mask(b, 0xfffff000u);
    let a_lo = a - a_hi;
    let b_lo = b - b_hi;
    let middle = (math_hold(a_hi * b_hi - hi) + a_hi * b_lo) + a_lo * b_hi;
    return vec3<f32>(hi, middle, math_hold(a_lo * b_lo));
}

// a * b as (hi, lo), under the same conditions.
fn math_two_product(a: f32, b: f32) -> vec2<f32> {
    let parts = math_three_product(a, b);
    return vec2<f32>(parts.x, parts.y + parts.z);
}

// a + b as (hi, lo), where |a| >= |b|.
fn math_ordered_sum(a: f32, b: f32) -> vec2<f32> {
    let hi = math_hold(a + b);
    return vec2<f32>(hi, math_hold(a - hi) + b);
}

// a + b as (hi, lo).
fn math_two_sum(a: f32, b: f32) -> vec2<f32> {
    let a_is_larger = abs(a) > abs(b);
    return math_ordered_sum(select(b, a, a_is_larger), select(a, b, a_is_larger));
}

// a * b, all in two parts.
fn math_pair_product(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let product = math_two_product(a.x, b.x);
    return vec2<f32>(product.x, product.y + (a.x * b.y + a.y * b.x));
}

// c + x * p, all in two parts, where |c| >= |x p|.
fn math_horner_step(c: vec2<f32>, x: vec2<f32>, p: vec2<f32>) -> vec2<f32> {
    let product = math_pair_product(x, p);
    let sum = math_ordered_sum(c.x, product.x);
    return vec2<f32>(sum.x, sum.y + (product.y + c.y));
}
