//! requires two_product

// Sums and products in three parts, for where even two cancel (Hida, Li & Bailey 2001, Algorithms for
// quad-double precision floating point arithmetic, with three parts instead of four). The parts of a
// result may overlap by a bit or two.

fn math_triple(a: f32, b: f32, c: f32) -> vec3<f32> {
    let lesser = math_two_sum(b, c);
    let sum = math_two_sum(a, lesser.x);
    let rest = math_two_sum(sum.y, lesser.y);
    return vec3<f32>(sum.x, rest.x, rest.y);
}

fn math_triple_sum(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
    let first = math_two_sum(a.x, b.x);
    let second = math_two_sum(a.y, b.y);
    let middle = math_two_sum(first.y, second.x);
    return math_triple(first.x, middle.x, middle.y + (second.y + (a.z + b.z)));
}

// a * b, exactly.
fn math_triple_exact(a: f32, b: f32) -> vec3<f32> {
    let product = math_three_product(a, b);
    return math_triple(product.x, product.y, product.z);
}

fn math_triple_product(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
    let first = math_triple_exact(a.x, b.x);
    let left = math_two_product(a.x, b.y);
    let right = math_two_product(a.y, b.x);
    let second = math_two_sum(left.x, right.x);
    let middle = math_two_sum(first.y, second.x);
    let least = (a.x * b.z + a.z * b.x) + a.y * b.y;
    let rest = (second.y + first.z) + ((left.y + right.y) + least);
    return math_triple(first.x, middle.x, middle.y + rest);
}
