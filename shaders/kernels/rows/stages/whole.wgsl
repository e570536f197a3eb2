// Each team has a whole row, and reads it once where it is one block.

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let team = team_of(workgroup, local);
    store_results(team, summary_of(team), settings.blocks == 1u);
}
