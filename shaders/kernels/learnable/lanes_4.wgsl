// Four elements at a time, which may be of different channels: views that start on a vector, but for
// the tail.

alias Lanes = vec4<f32>;

fn forward_lanes(x: Lanes, item: u32) -> Lanes {
    let first = 4u * item;
    return Lanes(
        forward_element(x.x, first),
        forward_element(x.y, first + 1u),
        forward_element(x.z, first + 2u),
        forward_element(x.w, first + 3u),
    );
}

fn derivative_lanes(x: Lanes, item: u32) -> Lanes {
    let first = 4u * item;
    return Lanes(
        derivative_element(x.x, first),
        derivative_element(x.y, first + 1u),
        derivative_element(x.z, first + 2u),
        derivative_element(x.w, first + 3u),
    );
}
