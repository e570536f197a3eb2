//! Rows around the lengths up to which a team keeps all that it read, or takes more of it at a time.

use wgpu_activations::{Dtype, RowActivation, Rows};

use super::common::subject::Subject;
use super::masked::{Masked, check_gradients, check_masked};
use super::subject::{check_backward, check_forward, check_in_place};
use super::{F32, activations, outputs, values};

const LENGTHS: [u64; 8] = [2047, 2048, 2049, 4096, 4097, 8191, 8192, 8193];

/// Few rows of each length.
const ROWS: u64 = 3;

/// Of kernels for so many elements of an invocation compilers make much: each length has another function,
/// and other types.
fn functions_and_types() -> impl Iterator<Item = (RowActivation, [Dtype; 3])> {
    let [first, second, third] = Dtype::ALL;
    let types = [
        [first, second, third],
        [second, third, first],
        [third, first, second],
    ];
    activations()
        .into_iter()
        .cycle()
        .zip(types.into_iter().cycle())
}

#[test]
fn results_of_rows_that_are_kept() {
    let gpu = Subject::shared();
    for (len, (activation, [input, output, _])) in LENGTHS.into_iter().zip(functions_and_types()) {
        let rows = Rows::along(&[ROWS, len], -1).expect("a shape");
        let values = values(rows.elements(), 10.0);
        let softmax = RowActivation::softmax();
        let worst = check_forward(gpu, &softmax, &rows, &values, F32);
        check_forward(gpu, &activation, &rows, &values, [(input, 1), (output, 3)]);
        check_in_place(gpu, &activation, &rows, &values, (output, 3));
        println!("softmax of {len}: {worst:.2} ULP");
    }
}

#[test]
fn gradients_of_rows_that_are_kept() {
    let gpu = Subject::shared();
    for (len, (activation, [first, second, third])) in
        LENGTHS.into_iter().zip(functions_and_types())
    {
        let rows = Rows::along(&[ROWS, len], -1).expect("a shape");
        let outputs = outputs(&activation, &rows, &values(rows.elements(), 6.0));
        let gradients = values(rows.elements() + 1, 3.0);
        let contents = [&outputs[..], &gradients[1..]];
        let tensors = [(Dtype::F32, 0); 3];
        let worst = check_backward(gpu, &activation, &rows, contents, tensors);
        // In place too, as the gradients' types are the same.
        let tensors = [(first, 3), (second, 1), (second, 2)];
        check_backward(gpu, &activation, &rows, contents, tensors);
        let tensors = [(second, 1), (first, 2), (third, 3)];
        check_backward(gpu, &activation, &rows, contents, tensors);
        println!("{activation:?} backward of {len}: {worst:.2} ULP");
    }
}

#[test]
fn rows_that_are_kept_under_masks() {
    let gpu = Subject::shared();
    let mut cases = functions_and_types();
    for len in [4097, 8192, 8193] {
        let shape = [ROWS, len];
        let seen = (&shape[..], -1);
        let values = values(ROWS * len, 5.0);
        let added: Vec<f32> = values.iter().rev().copied().collect();
        let truths: Vec<u8> = (0..len).map(|at| u8::from(at % 3 > 0)).collect();
        for masked in [
            Masked::additive(gpu, seen, &shape, &added, (Dtype::F32, 1)),
            Masked::boolean(gpu, seen, &[len], &truths, 3),
            // The last row sees all but one element.
            Masked::causal(seen, Some(len as i64 - ROWS as i64 - 1)),
        ] {
            let (activation, [input, output, _]) = cases.next().expect("a cycle");
            check_masked(
                gpu,
                &activation,
                &masked,
                &values,
                [(input, 1), (output, 3)],
            );
            check_gradients(gpu, &activation, &masked, &values);
        }
    }
}

/// An invocation has a row of its own, or shares it with one that is far away.
#[test]
fn rows_beside_one_another() {
    let gpu = Subject::shared();
    for (len, inner) in [(32, 300), (33, 300), (64, 100)] {
        let rows = Rows::along(&[2, len, inner], 1).expect("a shape");
        let inputs = values(rows.elements(), 8.0);
        for activation in [RowActivation::softmin(), RowActivation::log_softmax()] {
            check_forward(gpu, &activation, &rows, &inputs, F32);
            check_in_place(gpu, &activation, &rows, &inputs, (Dtype::F16, 1));
            // Shares that are as good as any.
            let outputs: Vec<f32> = inputs.iter().map(|x| -x.abs() / 50.0).collect();
            let tensors = [(Dtype::F32, 1), (Dtype::Bf16, 2), (Dtype::Bf16, 3)];
            check_backward(gpu, &activation, &rows, [&outputs, &inputs], tensors);
        }
    }
}
