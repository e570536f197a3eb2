// Walks one range of a tensor. Each workgroup takes a block of WORKGROUP * STEPS consecutive items
// (an item is what one invocation writes at a time: a vector, an element, or a word of two) and each
// invocation every WORKGROUP-th of them, so that neighbours in a subgroup touch neighbours in memory.

const WORKGROUP: u32 = 256u;
const STEPS: u32 = 4u;

// NaN is told by its bits: a compiler may assume that no value is NaN, not that no bits are.
fn is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let start = group * (WORKGROUP * STEPS) + local;
    for (var step = 0u; step < STEPS; step++) {
        let item = start + step * WORKGROUP;
        if (item < settings.items) {
            process(item);
        }
    }
}
