//! requires exp

// g - e^y * sum of g, for elements that have a part in their row.

fn has_part(y: f32) -> bool {
    return key_of(y) > MINUS_INFINITY;
}

fn term(y: f32, g: f32) -> vec2<f32> {
    return vec2<f32>(select(0.0, g, has_part(y)), 0.0);
}

fn gradient(y: f32, g: f32, total: vec2<f32>) -> f32 {
    let finite = number_of(key_of(y));
    let parts = math_exp_parts(finite, 0.0);
    let share = math_exp_times(parts, total.x) + math_exp_times(parts, total.y);
    return select(0.0, select(g - share, y, key_of(y) > INFINITY), has_part(y));
}
