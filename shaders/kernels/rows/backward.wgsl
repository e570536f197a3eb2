// From the saved results and the gradients of them, sums the function's term over each row, and stores
// the gradients of what the results came from. Rows of one block are read once.

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let team = team_of(workgroup, local);
    let factor = bitcast<f32>(bitcast<u32>(settings.scale) ^ settings.flip);
    var outputs: array<f32, STEPS>;
    var gradients: array<f32, STEPS>;
    var sum = vec2<f32>(0.0, 0.0);
    for (var block = 0u; block < settings.blocks; block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let at = team.start + element * team.stride;
                outputs[step] = load_output(at);
                gradients[step] = load_GRAD_OUTPUT(at);
                sum = sum_of(sum, term(outputs[step], gradients[step]));
            }
        }
    }
    let total = team_sum(team, sum);
    for (var block = 0u; block < settings.blocks; block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let at = team.start + element * team.stride;
                if settings.blocks > 1u {
                    outputs[step] = load_output(at);
                    gradients[step] = load_GRAD_OUTPUT(at);
                }
                store_GRAD_INPUT(at, factor * gradient(outputs[step], gradients[step], total));
            }
        }
    }
}
