// Adds up runs of sums.

struct Settings {
    // Number of runs.
    runs: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // The sums of one run, and of all; the last run may be shorter.
    run: u32,
    all: u32,
    // Where each view begins in its binding, in elements, in the order of the bindings.
    first: vec4<u32>,
    values: array<vec4<f32>, 2>,
    // The first sum, and where the results begin.
    start: u32,
    result: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let team = team_of(local);
    let run = group * TEAMS + team.index;
    let has_run = run < settings.runs;
    let end = select(0u, min((run + 1u) * settings.run, settings.all), has_run);
    var total = vec2<f32>(0.0, 0.0);
    for (var index = run * settings.run + team.member; index < end; index += THREADS) {
        total = sum_of(total, sums[settings.start + index]);
    }
    total = team_sum(team, total);
    if has_run && team.member == 0u {
        finish(settings.result + run, total);
    }
}
