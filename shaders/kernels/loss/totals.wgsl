// Each workgroup totals the losses of a block of rows.

const STEPS: u32 = 64u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let start = group * (WORKGROUP * STEPS);
    var total = Total();
    for (var step = 0u; step < STEPS; step++) {
        let row = start + step * WORKGROUP + local;
        if row < settings.rows {
            let class_or_not = word_of_saved(row * RECORD + CLASS);
            let bits = word_of_saved(row * RECORD + LOSS);
            let kind = kind_of(bits);
            let loss = vec2<f32>(bitcast<f32>(select(bits, 0u, kind > 0u)), 0.0);
            let invalid = select(0u, 1u, class_or_not == IS_NO_CLASS);
            if class_or_not != IS_IGNORED {
                total = total_of(total, Total(loss, kind, 1u, invalid));
            }
        }
    }
    let all = workgroup_total(local, total);
    if local == 0u && start < settings.rows {
        summaries[settings.first_total + group] = packed_total(all);
    }
}
