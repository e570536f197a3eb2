// Each team has a part of a row, all of whose parts are known.

fn part_of(team: Team, part: u32) -> vec4<u32> {
    return summaries[team.row * settings.all_parts + part];
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let team = team_of(workgroup, local);
    store_results(team, combined(team), false);
}
