//! Which blocks of a tensor each dispatch takes, and how it shares them out: pure arithmetic, no GPU.

use std::ops::Range;

use crate::shader::StatisticsShader;
use crate::tensor::Rows;

/// Workgroups that keep a machine busy: with fewer, channels are divided.
const BUSY: u64 = 256;

/// Elements that are worth an invocation of their own.
const LEAST: u64 = 8;

/// Elements that lie together: so many of each of some channels, so many times over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Where it begins in the tensor.
    pub(super) start: u64,
    pub(super) outer: u64,
    pub(super) channels: Range<u64>,
    pub(super) inner: u64,
    /// Whether no element before it belongs to one of the channels.
    pub(super) is_first: bool,
}

/// Who takes what of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Teams {
    /// Invocations that take a part of a channel together.
    pub(super) threads: u32,
    /// Parts of each channel, and the elements of one.
    pub(super) parts: u32,
    pub(super) part_len: u32,
}

/// A range of a tensor's elements, whose channels lie along the rows, in blocks.
pub(super) fn blocks(channels: &Rows, elements: Range<u64>) -> impl Iterator<Item = Block> {
    let (len, inner) = (channels.len(), channels.inner());
    let slab = len * inner;
    let mut start = elements.start;
    std::iter::from_fn(move || {
        let rest = elements.end - start;
        if rest == 0 {
            return None;
        }
        let within = start % slab;
        let (channel, at) = (within / inner, within % inner);
        let until_slab = rest.min(slab - within);
        let (outer, channels, inner) = if rest >= slab && within == 0 {
            (rest / slab, 0..len, inner)
        } else if at == 0 && until_slab >= inner {
            (1, channel..channel + until_slab / inner, inner)
        } else {
            (1, channel..channel + 1, until_slab.min(inner - at))
        };
        let block = Block {
            start,
            outer,
            channels,
            inner,
            is_first: start < slab && at == 0,
        };
        start += block.elements();
        Some(block)
    })
}

impl Block {
    pub(super) fn elements(&self) -> u64 {
        self.count() * self.each()
    }

    /// How many channels it has.
    pub(super) fn count(&self) -> u64 {
        self.channels.end - self.channels.start
    }

    /// How many elements each of them has.
    pub(super) fn each(&self) -> u64 {
        self.outer * self.inner
    }

    /// As many invocations for a channel as have enough to do and find neighbours in memory, and as many
    /// parts as keep a machine busy, if the records of so many can be kept.
    pub(super) fn teams(&self, most_records: u64) -> Teams {
        let workgroup = u64::from(StatisticsShader::WORKGROUP);
        let power = |count: u64| count.next_power_of_two().min(workgroup);
        let busy = power(self.each().div_ceil(LEAST));
        let threads = busy.min(power(self.inner).max(workgroup / power(self.count())));
        let wanted = (BUSY * (workgroup / threads)).div_ceil(self.count());
        let parts = wanted
            .min(self.each() / (threads * LEAST))
            .min(most_records / self.count())
            .max(1);
        let part_len = self.each().div_ceil(parts).next_multiple_of(threads);
        Teams {
            threads: threads as u32,
            parts: self.each().div_ceil(part_len) as u32,
            part_len: part_len as u32,
        }
    }
}

impl Teams {
    /// Workgroups that parts of so many channels take.
    pub(super) fn groups(self, channels: u64) -> u32 {
        let teams = u64::from(StatisticsShader::WORKGROUP / self.threads);
        (channels * u64::from(self.parts)).div_ceil(teams) as u32
    }

    /// Invocations that merge the parts of one record.
    pub(super) fn merging(self) -> u32 {
        self.parts
            .div_ceil(4)
            .next_power_of_two()
            .min(StatisticsShader::WORKGROUP)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The elements that the kernel takes for each channel of a block, from the same arithmetic as the WGSL.
    fn taken(block: &Block, teams: Teams) -> Vec<(u64, u64)> {
        let (inner, count) = (block.inner, block.count());
        let (threads, len) = (u64::from(teams.threads), u64::from(teams.part_len));
        let workgroup = u64::from(StatisticsShader::WORKGROUP);
        let mut taken = Vec::new();
        for group in 0..u64::from(teams.groups(count)) {
            for team in 0..workgroup / threads {
                let task = group * (workgroup / threads) + team;
                let (channel, part) = (task % count, task / count);
                if part >= u64::from(teams.parts) {
                    continue;
                }
                let end = block.each().min((part + 1) * len);
                for member in 0..threads {
                    let own = (part * len + member..end).step_by(teams.threads as usize);
                    let place = |element: u64| {
                        (element / inner * count + channel) * inner + element % inner
                    };
                    let channel = block.channels.start + channel;
                    taken.extend(own.map(|element| (block.start + place(element), channel)));
                }
            }
        }
        taken
    }

    proptest! {
        #[test]
        fn every_element_is_taken_once_for_its_channel(
            (outer, len, inner) in prop_oneof![
                (1_u64..40, 1_u64..40, 1_u64..40),
                (1_u64..3000, 1_u64..9, 1_u64..3),
                (1_u64..3, 1_u64..5, 1_u64..9000),
                (1_u64..4, 1_u64..3000, 1_u64..3),
            ],
            cuts in prop::collection::vec(0.0_f64..1.0, 0..4),
            spare in 1_u64..50,
        ) {
            let rows = Rows::along(&[outer, len, inner], 1).unwrap();
            let mut ends: Vec<_> =
                cuts.iter().map(|cut| (cut * rows.elements() as f64) as u64).collect();
            ends.push(rows.elements());
            ends.sort_unstable();
            let mut start = 0;
            let mut seen_channels = vec![false; len as usize];
            let mut all = Vec::new();
            for end in ends {
                for block in blocks(&rows, start..end) {
                    prop_assert!(block.start + block.elements() <= end);
                    for channel in block.channels.clone() {
                        prop_assert!(block.is_first != seen_channels[channel as usize]);
                        seen_channels[channel as usize] = true;
                    }
                    let most_records = len * spare;
                    let teams = block.teams(most_records);
                    prop_assert!(teams.threads.is_power_of_two() && teams.threads <= 256);
                    prop_assert!(teams.merging().is_power_of_two() && teams.merging() <= 256);
                    prop_assert!(u64::from(teams.parts) * block.count() <= most_records);
                    all.extend(taken(&block, teams));
                }
                start = end;
            }
            all.sort_unstable();
            let expected: Vec<_> = (0..rows.elements())
                .map(|element| (element, element / inner % len))
                .collect();
            prop_assert!(all == expected);
        }
    }

    #[test]
    fn teams_are_as_large_as_neighbours_in_memory() {
        let teams = |shape: &[u64]| {
            let rows = Rows::along(shape, 1).unwrap();
            let teams = blocks(&rows, 0..rows.elements())
                .next()
                .unwrap()
                .teams(1 << 20);
            (teams.threads, teams.parts)
        };
        assert_eq!(teams(&[1, 1, 1 << 24]), (256, 256));
        assert_eq!(teams(&[4096, 1024, 1]), (1, 64));
        assert_eq!(teams(&[100_000, 3, 1]), (64, 174));
        assert_eq!(teams(&[8, 64, 112 * 112]), (256, 4));
        assert_eq!(teams(&[1, 7, 3]), (1, 1));
    }
}
