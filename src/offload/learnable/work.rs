use std::ops::Range;

use crate::activation::Activation;
use crate::kernels::{Gradients, KernelError, Kernels, Learnable, Prepared};
use crate::offload::division::MAX_PIECE;
use crate::offload::work::{Chunk, Operand, Work};
use crate::shader::Operation;
use crate::tensor::{Rows, TensorView};

/// What is on the device for one hyper-parameter: its values, or the sums that its gradient is.
#[derive(Clone, Debug)]
pub(super) struct Resident {
    pub(super) parameter: &'static str,
    /// Of one value, or of one for each channel.
    pub(super) tensor: TensorView,
    /// The elements of each value.
    pub(super) width: u64,
}

/// An activation with hyper-parameters by channel; a unit is as large a part of a tensor as a chunk may
/// begin with.
#[derive(Debug)]
pub(super) struct OverChannels<'a> {
    pub(super) activation: &'a Activation,
    /// As far as the hyper-parameters tell them apart.
    pub(super) channels: Rows,
    pub(super) values: Vec<Resident>,
    /// In two parts each, of all elements so far.
    pub(super) sums: Vec<Resident>,
    pub(super) is_backward: bool,
}

impl OverChannels<'_> {
    /// All channels where a chunk has room for them, else a run of one, else an element.
    fn unit(&self) -> u64 {
        let (slab, run) = (
            self.channels.len() * self.channels.inner(),
            self.channels.inner(),
        );
        let most = self.most_elements();
        let fitting = [slab, run]
            .into_iter()
            .find(|unit| (1..=most).contains(unit));
        fitting.unwrap_or(1)
    }

    /// Prepares the kernels for a part of a chunk that begins at `start`.
    fn prepare_part(
        &self,
        kernels: &Kernels,
        chunk: &Chunk,
        start: u64,
        part: &Part,
    ) -> Result<Prepared, KernelError> {
        let mut learnable = Learnable::new(self.activation, &part.rows);
        for values in &self.values {
            learnable = learnable.with(values.parameter, &values.of(&part.channels)?)?;
        }
        let sums = self.sums.iter();
        let sums = sums.map(|sums| Ok((sums.parameter, sums.of(&part.channels)?)));
        let sums = sums.collect::<Result<Vec<_>, KernelError>>()?;
        let sums: Vec<_> = sums.iter().map(|(name, sums)| (*name, sums)).collect();
        let operation = match (self.is_backward, &chunk.output) {
            (false, None) => Operation::ForwardInPlace,
            (false, Some(_)) => Operation::Forward,
            (true, None) => Operation::BackwardInPlace,
            (true, Some(_)) => Operation::Backward,
        };
        let tensors = chunk.inputs.iter().chain(&chunk.output);
        let tensors = tensors
            .map(|tensor| tensor.slice(part.elements.start - start..part.elements.end - start));
        let tensors = tensors.collect::<Result<Vec<_>, _>>()?;
        let tensors: Vec<_> = tensors.iter().collect();
        kernels.prepare_learnable(&learnable, operation, &tensors, Gradients::Sums(&sums))
    }
}

impl Resident {
    /// That of these channels.
    fn of(&self, channels: &Range<u64>) -> Result<TensorView, KernelError> {
        if self.tensor.len() == self.width {
            return Ok(self.tensor.clone());
        }
        let elements = channels.start * self.width..channels.end * self.width;
        Ok(self.tensor.slice(elements)?)
    }
}

impl Work for OverChannels<'_> {
    fn units(&self) -> u64 {
        self.channels.elements() / self.unit()
    }

    fn inputs(&self) -> Vec<Operand> {
        let unit = self.unit();
        let operand = |name| Operand::new(name, unit);
        match self.is_backward {
            false => vec![operand("the input")],
            true => vec![operand("the input"), operand("the gradient of the output")],
        }
    }

    fn output_unit(&self) -> u64 {
        self.unit()
    }

    fn stays_on_one_device(&self) -> bool {
        true
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn most_elements(&self) -> u64 {
        // Where there are about as many channels as elements, those of a chunk take 12 bytes for each
        // hyper-parameter besides.
        match self.channels.len() > MAX_PIECE / 64 {
            false => MAX_PIECE,
            true => MAX_PIECE / (2 * self.values.len() as u64),
        }
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let elements = chunk.units.start * self.unit()..chunk.units.end * self.unit();
        let start = elements.start;
        parts(&self.channels, elements)
            .iter()
            .map(|part| self.prepare_part(kernels, chunk, start, part))
            .collect()
    }
}

/// Elements that lie together and are all of some channels.
#[derive(Debug)]
struct Part {
    elements: Range<u64>,
    channels: Range<u64>,
    /// These channels, in these elements.
    rows: Rows,
}

/// Any range of a tensor's elements in as few parts as can be, five at most: the rest of a run, the rest
/// of the channels' runs, all channels some times, and the beginning of these two.
fn parts(channels: &Rows, elements: Range<u64>) -> Vec<Part> {
    let (all, inner) = (channels.len(), channels.inner());
    let mut parts = Vec::new();
    let mut at = elements.start;
    while at < elements.end {
        let left = elements.end - at;
        let (channel, in_run) = (at / inner % all, at % inner);
        let rows = if in_run > 0 || left < inner {
            Rows::new(1, 1, left.min(inner - in_run))
        } else if channel > 0 || left < all * inner {
            Rows::new(1, (left / inner).min(all - channel), inner)
        } else {
            Rows::new(left / (all * inner), all, inner)
        };
        parts.push(Part {
            elements: at..at + rows.elements(),
            channels: channel..channel + rows.len(),
            rows,
        });
        at += rows.elements();
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_cover_every_element_with_its_channel(
            outer in 1_u64..5,
            len in 1_u64..6,
            inner in 1_u64..7,
            start in 0.0_f64..1.0,
            end in 0.0_f64..=1.0,
        ) {
            let channels = Rows::new(outer, len, inner);
            let place = |share: f64| (share * channels.elements() as f64).round() as u64;
            let elements = place(start.min(end))..place(start.max(end));
            let parts = parts(&channels, elements.clone());
            prop_assert!(parts.len() <= 5, "{parts:?}");
            let mut at = elements.start;
            for part in &parts {
                prop_assert_eq!(part.elements.start, at);
                prop_assert_eq!(part.rows.elements(), part.elements.end - part.elements.start);
                prop_assert_eq!(part.rows.len(), part.channels.end - part.channels.start);
                for element in 0..part.rows.elements() {
                    let channel = element / part.rows.inner() % part.rows.len();
                    let expected = (part.elements.start + element) / inner % len;
                    prop_assert_eq!(part.channels.start + channel, expected);
                }
                at = part.elements.end;
            }
            prop_assert_eq!(at, elements.end);
        }
    }
}
