//! Whether a job's tensors are as long as it says.

use super::job::{Sink, Source};
use super::work::Operand;
use super::{Job, OffloadError, Output};
use crate::dtype::Dtype;

/// Whether slices have as many elements as the job takes, and as it gives: `total`.
pub(super) fn check_lengths(
    job: &Job<'_>,
    operands: &[Operand],
    total: u64,
) -> Result<(), OffloadError> {
    let units = job.work.units();
    for (input, operand) in job.inputs.iter().zip(operands) {
        if let Source::Bytes(bytes) = input.source {
            let elements = units.saturating_mul(operand.unit);
            check_length(operand.name, input.dtype, bytes.len(), elements)?;
        }
    }
    check_output(&job.output, total)
}

fn check_output(output: &Output<'_>, elements: u64) -> Result<(), OffloadError> {
    match &output.sink {
        Sink::Bytes(bytes) => check_length("the output", output.dtype, bytes.len(), elements),
        Sink::Writer(_) | Sink::Seekable(_) => Ok(()),
        Sink::Pair(pair) => match pair.each_ref().map(|output| output.dtype) {
            [first, second] if first != second => Err(OffloadError::OutputTypes { first, second }),
            _ => pair
                .iter()
                .try_for_each(|output| check_output(output, elements / 2)),
        },
    }
}

pub(super) fn check_length(
    name: &'static str,
    dtype: Dtype,
    bytes: usize,
    elements: u64,
) -> Result<(), OffloadError> {
    let bytes = bytes as u64;
    if !bytes.is_multiple_of(dtype.size()) {
        return Err(OffloadError::PartialElement { name, bytes, dtype });
    }
    let len = bytes / dtype.size();
    if len != elements {
        return Err(OffloadError::LengthMismatch {
            name,
            len,
            elements,
        });
    }
    Ok(())
}
