// Each team has a part of a channel, and notes its moments. Where a channel's neighbours in memory are
// other channels', so are an invocation's neighbours.

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
    let threads = settings.threads;
    let teams = WORKGROUP / threads;
    let is_interleaved = settings.inner == 1u;
    let team = select(local / threads, local % teams, is_interleaved);
    let member = select(local % threads, local / teams, is_interleaved);
    let task = group * teams + team;
    let channel = task % settings.channels;
    let part = task / settings.channels;
    let has_part = part < settings.parts;
    let start = part * settings.part_len;
    let end = select(0u, min(start + settings.part_len, settings.elements), has_part);

    var input = Moments();
    var output = Moments();
    var slopes = Moments();
    for (var step = start + member; step < end; step += threads) {
        let run = step / settings.inner * settings.channels + channel;
        let x = load_input(run * settings.inner + step % settings.inner);
        let y = evaluate(x);
        let slope = bitcast<f32>(bitcast<u32>(differentiate(x)) & 0x7fffffffu);
        // What is below f32's normal numbers becomes zero on some adapters.
        input = with_number(input, x, (bitcast<u32>(x) & 0x7fffffffu) < 0x00800000u);
        output = with_number(output, y, (bitcast<u32>(y) & 0x7fffffffu) < 0x00800000u);
        let is_saturated = bitcast<u32>(slope) < bitcast<u32>(settings.threshold);
        slopes = with_number(slopes, slope, is_saturated);
    }
    let at = (part * settings.channels + channel) * RECORD;
    var series = array<Moments, RECORD>(input, output, slopes);
    for (var index = 0u; index < RECORD; index++) {
        let moments = team_moments(team, member, series[index]);
        if has_part && member == 0u {
            set_moments_of_summaries(at + index, moments);
        }
    }
}
