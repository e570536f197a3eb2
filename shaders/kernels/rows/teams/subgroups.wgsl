// The members of a team meet in their subgroup as far as that goes, and else in the workgroup's memory.

// Neighbours that share a subgroup: a power of two.
var<private> lanes: u32;

fn near_largest(key: i32) -> i32 {
    var largest = key;
    for (var distance = 1u; distance < min(THREADS, lanes); distance = distance * 2u) {
        largest = max(largest, subgroupShuffleXor(largest, distance));
    }
    return largest;
}

fn near_sum(sum: vec2<f32>) -> vec2<f32> {
    var near = sum;
    for (var distance = 1u; distance < min(THREADS, lanes); distance = distance * 2u) {
        near = sum_of(near, subgroupShuffleXor(near, distance));
    }
    return near;
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_subgroups) subgroups: u32,
    @builtin(subgroup_size) size: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(subgroup_invocation_id) lane: u32,
) {
    // Nothing says which invocations share a subgroup, nor that it is full. But where there are as many
    // lanes as invocations, each has a number of its own among them, which serves as well as its index.
    let is_full = subgroups * size == WORKGROUP;
    lanes = select(1u, size, is_full);
    work(team_of(workgroup, select(local, subgroup * size + lane, is_full)));
}
