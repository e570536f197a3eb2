use clap::Parser as _;
use wgpu_activations::Offload;

use crate::exact::Exact;
use crate::{Arguments, Inputs, Sizes, checks, run};

const fn sizes(rows: u32, columns: u32, inner: u32) -> Sizes {
    Sizes {
        rows,
        columns,
        inner,
    }
}

/// Multiples of a tile, less than one, and a little more.
#[test]
fn fused_results_are_right_and_those_of_two_kernels() {
    let gpu = Offload::new().expect("an adapter: run `cargo xtask test`, which installs one");
    for sizes in [
        sizes(1, 1, 1),
        sizes(16, 32, 48),
        sizes(17, 3, 5),
        sizes(40, 23, 100),
        sizes(3, 70, 1),
    ] {
        for check in checks::of(&gpu, sizes, &Inputs::new(sizes)).expect("checked") {
            assert!(check.passed(), "{sizes:?}: {check:?}");
            assert_eq!(check.different, 0, "{sizes:?}: {check:?}");
        }
    }
}

/// [2 1] · [1; −1] + 0.5 = 1.5, and [3 1] · [1; 2] = 5.
#[test]
fn the_reference_is_what_a_hand_computes() {
    let exact = Exact::new(
        sizes(1, 1, 2),
        &Inputs {
            a: vec![2.0, 1.0],
            b: vec![1.0, -1.0],
            bias: vec![0.5],
            g: vec![3.0, 1.0],
            v: vec![1.0, 2.0],
        },
    );
    // Φ(1.5) and φ(1.5), from a table.
    let (cdf, density) = (0.933_192_798_731_141_9, 0.129_517_595_665_891_74);
    let (output, gradient) = (exact.output[0], exact.gradient[0]);
    assert!((output.exact - 1.5 * cdf).abs() < 1e-15, "{output:?}");
    assert!(
        (gradient.exact - 5.0 * (cdf + 1.5 * density)).abs() < 1e-14,
        "{gradient:?}"
    );
    // A few roundings of a few units.
    for bound in [output.bound, gradient.bound] {
        assert!((1e-8..1e-4).contains(&bound), "{bound:e}");
    }
}

#[test]
fn sizes_that_an_adapter_does_not_take_are_refused() {
    for (sizes, expected) in [
        (
            "--rows 65536 --columns 1 --inner 4294967295",
            "65536 × 4294967295 is larger than the ",
        ),
        (
            "--rows 4294967295 --columns 1",
            "4294967295 × 1 is longer than the ",
        ),
    ] {
        let arguments = std::iter::once("fused_matmul").chain(sizes.split(' '));
        let arguments = Arguments::try_parse_from(arguments).expect("they are numbers");
        let error = run(&arguments)
            .expect_err("no adapter takes them")
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}
