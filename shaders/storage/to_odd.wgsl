// For results that are rounded once more, to 16 bits: y, or where it is not exact its neighbour with
// an odd last bit on the side of the exact result, which the sign of `rest` tells. An odd f32 is never
// halfway between two numbers of 16 bits, so the second rounding goes the right way (Boldo & Melquiond
// 2008, Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd).
fn to_odd(y: f32, rest: f32) -> f32 {
    let bits = bitcast<u32>(y);
    let is_number = (bits & 0x7fffffffu) - 1u < 0x7f7fffffu;
    let is_inexact = rest < 0.0 || rest > 0.0;
    let step = select(0xffffffffu, 1u, (rest > 0.0) == (y > 0.0));
    return bitcast<f32>(bits + select(0u, step, is_number && is_inexact && (bits & 1u) == 0u));
}

// y as it has been rounded: a compiler that sees how y came about could take it apart in the rest. Its
// bits are not the largest of all, which belong to a NaN, but a compiler does not know.
fn settled(y: f32) -> f32 {
    return bitcast<f32>(min(bitcast<u32>(y), 0xfffffffeu));
}
