//! Between a job's tensors, wherever these are, and slots.

use super::job::{Sink, Source};
use super::slot::Slot;
use super::strips::Strips;
use super::{Input, OffloadError, Output};

/// Moves elements of an input to a slot; `scratch` has room for what comes from readers.
pub(super) fn fill(
    slot: &Slot,
    index: usize,
    (input, name): (&mut Input<'_>, &'static str),
    strips: &Strips,
    scratch: &mut Vec<u8>,
) -> Result<(), OffloadError> {
    let size = input.dtype.size() as usize;
    let len = strips.part.end - strips.part.start;
    match &mut input.source {
        Source::Bytes(source) => {
            let ranges = strips.ranges();
            let strips =
                ranges.map(|range| &source[range.start as usize * size..range.end as usize * size]);
            slot.fill(index, len, strips)
        }
        Source::Reader(reader) => {
            scratch.resize(len as usize * size, 0);
            reader
                .read_exact(scratch)
                .map_err(|source| OffloadError::Read { name, source })?;
            slot.fill(index, len, [scratch.as_slice()])
        }
    }
}

/// Writes elements where they belong.
pub(super) fn write_strips(
    output: &mut Output<'_>,
    strips: &Strips,
    mut bytes: &[u8],
) -> Result<(), OffloadError> {
    for range in strips.ranges() {
        let size = (range.end - range.start) * output.dtype.size();
        let (strip, rest) = bytes.split_at(size as usize);
        write(output, range.start, strip)?;
        bytes = rest;
    }
    Ok(())
}

/// Writes what follows so many elements.
pub(super) fn write(output: &mut Output<'_>, start: u64, bytes: &[u8]) -> Result<(), OffloadError> {
    match &mut output.sink {
        Sink::Bytes(sink) => {
            let start = (start * output.dtype.size()) as usize;
            sink[start..start + bytes.len()].copy_from_slice(bytes);
            Ok(())
        }
        Sink::Writer(writer) => writer.write_all(bytes).map_err(OffloadError::Write),
        Sink::Seekable(stream) => {
            let at = start * output.dtype.size();
            stream.write_at(at, bytes).map_err(OffloadError::Write)
        }
        Sink::Pair(pair) => {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            write(&mut pair[0], start / 2, first)?;
            write(&mut pair[1], start / 2, second)
        }
    }
}
