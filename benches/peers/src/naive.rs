//! The catalogue as people write it with WGSL's built-in functions: `naive/NAME.wgsl`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use wgpu_activations::{Activation, CustomActivation, Definition};

use crate::Error;

/// The naive twin of a row, where somebody wrote one: its own WGSL, the row's hyper-parameters and
/// reference.
pub(crate) fn activation(definition: &'static Definition) -> Result<Option<Activation>, Error> {
    let path = path(definition.name);
    let wgsl = match std::fs::read_to_string(&path) {
        Ok(wgsl) => wgsl,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
    };
    let mut custom = CustomActivation::new(definition.name, &wgsl)?;
    for &parameter in definition.parameters {
        custom = custom.with_parameter(parameter)?;
    }
    let custom = custom.with_reference(definition.reference);
    Ok(Some(Activation::custom(custom)))
}

/// Whether somebody wrote the naive twin of the row of that name.
pub(crate) fn has(name: &str) -> bool {
    path(name).exists()
}

fn path(name: &str) -> PathBuf {
    folder().join(format!("{name}.wgsl"))
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/naive"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wgpu_activations::activation::catalogue;

    #[test]
    fn every_file_is_the_twin_of_a_row() {
        let names: BTreeSet<_> = catalogue()
            .map(|row| format!("{}.wgsl", row.name))
            .collect();
        let files: BTreeSet<_> = std::fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let others: Vec<_> = files.difference(&names).collect();
        assert!(others.is_empty(), "no row is called like {others:?}");
    }
}
