fn compute(at: vec2<u32>) -> Lanes {
    let grad_output = load_grad_output(at);
    return with_alpha_of(grad_output, derivative_lanes(load_input(at)) * grad_output);
}
