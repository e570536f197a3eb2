//! A prepared operation on other tensors of the same shape.

use super::KernelError;
use super::bound::{Bound, bind_group};
use super::images::{check_distinct, check_usage};
use super::prepared::{Dispatch, Prepared};
use super::scope::scoped;
use crate::tensor::{ImageView, Place, TensorView, View, Words};

impl Prepared {
    /// The same operation with other views in the place of some of those that it was prepared with: pairs of
    /// an old and a new one.
    ///
    /// That costs a bind group for each dispatch: nothing is planned, compiled or uploaded. A new view must
    /// have the old one's dtype and length, and its byte offset may differ by multiples of the device's
    /// `min_storage_buffer_offset_alignment`, which is 256 by default; an image must have the old one's format
    /// and size. For anything else prepare another operation, which compiles nothing either. Where two
    /// buffers take turns, rebind once and record one or the other.
    ///
    /// A view in two roles is replaced in both, and so is all that lies in an old view. Views in one buffer may
    /// not come to overlap. On a device that was lost it succeeds, and recording it has no effect.
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
        let bound = dispatch.bound.iter().map(|bound| moved(bound, moves));
        let bound = bound.collect::<Result<Vec<_>, _>>()?;
        check_sharing(&bound)?;
        let settings = (&self.settings, settings_at);
        Ok(Dispatch {
            pipeline: dispatch.pipeline.clone(),
            bind_group: bind_group(
                &self.device,
                &self.name,
                &dispatch.pipeline,
                settings,
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
        let mut all: Vec<(&TensorView, Option<TensorView>, bool)> = Vec::new();
        for bound in self.all_bound() {
            if let Bound::Tensor {
                tensor,
                is_read_only,
                ..
            } = bound
                // Dispatches over parts of a tensor hold it as a whole.
                && !all.iter().any(|(known, _, read_only)| {
                    read_only == is_read_only && tensor.is_within(known) && known.is_within(tensor)
                })
            {
                let new = best(bound, moves).map(|one| one.applied(tensor));
                all.push((tensor, new, *is_read_only));
            }
        }
        let overlap = all.iter().find_map(|(old, new, is_read_only)| {
            let new = new.as_ref()?;
            all.iter()
                .find_map(|(other_old, other_new, other_is_read_only)| {
                    let other_new = other_new.as_ref().unwrap_or(other_old);
                    let is_new = new.overlaps(other_new) && !old.overlaps(other_old);
                    let is_written = !is_read_only || !other_is_read_only;
                    (is_new && is_written).then(|| [new.byte_range(), other_new.byte_range()])
                })
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

/// A view that takes the place of another.
enum Move<'a> {
    Words {
        from: &'a TensorView,
        to: &'a TensorView,
    },
    Image {
        from: &'a ImageView,
        to: &'a ImageView,
    },
}

impl<'a> Move<'a> {
    fn new(old: Place<'a>, new: Place<'a>, alignment: u64) -> Result<Self, KernelError> {
        match (old, new) {
            (Place::Words(old), Place::Words(new)) => Self::of_words(old, new, alignment),
            (Place::Image(from), Place::Image(to)) if is_alike(from, to) => {
                Ok(Self::Image { from, to })
            }
            _ => Err(KernelError::Replacement {
                old: described(old),
                new: described(new),
            }),
        }
    }

    fn of_words(old: Words<'a>, new: Words<'a>, alignment: u64) -> Result<Self, KernelError> {
        if (old.kind, old.len) != (new.kind, new.len) {
            return Err(KernelError::Replacement {
                old: described(Place::Words(old)),
                new: described(Place::Words(new)),
            });
        }
        if old.start % alignment != new.start % alignment {
            return Err(KernelError::ReplacementOffset {
                old: old.start,
                new: new.start,
                alignment,
            });
        }
        Ok(Self::Words {
            from: old.bound,
            to: new.bound,
        })
    }

    fn is_of_nothing(&self) -> bool {
        matches!(self, Self::Words { from, .. } if from.is_empty())
    }

    fn is_of_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words { from, .. }, Self::Words { from: other, .. }) => {
                from.is_within(other) && other.is_within(from)
            }
            (Self::Image { from, .. }, Self::Image { from: other, .. }) => from == other,
            _ => false,
        }
    }

    /// Whether the old view is what is bound.
    fn is_of(&self, bound: &Bound) -> bool {
        match (self, bound) {
            (Self::Words { from, .. }, Bound::Tensor { tensor, .. }) => {
                tensor.is_within(from) && from.is_within(tensor)
            }
            (Self::Image { .. }, _) => self.takes(bound),
            _ => false,
        }
    }

    /// Whether only a part of what is bound lies in the old view.
    fn cuts(&self, bound: &Bound) -> bool {
        match (self, bound) {
            (Self::Words { from, .. }, Bound::Tensor { tensor, .. }) => {
                tensor.overlaps(from) && !tensor.is_within(from)
            }
            _ => false,
        }
    }

    /// Whether what is bound lies in the old view.
    fn takes(&self, bound: &Bound) -> bool {
        match (self, bound) {
            (Self::Words { from, .. }, Bound::Tensor { tensor, .. }) => tensor.is_within(from),
            (Self::Image { from, .. }, Bound::Image { image, .. }) => *from == image,
            _ => false,
        }
    }

    /// A tensor that it takes, in its new place.
    fn applied(&self, tensor: &TensorView) -> TensorView {
        match self {
            Self::Words { from, to } => tensor.moved(from, to),
            Self::Image { .. } => tensor.clone(),
        }
    }

    /// How many bytes the old view has; an image is taken as a whole.
    fn bytes(&self) -> u64 {
        match self {
            Self::Words { from, .. } => from.byte_range().end - from.byte_range().start,
            Self::Image { .. } => 0,
        }
    }
}

fn is_alike(one: &ImageView, other: &ImageView) -> bool {
    (one.format(), one.size()) == (other.format(), other.size())
}

fn described(place: Place<'_>) -> String {
    match place {
        Place::Words(words) => format!("{} elements of {}", words.len, words.kind),
        Place::Image(image) => {
            let (width, height) = image.size();
            format!(
                "an image of {width} x {height} texels of {}",
                image.format()
            )
        }
    }
}

/// The move that takes what is bound: of views inside one another, the narrowest.
fn best<'a, 'b>(bound: &Bound, moves: &'a [Move<'b>]) -> Option<&'a Move<'b>> {
    let taking = moves.iter().filter(|one| one.takes(bound));
    taking.min_by_key(|one| one.bytes())
}

/// What is bound after the moves.
fn moved(bound: &Bound, moves: &[Move<'_>]) -> Result<Bound, KernelError> {
    match (bound, best(bound, moves)) {
        (Bound::Image { is_written, .. }, Some(Move::Image { to, .. })) => {
            check_usage("the new image", *is_written, to)?;
            Ok(Bound::image(to, *is_written))
        }
        (
            Bound::Image {
                image, is_written, ..
            },
            _,
        ) => Ok(Bound::image(image, *is_written)),
        (
            Bound::Tensor {
                tensor,
                bytes,
                is_read_only,
            },
            taken,
        ) => {
            let new = taken.map_or_else(|| tensor.clone(), |one| one.applied(tensor));
            // Bytes before the tensor, which align its binding, come before it in the new place too.
            let shifted = |byte: u64| byte + new.byte_offset() - tensor.byte_offset();
            Ok(Bound::tensor(
                &new,
                shifted(bytes.start)..shifted(bytes.end),
                *is_read_only,
            ))
        }
    }
}

/// Whether no buffer or image is bound for reading only and for writing in one dispatch, which wgpu refuses.
fn check_sharing(bound: &[Bound]) -> Result<(), KernelError> {
    let tensors = |read_only: bool| {
        bound.iter().filter_map(move |bound| match bound {
            Bound::Tensor {
                tensor,
                is_read_only,
                ..
            } if *is_read_only == read_only => Some(tensor.buffer()),
            _ => None,
        })
    };
    if tensors(true).any(|read| tensors(false).any(|written| read == written)) {
        return Err(KernelError::ReplacementShares);
    }
    let images = |written: bool| {
        bound.iter().filter_map(move |bound| match bound {
            Bound::Image {
                image, is_written, ..
            } if *is_written == written => Some(image),
            _ => None,
        })
    };
    for written in images(true) {
        for read in images(false) {
            check_distinct(("the new image", read), ("another", written))?;
        }
    }
    Ok(())
}
