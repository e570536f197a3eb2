use super::ShaderError;
use crate::activation::Activation;

/// The files of `shaders/math`, by the name under which a `//! requires` line asks for them.
macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/math/", $name, ".wgsl")),
        )),*]
    };
}

const MODULES: &[(&str, &str)] = modules![
    "argument",
    "atan",
    "erf",
    "exp",
    "exp_exp",
    "exp_exp_reduction",
    "expm1",
    "expm1mx",
    "gate",
    "inverse_sqrt",
    "isru",
    "ln2",
    "log",
    "log1p",
    "near_zero",
    "normal_tail",
    "philox",
    "quotient",
    "rest",
    "sign",
    "sin_cos",
    "slope",
    "tanh",
    "tanh_shrink",
    "trig_product",
    "trig_reduction",
    "two_product",
];

/// The WGSL of all modules that an activation and a kernel's texts require, each once, each after what
/// it requires itself.
///
/// The modules are the library's own affair: a caller's WGSL gets none.
pub(super) fn requirements(
    activation: &Activation,
    kernel: &[&str],
) -> Result<Vec<&'static str>, ShaderError> {
    let own = activation.is_trusted().then_some(activation.source_wgsl());
    let texts: Vec<_> = own.into_iter().chain(kernel.iter().copied()).collect();
    required(activation.name(), &texts)
}

/// The WGSL of all modules that the library's own texts require, in the same order. The texts are
/// those of `name`.
pub(super) fn required(name: &str, texts: &[&str]) -> Result<Vec<&'static str>, ShaderError> {
    let (mut seen, mut ordered) = (Vec::new(), Vec::new());
    for text in texts {
        visit(text, &mut seen, &mut ordered).map_err(|module| ShaderError::UnknownModule {
            activation: name.to_owned(),
            module,
        })?;
    }
    Ok(ordered)
}

fn visit(
    wgsl: &str,
    seen: &mut Vec<&'static str>,
    ordered: &mut Vec<&'static str>,
) -> Result<(), String> {
    for required in required_names(wgsl) {
        let &(name, text) = MODULES
            .iter()
            .find(|(name, _)| *name == required)
            .ok_or_else(|| required.to_owned())?;
        if !seen.contains(&name) {
            seen.push(name);
            visit(text, seen, ordered)?;
            ordered.push(text);
        }
    }
    Ok(())
}

/// The names in the `//! requires a, b` lines at the head of a file.
fn required_names(wgsl: &str) -> impl Iterator<Item = &str> {
    wgsl.lines()
        .filter_map(|line| line.strip_prefix("//! requires "))
        .flat_map(|names| names.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::activation::catalogue;

    #[test]
    fn every_file_of_the_folder_is_listed_and_nothing_else() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/math");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("shaders/math can be read")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        files.sort();
        let mut listed: Vec<_> = MODULES
            .iter()
            .map(|(name, _)| format!("{name}.wgsl"))
            .collect();
        listed.sort();
        assert_eq!(files, listed);
    }

    #[test]
    fn an_unknown_requirement_is_named() {
        let visited = visit("//! requires nonsense\n", &mut Vec::new(), &mut Vec::new());
        assert_eq!(visited, Err("nonsense".to_owned()));
    }

    /// Every word of a text but those in comments.
    fn words(wgsl: &str) -> BTreeSet<&str> {
        let code = wgsl.lines().filter_map(|line| line.split("//").next());
        code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
            .collect()
    }

    /// The names that a module defines.
    fn defined(wgsl: &str) -> impl Iterator<Item = &str> {
        wgsl.lines().filter_map(|line| {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let is_declared = ["fn", "const", "struct"].contains(&words.next()?);
            words.next().filter(|_| is_declared)
        })
    }

    /// What is required through another module only would go when that one changes.
    #[test]
    fn what_is_used_is_required_and_nothing_else() {
        let activations = catalogue().map(|row| (row.name, row.wgsl));
        let texts = MODULES.iter().copied().chain(activations);
        for (name, text) in texts {
            let words = words(text);
            let used = MODULES.iter().filter(|(_, wgsl)| {
                *wgsl != text && defined(wgsl).any(|defined| words.contains(defined))
            });
            let used: Vec<_> = used.map(|(module, _)| *module).collect();
            assert_eq!(required_names(text).collect::<Vec<_>>(), used, "{name}");
        }
    }
}
