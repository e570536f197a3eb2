//! The files of shaders/math, as text.

use std::collections::BTreeMap;
use std::fs;

use crate::statement::Statement;

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

    /// Every function whose error is stated in the comment above it, with its module.
    pub(crate) fn statements(&self) -> BTreeMap<&str, (&str, Statement)> {
        self.0
            .iter()
            .flat_map(|(module, text)| {
                let of_module = statements(text).into_iter();
                of_module.map(|(function, stated)| (function, (module.as_str(), stated)))
            })
            .collect()
    }
}

/// The functions of one module whose error is stated.
fn statements(text: &str) -> Vec<(&str, Statement)> {
    let mut stated = Vec::new();
    let mut comment = String::new();
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("// ") {
            comment = comment + words + " ";
            continue;
        }
        if let Some(statement) = Statement::read(&comment) {
            let (name, _) = line
                .strip_prefix("fn ")
                .and_then(|rest| rest.split_once('('))
                .unwrap_or_else(|| panic!("a statement above no function, but {line:?}"));
            stated.push((name, statement));
        }
        comment.clear();
    }
    stated
}
