//! Files that follow from the catalogue; `cargo xtask generate` refreshes them.

use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The file as it stands.
pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Holds the file to what it should be, or writes that into it where it is being refreshed.
pub(crate) fn check(name: &str, expected: &str) {
    if std::fs::read_to_string(path(name)).is_ok_and(|text| text == expected) {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_GENERATED").is_some(),
        "{name} does not show the catalogue as it is: run `cargo xtask generate`"
    );
    std::fs::write(path(name), expected).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// A number at a reader's precision: four decimals, without trailing zeros.
pub(crate) fn short(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let shown = if value.is_finite() {
        let decimals = format!("{value:.4}");
        decimals
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        value.to_string().replace("inf", "∞")
    };
    shown.replace('-', "−")
}
