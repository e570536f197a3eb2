// Which channel an element of the range belongs to. Channels lie in runs of `inner` elements, one after
// another and then again from the first.
struct Channels {
    count: u32,
    inner: u32,
    // The channel of the range's first element, and which of that channel's run it is.
    first: u32,
    first_inner: u32,
}

fn parameters_at(element: u32) -> Parameters {
    if ONE_CHANNEL {
        return parameters_of(settings.channels.first);
    }
    let run = (settings.channels.first_inner + element) / settings.channels.inner;
    return parameters_of((settings.channels.first + run) % settings.channels.count);
}

fn forward_element(x: f32, p: Parameters) -> f32 {
    return evaluate(nan_of(x, p), p);
}

fn derivative_element(x: f32, p: Parameters) -> f32 {
    return differentiate(nan_of(x, p), p);
}
