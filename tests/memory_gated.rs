//! Gated units of two tensors keep within the memory that a call may take. A process of its own, so that its
//! peak is this test's alone.

mod common;

use std::io;

use common::memory::{Equal, assert_peak_below, peak_kib};
use wgpu_activations::{Dtype, GatedActivation, Input, Job, Offload, Output};

#[test]
fn three_tensors_in_and_two_out_take_what_a_call_may() {
    let gpu = common::gpu();
    let swiglu = GatedActivation::swiglu();
    let run = |len| {
        let [mut a, mut b, mut grad] = [(); 3].map(|()| io::repeat(0));
        let mut grads = [(); 2].map(|()| Equal::new(0.0));
        let job = Job::backward_gated_pair(
            &swiglu,
            [&mut a, &mut b].map(|zeros| Input::reader(Dtype::F32, zeros)),
            Input::reader(Dtype::F32, &mut grad),
            grads
                .each_mut()
                .map(|grad| Output::writer(Dtype::F32, grad)),
            len,
        );
        gpu.run(job).expect("streamed");
        assert_eq!(grads.map(|grad| (grad.elements, grad.wrong)), [(len, 0); 2]);
    };
    // Compiles.
    run(1);
    let before = peak_kib().unwrap_or(0);
    run(1 << 26);
    assert_peak_below(before + Offload::MEMORY / 1024);
}
