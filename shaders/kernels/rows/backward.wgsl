// From the saved results and the gradients of them, sums the function's term over each row, and stores
// the gradients of what the results came from.

struct Summary {
    total: vec2<f32>,
}

var<private> outputs: array<f32, STEPS>;
var<private> gradients: array<f32, STEPS>;

fn load(step: u32, at: u32) {
    outputs[step] = load_output(at);
    gradients[step] = load_GRAD_OUTPUT(at);
}

fn summary_of(team: Team) -> Summary {
    var sum = vec2<f32>(0.0, 0.0);
    for (var block = 0u; block < block_count(); block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                load(step, place_of(team, element));
                sum = sum_of(sum, term(outputs[step], gradients[step]));
            }
        }
    }
    return Summary(team_sum(team, sum));
}

fn packed(summary: Summary) -> vec4<u32> {
    return vec4<u32>(bitcast<vec2<u32>>(summary.total), 0u, 0u);
}

// Stores the gradients; is_kept tells whether what they are made of is still at hand.
fn store_results(team: Team, summary: Summary, is_kept: bool) {
    let factor = bitcast<f32>(bitcast<u32>(settings.scale) ^ settings.flip);
    for (var block = 0u; block < block_count(); block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let at = place_of(team, element);
                if !is_kept {
                    load(step, at);
                }
                store_GRAD_INPUT(at, gradient(outputs[step], gradients[step], summary.total, factor));
            }
        }
    }
}
