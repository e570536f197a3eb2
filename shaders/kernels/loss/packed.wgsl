// What is known of a part of a row, in four words.

// No bits of a sum.
const OPEN: u32 = 0xffffffffu;

fn packed(summary: Summary) -> vec4<u32> {
    let distance = bitcast<vec2<u32>>(summary.distance);
    return vec4<u32>(
        bitcast<u32>(summary.highest),
        bitcast<u32>(summary.beside.x + summary.beside.y),
        select(distance.x, OPEN, summary.is_open),
        distance.y,
    );
}
