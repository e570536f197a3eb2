//! The table of all activations, one row each, by family.
#![expect(
    clippy::needless_update,
    reason = "a row may state everything that `Definition::PLAIN` has"
)]

mod algebraic;
mod basic;
mod exponential;
mod gated;
mod periodic;
mod rectifiers;
mod shrinks;
mod sigmoids;
mod softplus;

use super::{Activation, Definition};

/// All rows, family by family.
pub fn catalogue() -> impl Iterator<Item = &'static Definition> {
    [
        basic::ROWS,
        rectifiers::ROWS,
        exponential::ROWS,
        sigmoids::ROWS,
        shrinks::ROWS,
        gated::ROWS,
        softplus::ROWS,
        algebraic::ROWS,
        periodic::ROWS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Writes a family's rows: the table `ROWS`, and a constructor on [`Activation`] for each.
///
/// A row leaves out `name` and `wgsl`, which follow from its identifier, and what it shares with
/// [`Definition::PLAIN`].
macro_rules! rows {
    ($($name:ident { $($field:ident: $value:expr),* $(,)? })*) => {
        $(
            #[expect(non_upper_case_globals, reason = "a row is named as its activation is")]
            static $name: Definition = Definition {
                name: stringify!($name),
                wgsl: include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/shaders/activations/", stringify!($name), ".wgsl"
                )),
                $($field: $value,)*
                ..Definition::PLAIN
            };
        )*

        pub(super) const ROWS: &[&Definition] = &[$(&$name),*];

        impl Activation {
            $(
                #[doc = concat!("`", stringify!($name), "` with default hyper-parameters.")]
                pub fn $name() -> Self {
                    Self::from_definition(&$name)
                }
            )*
        }
    };
}
use rows;
