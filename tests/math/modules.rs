//! The files of shaders/math, as text.

use std::collections::BTreeMap;
use std::fs;

/// The modules by name.
pub(crate) struct Modules(BTreeMap<String, String>);

impl Modules {
    pub(crate) fn read() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/math");
        let files = fs::read_dir(folder).expect("shaders/math can be read");
        let paths = files.map(|file| file.expect("an entry").path());
        Self(
            paths
                .map(|path| {
                    let name = path.file_stem().and_then(|stem| stem.to_str());
                    let text = fs::read_to_string(&path).expect("UTF-8");
                    (name.expect("UTF-8").to_owned(), text)
                })
                .collect(),
        )
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A module's text after that of all that it requires.
    pub(crate) fn with_requirements(&self, name: &str) -> String {
        let mut names = Vec::new();
        self.visit(name, &mut names);
        names.iter().map(|name| self.0[*name].as_str()).collect()
    }

    fn visit<'a>(&'a self, name: &'a str, ordered: &mut Vec<&'a str>) {
        if ordered.contains(&name) {
            return;
        }
        let lines = self.0[name].lines();
        let required = lines.filter_map(|line| line.strip_prefix("//! requires "));
        for required in required.flat_map(|names| names.split(", ")) {
            self.visit(required, ordered);
        }
        ordered.push(name);
    }

    /// The error that a module's header states: `Measured: within 0.8 ULP`.
    pub(crate) fn stated_error(&self, name: &str) -> Option<f64> {
        let comments: Vec<_> = self.0[name]
            .lines()
            .filter_map(|line| line.strip_prefix("// "))
            .collect();
        let text = comments.join(" ");
        let (_, stated) = text.split_once("Measured: within ")?;
        let (number, _) = stated.split_once(" ULP").expect("an error in ULP");
        Some(number.parse().expect("a number of ULP"))
    }
}
