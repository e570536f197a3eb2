// Four elements at a time: views and halves that start on a vector, but for the tail.

alias Lanes = vec4<f32>;

fn product_lanes(a: Lanes, b: Lanes) -> Lanes {
    return Lanes(
        gated_product(a.x, b.x),
        gated_product(a.y, b.y),
        gated_product(a.z, b.z),
        gated_product(a.w, b.w),
    );
}

fn slope_lanes(grad: Lanes, a: Lanes, b: Lanes) -> Lanes {
    return Lanes(
        gated_slope(grad.x, a.x, b.x),
        gated_slope(grad.y, a.y, b.y),
        gated_slope(grad.z, a.z, b.z),
        gated_slope(grad.w, a.w, b.w),
    );
}
