// Four elements at a time: views that start on a vector, but for the tail.

alias Lanes = vec4<f32>;

fn forward_lanes(x: Lanes) -> Lanes {
    return Lanes(evaluate(x.x), evaluate(x.y), evaluate(x.z), evaluate(x.w));
}

fn derivative_lanes(x: Lanes) -> Lanes {
    return Lanes(differentiate(x.x), differentiate(x.y), differentiate(x.z), differentiate(x.w));
}
