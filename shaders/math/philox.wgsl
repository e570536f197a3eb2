// Philox 4x32-10, a generator of random bits from a counter and a key (Salmon, Moraes, Dror & Shaw 2011,
// Parallel random numbers: as easy as 1, 2, 3), in integers of 32 bits. Constants: table 2 there, and the
// golden ratio and sqrt(3) - 1 as fractions of 2^32.

const MATH_PHILOX_FIRST: u32 = 0xd2511f53u;
const MATH_PHILOX_SECOND: u32 = 0xcd9e8d57u;
const MATH_PHILOX_KEYS: vec2<u32> = vec2<u32>(0x9e3779b9u, 0xbb67ae85u);

// The upper 32 bits of a * b, by halves of 16 bits: no sum here exceeds 32.
fn math_upper_product(a: u32, b: u32) -> u32 {
    let a_hi = a >> 16u;
    let a_lo = a & 0xffffu;
    let b_hi = b >> 16u;
    let b_lo = b & 0xffffu;
    let middle = a_hi * b_lo + ((a_lo * b_lo) >> 16u);
    let carried = a_lo * b_hi + (middle & 0xffffu);
    return a_hi * b_hi + (middle >> 16u) + (carried >> 16u);
}

// a + b modulo 2^64, each as its lower and its upper half.
fn math_wide_sum(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let lower = a.x + b.x;
    return vec2<u32>(lower, a.y + b.y + select(0u, 1u, lower < a.x));
}

fn math_philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    var block = counter;
    var keys = key;
    for (var round = 0u; round < 10u; round++) {
        block = vec4<u32>(
            math_upper_product(MATH_PHILOX_SECOND, block.z) ^ block.y ^ keys.x,
            MATH_PHILOX_SECOND * block.z,
            math_upper_product(MATH_PHILOX_FIRST, block.x) ^ block.w ^ keys.y,
            MATH_PHILOX_FIRST * block.x,
        );
        keys += MATH_PHILOX_KEYS;
    }
    return block;
}
