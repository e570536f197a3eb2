// Keys of numbers are integers in their order: -infinity, what is finite, infinity, NaN. So the
// largest is found whatever a compiler assumes of NaN, and the key of a row's largest element tells
// whether there is anything else in the row.

const INFINITY: i32 = 0x7f800000;
const MINUS_INFINITY: i32 = -0x7f800001;
const LARGEST: f32 = 0x1.fffffep+127f;

fn key_of(x: f32) -> i32 {
    let bits = bitcast<i32>(x);
    let key = bits ^ ((bits >> 31u) & 0x7fffffff);
    return select(key, 0x7fffffff, (bits & 0x7fffffff) > INFINITY);
}

// The finite number that is nearest to one of this key.
fn number_of(key: i32) -> f32 {
    let finite = clamp(key, MINUS_INFINITY + 1, INFINITY - 1);
    return bitcast<f32>(finite ^ ((finite >> 31u) & 0x7fffffff));
}
