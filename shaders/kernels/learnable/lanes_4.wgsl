// Four elements at a time, which may be of different channels: views that start on a vector, but for
// the tail.

alias Lanes = vec4<f32>;

// The parameters of an element, given those of its vector's first one.
fn parameters_beside(p: Parameters, element: u32) -> Parameters {
    if VECTORS_IN_CHANNELS {
        return p;
    }
    return parameters_at(element);
}

fn forward_lanes(x: Lanes, item: u32) -> Lanes {
    let p = parameters_at(4u * item);
    return Lanes(
        forward_element(x.x, p),
        forward_element(x.y, parameters_beside(p, 4u * item + 1u)),
        forward_element(x.z, parameters_beside(p, 4u * item + 2u)),
        forward_element(x.w, parameters_beside(p, 4u * item + 3u)),
    );
}

fn derivative_lanes(x: Lanes, item: u32) -> Lanes {
    let p = parameters_at(4u * item);
    return Lanes(
        derivative_element(x.x, p),
        derivative_element(x.y, parameters_beside(p, 4u * item + 1u)),
        derivative_element(x.z, parameters_beside(p, 4u * item + 2u)),
        derivative_element(x.w, parameters_beside(p, 4u * item + 3u)),
    );
}
