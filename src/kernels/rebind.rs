//! A prepared operation on other tensors of the same shape.

mod moves;

use super::KernelError;
use super::bound::{Bound, bind_group};
use super::images::{check_distinct, check_usage};
use super::prepared::{Dispatch, Prepared};
use super::scope::scoped;
use crate::shader::BufferUse;
use crate::tensor::{TensorView, View};
use moves::{Move, best};

impl Prepared {
    /// The same operation with other views in the place of some of those that it was prepared with: pairs of
    /// an old and a new one.
    ///
    /// That costs a bind group for each dispatch that takes one: nothing is planned, compiled or uploaded. A new view must
    /// have the old one's dtype and length, and its byte offset may differ by multiples of the device's
    /// `min_storage_buffer_offset_alignment`, which is 256 by default; an image must have the old one's format
    /// and size. For anything else prepare another operation, which compiles nothing either. Where two
    /// buffers take turns, rebind once and record one or the other.
    ///
    /// A view in two roles is replaced in both, and so is all that lies in an old view. What is written may
    /// not come to overlap another view. On a device that was lost it succeeds, and recording it has no effect.
    ///
    /// Both operations share the values of hyper-parameters and the seed: [`Prepared::set_parameters`] and
    /// [`Prepared::set_seed`] on one of them change those of the other.
    ///
    /// ```no_run
    /// use wgpu_activations::{KernelError, Prepared, TensorView};
    ///
    /// /// One for even frames and one for odd ones.
    /// fn in_turn(gelu: Prepared, even: &TensorView, odd: &TensorView) -> Result<[Prepared; 2], KernelError> {
    ///     let other = gelu.rebind(&[(even, odd)])?;
    ///     Ok([gelu, other])
    /// }
    /// ```
    pub fn rebind(&self, replacements: &[(&dyn View, &dyn View)]) -> Result<Self, KernelError> {
        let alignment = u64::from(self.device.limits().min_storage_buffer_offset_alignment);
        let moves = replacements
            .iter()
            .map(|(old, new)| Move::new(old.place(), new.place(), alignment));
        let moves = moves.collect::<Result<Vec<_>, _>>()?;
        self.check_all_bound(&moves)?;
        self.check_overlaps(&moves)?;
        let dispatches = scoped(&self.device, || {
            let numbered = (0..).zip(&self.dispatches);
            let moved =
                numbered.map(|(index, dispatch)| self.moved(index * self.stride, dispatch, &moves));
            moved.collect::<Result<_, _>>()
        })??;
        Ok(Self {
            device: self.device.clone(),
            kernels: self.kernels,
            parameters: self.parameters.clone(),
            seed: self.seed,
            name: self.name.clone(),
            settings: self.settings.clone(),
            stride: self.stride,
            dispatches,
        })
    }

    /// A dispatch, whose settings lie there, after the moves.
    fn moved(
        &self,
        settings_at: u64,
        dispatch: &Dispatch,
        moves: &[Move<'_>],
    ) -> Result<Dispatch, KernelError> {
        let replaced = dispatch.bound.iter().map(|bound| replaced(bound, moves));
        let replaced = replaced.collect::<Result<Vec<_>, _>>()?;
        if replaced.iter().all(Option::is_none) {
            return Ok(dispatch.clone());
        }
        let pairs = replaced.into_iter().zip(&dispatch.bound);
        let bound = pairs.map(|(new, old)| new.unwrap_or_else(|| old.clone()));
        let bound: Vec<_> = bound.collect();
        check_sharing(&bound)?;
        Ok(Dispatch {
            pipeline: dispatch.pipeline.clone(),
            bind_group: bind_group(
                &self.device,
                &self.name,
                &dispatch.pipeline,
                (&self.settings, settings_at),
                &bound,
            ),
            grid: dispatch.grid,
            bound,
        })
    }

    fn all_bound(&self) -> impl Iterator<Item = &Bound> {
        self.dispatches.iter().flat_map(|dispatch| &dispatch.bound)
    }

    /// Whether the old views are of those that it was prepared with, each once.
    fn check_all_bound(&self, moves: &[Move<'_>]) -> Result<(), KernelError> {
        for (index, one) in moves.iter().enumerate() {
            if moves[..index].iter().any(|other| one.is_of_the_same(other)) {
                return Err(KernelError::ReplacedTwice);
            }
            let is_bound = self.all_bound().any(|bound| one.takes(bound));
            let is_whole = self.all_bound().any(|bound| one.is_of(bound))
                || !self.all_bound().any(|bound| one.cuts(bound));
            let is_known = one.is_of_nothing() || is_bound && is_whole;
            if !is_known {
                return Err(KernelError::NotBound {
                    prepared: self.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Whether what is written shares bytes only with what it shared them with before.
    fn check_overlaps(&self, moves: &[Move<'_>]) -> Result<(), KernelError> {
        let mut all: Vec<Moved<'_>> = Vec::new();
        for bound in self.all_bound() {
            if let Bound::Tensor {
                tensor, bound_as, ..
            } = bound
            {
                let is_written = *bound_as == BufferUse::Written;
                // Dispatches over parts of a tensor hold it as a whole.
                let is_known =
                    |known: &Moved<'_>| known.old.is_same(tensor) && known.is_written == is_written;
                if !all.iter().any(is_known) {
                    all.push(Moved {
                        old: tensor,
                        new: best(bound, moves).map(|one| one.applied(tensor)),
                        is_written,
                    });
                }
            }
        }
        let mut moved = all.iter().filter(|one| one.new.is_some());
        let overlap = moved.find_map(|one| {
            let other = all.iter().find(|other| one.comes_to_overlap(other))?;
            Some([one.place().byte_range(), other.place().byte_range()])
        });
        match overlap {
            None => Ok(()),
            Some([first, second]) => Err(KernelError::Overlap {
                first: "one view",
                first_start: first.start,
                first_end: first.end,
                second: "another",
                second_start: second.start,
                second_end: second.end,
            }),
        }
    }
}

/// A tensor that is bound, and where it moves.
struct Moved<'a> {
    old: &'a TensorView,
    new: Option<TensorView>,
    is_written: bool,
}

impl Moved<'_> {
    fn place(&self) -> &TensorView {
        self.new.as_ref().unwrap_or(self.old)
    }

    /// Whether one of the two is written where the other lies, and was not before.
    fn comes_to_overlap(&self, other: &Self) -> bool {
        (self.is_written || other.is_written)
            && self.place().overlaps(other.place())
            && !self.old.overlaps(other.old)
    }
}

/// What comes in the place of something bound, where anything does.
fn replaced(bound: &Bound, moves: &[Move<'_>]) -> Result<Option<Bound>, KernelError> {
    let Some(taking) = best(bound, moves) else {
        return Ok(None);
    };
    match (bound, taking) {
        (Bound::Image { is_written, .. }, Move::Image { to, .. }) => {
            check_usage("the new image", *is_written, to)?;
            Ok(Some(Bound::image(to, *is_written)))
        }
        (
            Bound::Tensor {
                tensor,
                bytes,
                bound_as,
            },
            Move::Words { from, to },
        ) => {
            let new = tensor.moved(from, to);
            // Bytes before the tensor, which align its binding, come before it in the new place too.
            let shifted = |byte: u64| byte + new.byte_offset() - tensor.byte_offset();
            let bytes = shifted(bytes.start)..shifted(bytes.end);
            Ok(Some(Bound::tensor(&new, bytes, *bound_as)))
        }
        // A move takes only what is of its own kind.
        _ => Ok(None),
    }
}

/// Whether no buffer or image is bound for reading only and for writing in one dispatch, which wgpu refuses.
fn check_sharing(bound: &[Bound]) -> Result<(), KernelError> {
    for one in bound {
        for other in bound {
            match (one, other) {
                (
                    Bound::Tensor {
                        tensor: read,
                        bound_as: BufferUse::Read,
                        ..
                    },
                    Bound::Tensor {
                        tensor: written,
                        bound_as: BufferUse::ReadAsWritten | BufferUse::Written,
                        ..
                    },
                ) if read.buffer() == written.buffer() => {
                    return Err(KernelError::ReplacementShares);
                }
                (
                    Bound::Image {
                        image: read,
                        is_written: false,
                        ..
                    },
                    Bound::Image {
                        image: written,
                        is_written: true,
                        ..
                    },
                ) => check_distinct(
                    ("an image that is read", read),
                    ("one that is written", written),
                )?,
                _ => {}
            }
        }
    }
    Ok(())
}
