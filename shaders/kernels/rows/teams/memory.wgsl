// The members of a team meet in the workgroup's memory.

const lanes: u32 = 1u;

fn near_largest(key: i32) -> i32 {
    return key;
}

fn near_sum(sum: vec2<f32>) -> vec2<f32> {
    return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    work(team_of(workgroup, local));
}
