//! How a job is divided: pure arithmetic, no GPU.

use std::ops::Range;

/// Elements that one step moves of a tensor at most. 16 MiB: long enough to hide a submission, short
/// enough that all slots together stay small.
pub(super) const MAX_PIECE: u64 = 1 << 22;

/// Elements of a piece at least, so that slots made for short tensors serve again.
const MIN_PIECE: u64 = 1 << 16;

/// A job in chunks of whole units. A chunk passes in one step, unless a single unit is larger than what
/// a step moves.
pub(super) struct Division {
    units: u64,
    /// Units of a chunk; the last one may have fewer.
    per_chunk: u64,
    /// Elements that one step moves of a tensor at most.
    piece: u64,
    /// Elements of a unit, of each input and of the output.
    inputs: Vec<u64>,
    output: u64,
}

/// One submission.
pub(super) struct Step {
    /// The units of the chunk to which it belongs.
    pub(super) units: Range<u64>,
    /// The elements of the chunk that it moves to the device, of each input.
    pub(super) uploads: Vec<Range<u64>>,
    /// Whether all inputs are on the device then.
    pub(super) is_complete: bool,
    /// The elements of the chunk's result that it moves back.
    pub(super) read: Range<u64>,
}

impl Division {
    /// `largest_piece` is what the device's limits allow, in elements.
    pub(super) fn new(units: u64, inputs: Vec<u64>, output: u64, largest_piece: u64) -> Self {
        let unit = inputs.iter().copied().fold(output, u64::max).max(1);
        let piece = units
            .saturating_mul(unit)
            .checked_next_power_of_two()
            .map_or(MAX_PIECE, |piece| piece.clamp(MIN_PIECE, MAX_PIECE));
        // Even, so that a piece of 16-bit elements ends with a word.
        let piece = (piece.min(largest_piece) & !1).max(2);
        Self {
            units,
            per_chunk: (piece / unit).max(1),
            piece,
            inputs,
            output,
        }
    }

    /// Elements that one step moves of a tensor at most.
    pub(super) fn piece(&self) -> u64 {
        self.piece
    }

    /// The elements of these units, of each input and of the output.
    pub(super) fn lengths(&self, units: &Range<u64>) -> (Vec<u64>, u64) {
        let count = units.end - units.start;
        let inputs = self.inputs.iter().map(|unit| count * unit);
        (inputs.collect(), count * self.output)
    }

    /// Where a unit is larger than a piece: the elements of one, of each input and of the output.
    pub(super) fn large_unit(&self) -> Option<(&[u64], u64)> {
        let mut all = self.inputs.iter().chain([&self.output]);
        all.any(|&unit| unit > self.piece)
            .then_some((&self.inputs, self.output))
    }

    /// All steps, in order.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> + Send {
        let starts = (0..self.units).step_by(usize::try_from(self.per_chunk).unwrap_or(usize::MAX));
        starts.flat_map(move |start| {
            let units = start..self.units.min(start + self.per_chunk);
            let (inputs, output) = self.lengths(&units);
            let longest = inputs.iter().copied().max().unwrap_or(0);
            let complete = longest.div_ceil(self.piece).saturating_sub(1);
            let all = complete + output.div_ceil(self.piece).max(1);
            (0..all).map(move |index| Step {
                units: units.clone(),
                uploads: inputs.iter().map(|&len| self.part(index, len)).collect(),
                is_complete: index == complete,
                read: match index.checked_sub(complete) {
                    Some(index) => self.part(index, output),
                    None => 0..0,
                },
            })
        })
    }

    /// The piece of that number of so many elements; none beyond the last.
    fn part(&self, index: u64, len: u64) -> Range<u64> {
        let start = (index * self.piece).min(len);
        start..len.min(start + self.piece)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_element_moves_once_and_in_order(
            units in 0_u64..400,
            inputs in prop::collection::vec(1_u64..60, 1..=3),
            output in 1_u64..60,
            largest_piece in 0_u64..90,
        ) {
            let division = Division::new(units, inputs.clone(), output, largest_piece);
            let mut sent = vec![0; inputs.len()];
            let (mut computed, mut read) = (0, 0);
            for step in division.steps() {
                let first = step.units.start;
                for ((sent, part), unit) in sent.iter_mut().zip(&step.uploads).zip(&inputs) {
                    if !part.is_empty() {
                        prop_assert_eq!(*sent, first * unit + part.start);
                        prop_assert!(part.start.is_multiple_of(2));
                        prop_assert!(part.end - part.start <= division.piece());
                        *sent += part.end - part.start;
                    }
                }
                if step.is_complete {
                    prop_assert_eq!(first, computed);
                    computed = step.units.end;
                    for (sent, unit) in sent.iter().zip(&inputs) {
                        prop_assert_eq!(*sent, computed * unit);
                    }
                }
                if !step.read.is_empty() {
                    prop_assert!(step.units.end <= computed);
                    prop_assert_eq!(read, first * output + step.read.start);
                    prop_assert!(step.read.start.is_multiple_of(2));
                    prop_assert!(step.read.end - step.read.start <= division.piece());
                    read += step.read.end - step.read.start;
                }
                if division.large_unit().is_none() {
                    prop_assert!(step.is_complete && step.uploads.iter().all(|part| part.start == 0));
                }
            }
            prop_assert_eq!((computed, read), (units, units * output));
        }
    }

    #[test]
    fn units_larger_than_a_piece_pass_alone() {
        let steps = |units, unit| {
            let division = Division::new(units, vec![unit; 2], unit, u64::MAX);
            (division.steps().count(), division.large_unit().is_some())
        };
        assert_eq!(steps(3 * MAX_PIECE + 1, 1), (4, false));
        assert_eq!(
            steps(1_000_000, 1000),
            (1_000_000_usize.div_ceil(4194), false)
        );
        assert_eq!(steps(5, MAX_PIECE), (5, false));
        assert_eq!(steps(2, 3 * MAX_PIECE), (2 * 5, true));
    }
}
