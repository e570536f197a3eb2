// Every row's loss is a result of its own.

const WORKGROUP: u32 = 256u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let row = (workgroup.y * settings.groups_per_row + workgroup.x) * WORKGROUP + local;
    if row < settings.rows {
        store_losses(row, bitcast<f32>(word_of_saved(row * RECORD + LOSS)));
    }
}
