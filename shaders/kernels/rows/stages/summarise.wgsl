// Each team has a part of a row, and notes what is known of it.

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let team = team_of(workgroup, local);
    let summary = packed(summary_of(team));
    if team.has_row && team.member == 0u {
        summaries[team.row * settings.all_parts + settings.first_part + team.part] = summary;
    }
}
