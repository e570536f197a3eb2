//! xIELU below 0, where its line cancels its curve.

use wgpu_activations::Activation;

use super::random::Random;

/// Hyper-parameters with inputs all around the second zero that they have: the terms cancel over a part of
/// the range that depends on how near beta is to alpha_negative. `rounds` of five inputs for each set.
pub(crate) fn around_second_zeros(rounds: usize) -> impl Iterator<Item = (Activation, Vec<f32>)> {
    let mut random = Random(7);
    (0..240).map(move |set| {
        let alpha = 10.0_f64.powf(4.0 * random.unit() - 2.0);
        let ratio = match set % 4 {
            0 => random.unit(),
            1 => 10.0_f64.powf(-8.0 * random.unit()),
            2 => 1.0 - 10.0_f64.powf(-7.0 * random.unit()),
            // A zero in -30 .. -2.
            _ => 1.0 - 1.0 / (2.1 + 28.0 * random.unit()),
        };
        let set = [("alpha_negative", alpha), ("beta", alpha * ratio)];
        let activation = Activation::xielu().with_all(&set).expect("accepted");
        let zero = second_zero(&activation);
        let inputs = (0..rounds).flat_map(|_| {
            [
                zero * (8.0 * random.unit() - 4.0).exp(),
                zero * (1.0 + random.sign() * 10.0_f64.powf(-6.0 * random.unit())),
                zero * (1.3 * random.unit()),
                zero + 2.2 * random.unit() - 1.1,
                -2.2 * random.unit(),
            ]
        });
        let inputs = inputs.map(|x| x as f32).collect();
        (activation, inputs)
    })
}

/// Where it changes its sign below 0, by halving.
pub(crate) fn second_zero(xielu: &Activation) -> f64 {
    let reference = xielu.reference().expect("the catalogue has them");
    let parameters = xielu.values_f64();
    let (mut nearer, mut further) = (1e-12_f64, 1e9_f64);
    for _ in 0..100 {
        let size = (nearer * further).sqrt();
        match (reference.forward)(-size, &parameters) < 0.0 {
            true => nearer = size,
            false => further = size,
        }
    }
    -nearer
}
