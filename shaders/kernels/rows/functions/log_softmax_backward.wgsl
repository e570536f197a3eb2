//! requires exp

// factor * (g - e^y * sum of g), for elements that have a part in their row.

fn has_part(y: f32) -> bool {
    return key_of(y) > MINUS_INFINITY;
}

fn term(y: f32, g: f32) -> vec2<f32> {
    return vec2<f32>(select(0.0, g, has_part(y)), 0.0);
}

// The factor comes first where it enlarges: a share below the normal numbers may be flushed, though its
// multiple is one of them. Beside a larger g no such share counts, and the product might overflow.
fn gradient(y: f32, g: f32, total: vec2<f32>, factor: f32) -> f32 {
    let finite = number_of(key_of(y));
    let is_first = abs(factor) > 1.0 && abs(g) < 1.0;
    let first = select(1.0, factor, is_first);
    var parts = math_exp_parts(finite, 0.0);
    parts.second *= first;
    let share = math_exp_times(parts, total.x) + math_exp_times(parts, total.y);
    let rest = (first * g - share) * select(factor, 1.0, is_first);
    return select(0.0, select(rest, y, key_of(y) > INFINITY), has_part(y));
}
