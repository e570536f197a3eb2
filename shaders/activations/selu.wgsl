//! requires exp, expm1

const SCALE: f32 = 1.0507009873554804934193349852946;
const SCALE_ALPHA: f32 = 1.7580993408473768599402175208123;

fn forward(x: f32) -> f32 {
    return select(math_expm1_times(min(x, 0.0), 0.0, SCALE_ALPHA), SCALE * max(x, 0.0), x > 0.0);
}

fn derivative(x: f32) -> f32 {
    return select(math_exp_times(math_exp_parts(min(x, 0.0), 0.0), SCALE_ALPHA), SCALE, x > 0.0);
}
