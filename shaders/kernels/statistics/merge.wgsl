// Each team has one of the three moments of a channel, and adds those of all parts.

struct Parameters {
    none: f32,
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let team = local / settings.threads;
    let member = local % settings.threads;
    let all = settings.channels * RECORD;
    let index = group * (WORKGROUP / settings.threads) + team;
    let has_record = index < all;
    let parts = select(0u, settings.parts, has_record);
    let at = settings.first_channel * RECORD + index;
    var moments = Moments();
    if has_record && member == 0u && settings.has_earlier == 1u {
        moments = moments_of_records(at);
    }
    for (var part = member; part < parts; part += settings.threads) {
        moments = merged(moments, moments_of_summaries(part * all + index));
    }
    moments = team_moments(team, member, moments);
    if has_record && member == 0u {
        set_moments_of_records(at, moments);
    }
}
