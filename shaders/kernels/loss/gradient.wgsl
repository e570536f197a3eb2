//! requires exp, quotient

// (softmax - what it should be) times the gradient of the loss, from the logits and what is saved.

fn store_gradients(team: Team) {
    let at = team.row * RECORD;
    let largest = bitcast<f32>(word_of_saved(at + LARGEST_LOGIT));
    let beside = bitcast<f32>(word_of_saved(at + BESIDE));
    let class_or_not = word_of_saved(at + CLASS);
    let loss_bits = word_of_saved(at + LOSS);
    let is_nan = (loss_bits & 0x7fffffffu) > 0x7f800000u;
    let weight = load_grad_output(team.row * settings.gradient_stride);
    let sum = math_divisor_sum(1.0, vec2<f32>(max(beside, 0.0), 0.0));
    let factor = math_quotient(vec2<f32>(1.0, 0.0), sum);
    let start = settings.first_part * settings.part_len;
    for (var block = 0u; block < block_count(); block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let place = place_of(team, element);
                let key = key_of(load_logits(place));
                let x = number_of(key);
                let is_absent = key == MINUS_INFINITY || vanishes(x, largest);
                let share = math_exp_times(exponential(x, largest), factor);
                let probability = select(share, 0.0, is_absent);
                // Where the target is almost certain, probability - 1 is what all others have.
                let is_largest = x == largest && !is_absent;
                let below_one = select(probability - 1.0, -(beside * factor), is_largest);
                let is_target = start + element == class_or_not;
                let difference = select(
                    probability - settings.shared_weight,
                    below_one + settings.moved,
                    is_target,
                );
                let gradient = select(difference * weight, bitcast<f32>(loss_bits), is_nan);
                store_GRAD_LOGITS(place, select(gradient, 0.0, class_or_not == IS_IGNORED));
            }
        }
    }
}

fn work(team: Team) {
    if team.has_row {
        store_gradients(team);
    }
}
