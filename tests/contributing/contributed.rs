//! Run by `tests/contributing` in a copy of the tree that has the guide's activation.

use wgpu_activations::verify::Samples;
use wgpu_activations::{Activation, Offload};

#[test]
fn the_new_activation_is_verified_in_both_directions() {
    let name = std::env::var("CONTRIBUTED_ACTIVATION").expect("the caller names the activation");
    let activation = Activation::named(&name).expect("the catalogue has it");
    let definition = activation.definition().expect("it is a row");
    let gpu = Offload::new().expect("there is an adapter");
    for variant in Activation::variants(definition) {
        let reports = gpu.verify(&variant, &Samples::default());
        for report in reports.expect("its shader compiles and runs") {
            println!("{report}");
            assert!(report.passed(), "{report}");
        }
    }
}
