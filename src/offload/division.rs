//! How a job is divided: pure arithmetic, no GPU.

use std::ops::Range;

use super::strips::Strips;

/// Elements that one step moves of a tensor at most. 16 MiB: long enough to hide a submission, short
/// enough that all slots together stay small.
pub(super) const MAX_PIECE: u64 = 1 << 22;

/// Elements of a piece at least, so that slots made for short tensors serve again.
const MIN_PIECE: u64 = 1 << 16;

/// Columns that a block has at least where it can, so that what it takes of memory are whole cache lines.
const MIN_COLUMNS: u64 = 16;

/// Elements of a tensor that a block has at most for the sake of [`MIN_COLUMNS`].
const MAX_BLOCK: u64 = 1 << 26;

/// A job in chunks of whole units, or in blocks of columns where a unit is larger than what a step moves. A
/// chunk passes in one step, unless it is larger than that still.
pub(super) struct Division {
    units: u64,
    /// Units of a chunk; the last one may have fewer.
    per_chunk: u64,
    /// Columns of a unit.
    columns: u64,
    /// Columns of a chunk; the last one of a unit may have fewer.
    block: u64,
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
    /// Their columns in it.
    pub(super) columns: Range<u64>,
    /// The elements of the chunk that it moves to the device, of each input.
    pub(super) uploads: Vec<Range<u64>>,
    /// Whether all inputs are on the device then.
    pub(super) is_complete: bool,
    /// The elements of the chunk's result that it moves back.
    pub(super) read: Range<u64>,
}

impl Division {
    /// Units have so many columns, into which they may be cut or not; `largest_piece` is what the device's
    /// limits allow, in elements.
    pub(super) fn new(
        units: u64,
        (columns, may_cut): (u64, bool),
        inputs: Vec<u64>,
        output: u64,
        largest_piece: u64,
    ) -> Self {
        let unit = inputs.iter().copied().fold(output, u64::max).max(1);
        let piece = units
            .saturating_mul(unit)
            .checked_next_power_of_two()
            .map_or(MAX_PIECE, |piece| piece.clamp(MIN_PIECE, MAX_PIECE));
        // Even, so that a piece of 16-bit elements ends with a word.
        let piece = (piece.min(largest_piece) & !1).max(2);
        let columns = columns.max(1);
        let block = match may_cut && unit > piece {
            true => block(columns, unit / columns, piece, largest_piece),
            false => columns,
        };
        Self {
            units,
            per_chunk: (piece / unit).max(1),
            columns,
            block,
            piece,
            inputs,
            output,
        }
    }

    /// Elements that one step moves of a tensor at most.
    pub(super) fn piece(&self) -> u64 {
        self.piece
    }

    /// Whether chunks are blocks of columns.
    pub(super) fn is_cut(&self) -> bool {
        self.block < self.columns
    }

    /// The elements of these columns of these units, of each input and of the output.
    pub(super) fn lengths(&self, units: &Range<u64>, columns: &Range<u64>) -> (Vec<u64>, u64) {
        let count = (units.end - units.start) * (columns.end - columns.start);
        let length = |unit: u64| unit / self.columns * count;
        let inputs = self.inputs.iter().copied();
        (inputs.map(length).collect(), length(self.output))
    }

    /// Where a chunk can be larger than a piece: the elements of one, of each input and of the output.
    pub(super) fn large_chunk(&self) -> Option<(Vec<u64>, u64)> {
        let (inputs, output) = self.lengths(&(0..1), &(0..self.block));
        let longest = inputs.iter().copied().fold(output, u64::max);
        (longest > self.piece).then_some((inputs, output))
    }

    /// Where the part of a step's chunk lies in a tensor in which a unit has so many elements, and a column is
    /// so many wide.
    pub(super) fn strips(&self, step: &Step, unit: u64, width: u64, part: &Range<u64>) -> Strips {
        let start = step.units.start * unit;
        let columns = step.columns.end - step.columns.start;
        match columns < self.columns {
            true => Strips {
                start: start + step.columns.start * width,
                len: columns * width,
                stride: self.columns * width,
                part: part.clone(),
            },
            false => Strips {
                start: start + part.start,
                len: part.end - part.start,
                stride: 0,
                part: 0..part.end - part.start,
            },
        }
    }

    /// Units of a chunk at most.
    pub(super) fn per_chunk(&self) -> u64 {
        self.per_chunk
    }

    /// Elements of a unit, in the tensor where it has most.
    pub(super) fn unit(&self) -> u64 {
        self.inputs.iter().copied().fold(self.output, u64::max)
    }

    /// All steps, in order.
    pub(super) fn steps(&self) -> Steps<'_> {
        Steps {
            division: self,
            units: 0,
            chunk: Box::new(std::iter::empty()),
        }
    }

    /// Those of a chunk of these units, block by block.
    fn steps_of_units(&self, units: Range<u64>) -> impl Iterator<Item = Step> + Send {
        let columns = ranges(self.columns, self.block);
        columns.flat_map(move |columns| self.steps_of(units.clone(), columns))
    }

    /// Those of one chunk.
    fn steps_of(
        &self,
        units: Range<u64>,
        columns: Range<u64>,
    ) -> impl Iterator<Item = Step> + Send {
        let (inputs, output) = self.lengths(&units, &columns);
        let longest = inputs.iter().copied().max().unwrap_or(0);
        let complete = longest.div_ceil(self.piece).saturating_sub(1);
        let all = complete + output.div_ceil(self.piece).max(1);
        (0..all).map(move |index| Step {
            units: units.clone(),
            columns: columns.clone(),
            uploads: inputs.iter().map(|&len| self.part(index, len)).collect(),
            is_complete: index == complete,
            read: match index.checked_sub(complete) {
                Some(index) => self.part(index, output),
                None => 0..0,
            },
        })
    }

    /// The piece of that number of so many elements; none beyond the last.
    fn part(&self, index: u64, len: u64) -> Range<u64> {
        let start = (index * self.piece).min(len);
        start..len.min(start + self.piece)
    }
}

/// The steps of a job that are left.
pub(super) struct Steps<'a> {
    division: &'a Division,
    /// How many units have been given out.
    units: u64,
    /// What is left of these.
    chunk: Box<dyn Iterator<Item = Step> + Send + 'a>,
}

impl Steps<'_> {
    /// The next one, with so many units at most where it begins a chunk.
    pub(super) fn next(&mut self, most: u64) -> Option<Step> {
        loop {
            if let Some(step) = self.chunk.next() {
                return Some(step);
            }
            let division = self.division;
            let left = division.units - self.units;
            if left == 0 {
                return None;
            }
            let start = self.units;
            self.units += most.clamp(1, division.per_chunk).min(left);
            self.chunk = Box::new(division.steps_of_units(start..self.units));
        }
    }
}

/// How many columns a block has of so many, where each has so many elements: about as many as the others.
fn block(columns: u64, column: u64, piece: u64, largest_piece: u64) -> u64 {
    let least = MIN_COLUMNS.min(MAX_BLOCK.min(largest_piece) / column);
    let most = (piece / column).max(least).clamp(1, columns);
    columns.div_ceil(columns.div_ceil(most))
}

/// So many numbers in ranges of a length, the last of which may be shorter.
fn ranges(all: u64, len: u64) -> impl Iterator<Item = Range<u64>> + Send {
    let starts = (0..all).step_by(usize::try_from(len).unwrap_or(usize::MAX));
    starts.map(move |start| start..all.min(start.saturating_add(len)))
}

#[cfg(test)]
mod tests;
