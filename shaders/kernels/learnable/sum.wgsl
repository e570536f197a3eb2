// Sums what the elements of each channel add to the gradients of its parameters. A range holds some
// channels, and of each the same elements: these lie in runs. Teams take parts of them.

struct Settings {
    // Channels in the range.
    channels: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Elements of each channel, and how many of them make a run.
    len: u32,
    run: u32,
    // Where each view begins in its binding, in elements, in the order of the bindings.
    first: vec4<u32>,
    // Of the parameters that are no tensors.
    values: array<vec4<f32>, 2>,
    // From one run of a channel to the next, and from one channel to the next.
    run_stride: u32,
    channel_stride: u32,
    // Parts of each channel's elements, and their length.
    parts: u32,
    part_len: u32,
    // How the sums lie: which channel is the range's first, of how many; parts of each.
    first_channel: u32,
    all_channels: u32,
    all_parts: u32,
    // Whether this is the first range with these channels.
    is_first: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;

// NaN is told by its bits: a compiler may assume that no value is NaN, not that no bits are.
fn is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn add(channel: u32, p: Parameters, element: u32) {
    var run = 0u;
    // A division takes its time.
    if settings.run < settings.len {
        run = element / settings.run;
    }
    let at = run * settings.run_stride
        + (element - run * settings.run)
        + channel * settings.channel_stride;
    let x = nan_of(load_input(at), p);
    var slopes = slopes_of(select(x, 0.0, is_nan(x)), p);
    let g = load_grad_output(at);
    for (var index = 0u; index < GRADIENTS; index++) {
        let term = select(slopes[index], x, is_nan(x)) * g;
        totals[index] = sum_of(totals[index], vec2<f32>(term, 0.0));
    }
}

var<private> totals: array<vec2<f32>, GRADIENTS>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let team = team_of(local);
    // Neighbours in the workgroup have the same part of neighbouring channels.
    let task = group * TEAMS + team.index;
    let channel = task % settings.channels;
    let part = task / settings.channels;
    let has_part = part < settings.parts;
    let p = parameters_of(settings.first_channel + channel);
    let end = select(0u, min((part + 1u) * settings.part_len, settings.len), has_part);
    for (var element = part * settings.part_len + team.member; element < end; element += THREADS) {
        add(channel, p, element);
    }
    for (var index = 0u; index < GRADIENTS; index++) {
        let total = team_sum(team, totals[index]);
        if has_part && team.member == 0u {
            let row = index * settings.all_channels + settings.first_channel + channel;
            let at = row * settings.all_parts + part;
            let before = select(sums[at], vec2<f32>(0.0), vec2<bool>(settings.is_first == 1u));
            sums[at] = sum_of(before, total);
        }
    }
}
