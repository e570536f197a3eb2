//! The table of all activations, one row each, by family.

mod algebraic;
mod basic;
mod exponential;
mod gated;
mod periodic;
mod rectifiers;
mod shrinks;
mod sigmoids;
mod softplus;

use super::{Activation, Definition, Rule};

/// For hyper-parameters that inputs are compared with, added to or once multiplied by.
const NORMAL: Rule = Rule {
    text: "hyper-parameters must be 0 or at least 1.1754944e-38 in magnitude, because adapters may take smaller ones for 0",
    holds: |p| p.iter().all(|&value| !(value as f32).is_subnormal()),
};

/// For hyper-parameters of which a formula makes more than that.
pub(super) const MODERATE: Rule = Rule {
    text: "hyper-parameters must be 0 or between 1e-15 and 1e12 in magnitude, so that products with them stay in range",
    holds: |p| {
        let in_range = 1e-15_f32..=1e12;
        p.iter()
            .all(|&value| value == 0.0 || in_range.contains(&(value.abs() as f32)))
    },
};

/// The bound in ULP of activations that are made of one elementary function.
const ONE_FUNCTION: f64 = 2.0;

/// Rows of the catalogue that belong together.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Family {
    /// What they have in common, in a few words.
    pub name: &'static str,
    /// The rows.
    pub rows: &'static [&'static Definition],
}

/// All families, in the catalogue's order.
pub fn families() -> impl Iterator<Item = Family> {
    [
        ("lines and jumps", basic::ROWS),
        ("rectifiers", rectifiers::ROWS),
        ("exponential units", exponential::ROWS),
        ("sigmoids", sigmoids::ROWS),
        ("shrinkage", shrinks::ROWS),
        ("x times a gate", gated::ROWS),
        ("softplus and its kin", softplus::ROWS),
        ("quotients and roots", algebraic::ROWS),
        ("waves", periodic::ROWS),
    ]
    .into_iter()
    .map(|(name, rows)| Family { name, rows })
}

/// All rows, family by family.
pub fn catalogue() -> impl Iterator<Item = &'static Definition> {
    families().flat_map(|family| family.rows).copied()
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
                #[doc = concat!(
                    "`", stringify!($name), "` with default hyper-parameters: `",
                    rows!(@formula $($field: $value,)*), "`."
                )]
                // Only rustdoc needs the picture, so that the command which draws it can be built first.
                #[cfg_attr(doc, doc = concat!(
                    "\n\n<div>\n",
                    include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"), "/docs/gallery/", stringify!($name), ".svg"
                    )),
                    "</div>"
                ))]
                pub fn $name() -> Self {
                    Self::from_definition(&$name)
                }
            )*
        }
    };
    // The formula among a row's fields.
    (@formula formula: $formula:expr, $($rest:tt)*) => { $formula };
    (@formula $field:ident: $value:expr, $($rest:tt)*) => { rows!(@formula $($rest)*) };
}
use rows;
