//! requires two_product

// The sum of losses, in two parts and in an order that does not change, and how many there are.

const WORKGROUP: u32 = 256u;

struct Total {
    sum: vec2<f32>,
    // 1 where one of the losses is infinite, 2 where one is NaN; the sum is of the others.
    kind: u32,
    // Rows that count, and those of them whose target is no class.
    counted: u32,
    invalid: u32,
}

fn total_of(a: Total, b: Total) -> Total {
    let sum = math_two_sum(a.sum.x, b.sum.x);
    let pair = math_ordered_sum(sum.x, sum.y + (a.sum.y + b.sum.y));
    return Total(pair, max(a.kind, b.kind), a.counted + b.counted, a.invalid + b.invalid);
}

var<workgroup> totals: array<Total, WORKGROUP>;

fn workgroup_total(local: u32, total: Total) -> Total {
    totals[local] = total;
    for (var half = WORKGROUP / 2u; half > 0u; half = half / 2u) {
        workgroupBarrier();
        if local < half {
            totals[local] = total_of(totals[local], totals[local + half]);
        }
    }
    workgroupBarrier();
    return totals[0];
}

fn kind_of(bits: u32) -> u32 {
    let magnitude = bits & 0x7fffffffu;
    return select(select(0u, 1u, magnitude == 0x7f800000u), 2u, magnitude > 0x7f800000u);
}

// A total as a summary, where a sum that is no number says so.
fn packed_total(total: Total) -> vec4<u32> {
    let sum = bitcast<vec2<u32>>(total.sum);
    let bits = select(sum.x, select(0x7f800000u, 0x7fc00000u, total.kind == 2u), total.kind > 0u);
    return vec4<u32>(bits, sum.y, total.counted, total.invalid);
}

fn unpacked_total(words: vec4<u32>) -> Total {
    let kind = kind_of(words.x);
    let sum = bitcast<vec2<f32>>(select(words.xy, vec2<u32>(0u, 0u), kind > 0u));
    return Total(sum, kind, words.z, words.w);
}

// The loss of all rows, where that is a number divided by some divisor. Losses are not negative, so a
// sum that is no number has left f32's range.
fn settled_loss(total: Total, quotient: f32) -> f32 {
    let is_infinite = total.kind == 1u || kind_of(bitcast<u32>(total.sum.x + total.sum.y)) > 0u;
    let bits = select(bitcast<u32>(quotient), 0x7f800000u, is_infinite);
    return bitcast<f32>(select(bits, 0x7fc00000u, total.kind == 2u));
}
