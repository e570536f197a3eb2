fn compute(at: vec2<u32>) -> Lanes {
    let input = load_input(at);
    return with_alpha_of(input, forward_lanes(input));
}
