//! `plot`: pictures of f and f′, and a contact sheet of them.

mod curve;
mod data;
mod panel;
mod picture;
mod png;
mod samples;
mod saturation;
mod sheet;
mod svg;
mod window;

use std::fs;
use std::io::Write;
use std::path::Path;

use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, Offload};

use crate::arguments::{Format, Plot as Arguments, repeated};
use crate::error::Error;
use crate::function::Function;
use crate::output::Output;
use crate::print;
use data::Plot;

/// The name of the contact sheet.
const SHEET: &str = "sheet";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let activations = activations(arguments)?;
    let gpu = arguments.adapter.open()?;
    fs::create_dir_all(&arguments.out).map_err(|error| Error::Folder {
        folder: arguments.out.clone(),
        error,
    })?;
    let folder = Folder {
        path: &arguments.out,
        format: arguments.format,
    };
    for activation in &activations {
        let sizes = picture::SIZES;
        let plot = Plot::new(&gpu, activation, picture::STEPS, sizes.gap())?;
        folder.write(&plot.name, picture::draw(&plot))?;
    }
    if activations.len() > 1 {
        folder.write(SHEET, sheet(&gpu, &activations)?)?;
    }
    let count = activations.len() + usize::from(activations.len() > 1);
    let files = if count == 1 { "picture" } else { "pictures" };
    let line = format!("{count} {files} in {}\n", arguments.out.display());
    print::standard_output(line.as_bytes())
}

fn activations(arguments: &Arguments) -> Result<Vec<Activation>, Error> {
    let names = &arguments.activations;
    if let Some(twice) = repeated(names) {
        return Err(Error::NamedTwice(twice.clone()));
    }
    let all = || catalogue().map(|row| row.name.to_owned()).collect();
    let names: Vec<String> = if names.is_empty() {
        all()
    } else {
        names.clone()
    };
    let activation = |name: &String| {
        Function::with_settings(name, &arguments.settings)?.elementwise("there are pictures")
    };
    names.iter().map(activation).collect()
}

fn sheet(gpu: &Offload, activations: &[Activation]) -> Result<Result<String, String>, Error> {
    let gap = sheet::SIZES.gap();
    let plots = activations
        .iter()
        .map(|activation| Plot::new(gpu, activation, sheet::STEPS, gap));
    let plots: Vec<_> = plots.collect::<Result<_, _>>()?;
    Ok(sheet::draw(&plots))
}

/// Where pictures go, and as what.
struct Folder<'a> {
    path: &'a Path,
    format: Format,
}

impl Folder<'_> {
    fn write(&self, name: &str, picture: Result<String, String>) -> Result<(), Error> {
        let bytes = picture.and_then(|svg| match self.format {
            Format::Svg => Ok(svg.into_bytes()),
            Format::Png => png::rendered(&svg),
        });
        let bytes = bytes.map_err(|message| Error::Drawing {
            name: name.to_owned(),
            message,
        })?;
        let path = self
            .path
            .join(format!("{name}.{}", self.format.extension()));
        let mut output = Output::create(&path, bytes.len() as u64)?;
        output
            .write_all(&bytes)
            .map_err(|error| output.error(error))?;
        Ok(output.commit()?)
    }
}
