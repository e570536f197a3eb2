//! Functions and types that stand for all of their combinations.

use std::collections::HashSet;

use wgpu_activations::{Dtype, RowFunction, Rows};

/// Functions with the types of their tensors. Each compiler takes long for a kernel, so these few stand for all:
/// each function meets each type in each place, and any two types meet in any two places.
pub(crate) const MIXES: [(RowFunction, [Dtype; 3]); 9] = {
    use Dtype::{Bf16, F16, F32};
    use RowFunction::{LogSoftmax, Softmax, Softmin};
    [
        (Softmax, [F32, F32, F32]),
        (Softmax, [F16, F16, Bf16]),
        (Softmax, [Bf16, Bf16, F16]),
        (Softmin, [F32, F16, F16]),
        (Softmin, [F16, Bf16, F32]),
        (Softmin, [Bf16, F32, Bf16]),
        (LogSoftmax, [F32, Bf16, Bf16]),
        (LogSoftmax, [F16, F32, F16]),
        (LogSoftmax, [Bf16, F16, F32]),
    ]
};

/// One of the mixes for each kernel that rows of up to 8 elements may have: it goes by how many of them an
/// invocation takes, and by whether rows lie beside one another.
pub(crate) fn mix_for(rows: &Rows) -> usize {
    assert!(rows.len() <= 8);
    let steps = rows.len().next_power_of_two().ilog2() as usize;
    steps + 4 * usize::from(rows.inner() > 1)
}

#[test]
fn mixes_meet_in_pairs() {
    let columns = MIXES.map(|(function, [first, second, third])| {
        [function.name(), first.name(), second.name(), third.name()]
    });
    for first in 0..4 {
        for second in 0..first {
            let pairs = columns.map(|row| (row[first], row[second]));
            assert_eq!(HashSet::from(pairs).len(), 9, "{first} and {second}");
        }
    }
}
