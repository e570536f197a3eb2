//! Rows around the lengths up to which a team keeps all that it read, or takes more of it at a time.

use wgpu_activations::{Dtype, RowActivation, RowFunction, Rows};

use super::common::subject::Subject;
use super::masked::{Masked, check_gradients, check_masked_forward, check_masked_in_place};
use super::subject::{check_backward, check_forward, check_in_place};
use super::{outputs, values};

/// The least and the greatest lengths of which an invocation takes as many elements, so that they have one
/// kernel: 8, 12, 16, 20 and 32; then 8 again and again.
const LENGTHS: [&[u64]; 6] = [
    &[1793, 2047, 2048],
    &[2049, 3072],
    &[3073, 4096],
    &[4097, 5120],
    &[7169, 8191, 8192],
    &[8193],
];

/// Few rows of each length.
const ROWS: u64 = 3;

/// Of kernels for so many elements compilers make much, and take long for it. So a test runs softmax or
/// softmin, which have the same kernels, for some of the lengths and log_softmax for others.
fn functions(class: usize) -> [RowActivation; 2] {
    let scaled = |function| RowActivation::variants(function)[class % 3];
    let softmax = [RowFunction::Softmax, RowFunction::Softmin][class / 2 % 2];
    let pair = [softmax, RowFunction::LogSoftmax].map(scaled);
    if class.is_multiple_of(2) {
        pair
    } else {
        [pair[1], pair[0]]
    }
}

/// Every type in every place.
fn types(class: usize) -> [Dtype; 3] {
    [0, 1, 2].map(|place| Dtype::ALL[(class + place) % 3])
}

fn classes() -> impl Iterator<Item = (usize, u64)> {
    let classes = LENGTHS.into_iter().enumerate();
    classes.flat_map(|(class, lengths)| lengths.iter().map(move |&len| (class, len)))
}

#[test]
fn results_of_rows_that_are_kept() {
    let gpu = Subject::shared();
    for (class, len) in classes() {
        let rows = Rows::along(&[ROWS, len], -1).expect("a shape");
        let values = values(rows.elements(), 10.0);
        let [first, second] = functions(class);
        let tensors = [(Dtype::F32, 1), (Dtype::F32, 3)];
        let worst = check_forward(gpu, &first, &rows, &values, tensors);
        let [dtype, ..] = types(class);
        check_in_place(gpu, &second, &rows, &values, (dtype, 3));
        println!("{first:?} of {len}: {worst:.2} ULP");
    }
}

#[test]
fn gradients_of_rows_that_are_kept() {
    let gpu = Subject::shared();
    for (class, len) in classes() {
        let rows = Rows::along(&[ROWS, len], -1).expect("a shape");
        let inputs = values(rows.elements(), 6.0);
        let gradients = values(rows.elements() + 1, 3.0);
        let check = |activation, tensors| {
            let outputs = outputs(&activation, &rows, &inputs);
            let contents = [&outputs[..], &gradients[1..]];
            check_backward(gpu, &activation, &rows, contents, tensors)
        };
        let [activation, other] = functions(class);
        let worst = check(activation, [1, 2, 3].map(|offset| (Dtype::F32, offset)));
        let [first, second, third] = types(class);
        check(other, [(first, 3), (second, 1), (third, 2)]);
        println!("{activation:?} backward of {len}: {worst:.2} ULP");
    }
}

/// In place and with gradients under each kind of mask once.
#[test]
fn rows_that_are_kept_under_masks() {
    let gpu = Subject::shared();
    for (index, (class, len)) in [(1, 2049), (4, 8192), (5, 8193)].into_iter().enumerate() {
        let shape = [ROWS, len];
        let seen = (&shape[..], -1);
        let values = values(ROWS * len, 5.0);
        let added: Vec<f32> = values.iter().rev().copied().collect();
        let truths: Vec<u8> = (0..len).map(|at| u8::from(at % 3 > 0)).collect();
        let masks = [
            Masked::additive(gpu, seen, &shape, &added, (Dtype::F32, 1)),
            Masked::boolean(gpu, seen, &[len], &truths, 3),
            // The last row sees all but one element.
            Masked::causal(seen, Some(len as i64 - ROWS as i64 - 1)),
        ];
        for (kind, masked) in masks.iter().enumerate() {
            let [activation, _] = functions(index + kind);
            let [input, output] = [kind + 2 * index, kind + index + 1].map(|n| Dtype::ALL[n % 3]);
            let tensors = [(input, 1), (output, 3)];
            check_masked_forward(gpu, &activation, masked, &values, tensors);
            if kind == index {
                // The kernels of the gradients are those of the test before.
                let [activation, _] = functions(class);
                check_masked_in_place(gpu, &activation, masked, &values, (Dtype::F32, 1));
                check_gradients(gpu, &activation, masked, &values);
            }
        }
    }
}

/// An invocation has a row of its own, or shares it with one that is far away.
#[test]
fn rows_beside_one_another() {
    let gpu = Subject::shared();
    for (class, (len, inner)) in [(32, 300), (33, 300), (64, 100)].into_iter().enumerate() {
        let rows = Rows::along(&[2, len, inner], 1).expect("a shape");
        let inputs = values(rows.elements(), 8.0);
        let [first, second] = functions(class);
        let tensors = [(Dtype::F32, 0); 2];
        check_forward(gpu, &first, &rows, &inputs, tensors);
        check_in_place(gpu, &second, &rows, &inputs, (Dtype::F16, 1));
        // Shares that are as good as any.
        let outputs: Vec<f32> = inputs.iter().map(|x| -x.abs() / 50.0).collect();
        let tensors = [(Dtype::F32, 1), (Dtype::Bf16, 2), (Dtype::Bf16, 3)];
        check_backward(gpu, &first, &rows, [&outputs, &inputs], tensors);
    }
}
