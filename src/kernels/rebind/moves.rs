//! Views that take the place of others.

use crate::kernels::KernelError;
use crate::kernels::bound::Bound;
use crate::tensor::{ImageView, Place, TensorView, Words};

/// A view that takes the place of another.
pub(super) enum Move<'a> {
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
    pub(super) fn new(old: Place<'a>, new: Place<'a>, alignment: u64) -> Result<Self, KernelError> {
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

    pub(super) fn is_of_nothing(&self) -> bool {
        matches!(self, Self::Words { from, .. } if from.is_empty())
    }

    pub(super) fn is_of_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words { from, .. }, Self::Words { from: other, .. }) => from.is_same(other),
            (Self::Image { from, .. }, Self::Image { from: other, .. }) => from == other,
            _ => false,
        }
    }

    /// Whether the old view is what is bound.
    pub(super) fn is_of(&self, bound: &Bound) -> bool {
        match (self, bound) {
            (Self::Words { from, .. }, Bound::Tensor { tensor, .. }) => tensor.is_same(from),
            (Self::Image { .. }, _) => self.takes(bound),
            _ => false,
        }
    }

    /// Whether only a part of what is bound lies in the old view.
    pub(super) fn cuts(&self, bound: &Bound) -> bool {
        match (self, bound) {
            (Self::Words { from, .. }, Bound::Tensor { tensor, .. }) => {
                tensor.overlaps(from) && !tensor.is_within(from)
            }
            _ => false,
        }
    }

    /// Whether what is bound lies in the old view.
    pub(super) fn takes(&self, bound: &Bound) -> bool {
        match (self, bound) {
            (Self::Words { from, .. }, Bound::Tensor { tensor, .. }) => tensor.is_within(from),
            (Self::Image { from, .. }, Bound::Image { image, .. }) => *from == image,
            _ => false,
        }
    }

    /// A tensor that it takes, in its new place.
    pub(super) fn applied(&self, tensor: &TensorView) -> TensorView {
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
pub(super) fn best<'a, 'b>(bound: &Bound, moves: &'a [Move<'b>]) -> Option<&'a Move<'b>> {
    let taking = moves.iter().filter(|one| one.takes(bound));
    taking.min_by_key(|one| one.bytes())
}
