//! The catalogue as people write it with WGSL's built-in functions: `naive/NAME.wgsl`.

use std::path::Path;

use wgpu_activations::{Activation, CustomActivation, Definition};

use crate::Error;

/// The naive twin of a row: its own WGSL, the row's hyper-parameters and reference.
pub(crate) fn activation(definition: &'static Definition) -> Result<Activation, Error> {
    let path = folder().join(format!("{}.wgsl", definition.name));
    let wgsl = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut custom = CustomActivation::new(definition.name, &wgsl)?;
    for &parameter in definition.parameters {
        custom = custom.with_parameter(parameter)?;
    }
    Ok(Activation::custom(
        custom.with_reference(definition.reference),
    ))
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
    fn every_row_has_a_naive_twin_and_no_other_file_lies_there() {
        let names: BTreeSet<_> = catalogue()
            .map(|row| format!("{}.wgsl", row.name))
            .collect();
        let files: BTreeSet<_> = std::fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(files, names);
    }
}
