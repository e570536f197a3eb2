//! requires quotient

// The gradient of the mean, divided among the rows that count.
@compute @workgroup_size(1)
fn main() {
    let gradient = load_grad_output(0u);
    let is_number = (bitcast<u32>(gradient) & 0x7fffffffu) < 0x7f800000u;
    let divisor = math_divisor(f32(max(word_of_saved(0u), 1u)));
    let quotient = math_quotient(vec2<f32>(select(0.0, gradient, is_number), 0.0), divisor);
    store_weight(0u, select(gradient, quotient, is_number));
}
