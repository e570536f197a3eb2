//! What a module's comment states of a function's error: `Measured: within 1.2 ULP for t in -87.3 .. 88.7`.

use std::ops::RangeInclusive;
use std::str::SplitWhitespace;

/// What errors are measured in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unit {
    /// Units in the last place of the exact result.
    Ulp,
    /// The same, of the largest term of the exact result.
    UlpOfLargestTerm,
    /// The exact result: for one in two parts.
    Whole,
}

/// A stated error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) bound: f64,
    pub(crate) unit: Unit,
    /// The inputs that it holds for.
    pub(crate) inputs: RangeInclusive<f32>,
    /// The magnitudes of exact results that it holds for.
    pub(crate) results: RangeInclusive<f64>,
}

impl Statement {
    /// The statement in a comment, if there is one.
    ///
    /// `within 1.2 ULP` or `within 1.2 ULP of the largest term` or `within 2^-47`; then `for every t`
    /// (but the infinite) or `for t in -1 .. 1`; then perhaps `and results in 1e-30 .. 1`.
    pub(crate) fn read(comment: &str) -> Option<Self> {
        let (_, text) = comment.split_once("Measured: within ")?;
        let mut words = text.split_whitespace();
        let error = words.next().expect("an error");
        let (bound, unit) = if let Some(power) = error.strip_prefix("2^-") {
            expect(&mut words, "for");
            ((-number(power)).exp2(), Unit::Whole)
        } else {
            expect(&mut words, "ULP");
            let unit = match words.next() {
                Some("of") => {
                    expect(&mut words, "the largest term for");
                    Unit::UlpOfLargestTerm
                }
                Some("for") => Unit::Ulp,
                other => panic!("\"for\" instead of {other:?} in {text:?}"),
            };
            (number(error), unit)
        };
        let name = words.next().expect("what varies");
        let inputs = if name == "every" {
            words.next();
            f32::MIN..=f32::MAX
        } else {
            expect(&mut words, "in");
            let (low, high) = interval(&mut words);
            low as f32..=high as f32
        };
        let mut results = 0.0..=f64::INFINITY;
        if words.next() == Some("and") {
            expect(&mut words, "results in");
            let (low, high) = interval(&mut words);
            results = low..=high;
        }
        Some(Self {
            bound,
            unit,
            inputs,
            results,
        })
    }
}

fn expect(words: &mut SplitWhitespace<'_>, expected: &str) {
    for expected in expected.split(' ') {
        assert_eq!(words.next(), Some(expected));
    }
}

fn interval(words: &mut SplitWhitespace<'_>) -> (f64, f64) {
    let low = number(words.next().expect("a lower end"));
    expect(words, "..");
    (low, number(words.next().expect("an upper end")))
}

fn number(word: &str) -> f64 {
    let digits = word.trim_end_matches(['.', ',', ';']);
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{word:?} is no number"))
}

#[test]
fn statements_are_read() {
    let read = |text| Statement::read(text).expect("a statement");
    let plain = read("Short. Measured: within 1.2 ULP for t in -87.3 .. 88.7. More.");
    assert_eq!(plain.bound, 1.2);
    assert_eq!(plain.inputs, -87.3..=88.7);
    assert_eq!(plain.results, 0.0..=f64::INFINITY);
    let whole = read("Measured: within 2^-47 for every x and results in 1e-30 .. 1e38.");
    assert_eq!((whole.bound, whole.unit), ((-47.0_f64).exp2(), Unit::Whole));
    assert_eq!(whole.inputs, f32::MIN..=f32::MAX);
    assert_eq!(whole.results, 1e-30..=1e38);
    let term = read("Measured: within 3 ULP of the largest term for every t.");
    assert_eq!(term.unit, Unit::UlpOfLargestTerm);
    assert_eq!(Statement::read("An estimate."), None);
}
