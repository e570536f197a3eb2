//! `plot`: pictures of f and f′, and a contact sheet of them.

mod curve;
mod data;
mod legend;
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
    let gpu = arguments.device.open()?;
    fs::create_dir_all(&arguments.out).map_err(|error| Error::Folder {
        folder: arguments.out.clone(),
        error,
    })?;
    let folder = Folder {
        path: &arguments.out,
        format: arguments.format,
    };
    for activation in &activations {
        let plot = Plot::new(&gpu, activation, picture::STEPS, picture::SIZES.gap())?;
        let picture = picture::draw(&plot).map_err(Error::Drawing)?;
        folder.write(&plot.name, picture)?;
    }
    let mut count = activations.len();
    if count > 1 {
        folder.write(SHEET, sheet(&gpu, &activations)?)?;
        count += 1;
    }
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

fn sheet(gpu: &Offload, activations: &[Activation]) -> Result<String, Error> {
    let gap = sheet::SIZES.gap();
    let plot = |activation| Plot::new(gpu, activation, sheet::STEPS, gap);
    let plots: Vec<_> = activations.iter().map(plot).collect::<Result<_, _>>()?;
    sheet::draw(&plots).map_err(Error::Drawing)
}

/// Where pictures go, and as what.
struct Folder<'a> {
    path: &'a Path,
    format: Format,
}

impl Folder<'_> {
    fn write(&self, name: &str, picture: String) -> Result<(), Error> {
        let bytes = match self.format {
            Format::Svg => picture.into_bytes(),
            Format::Png => png::rendered(&picture).map_err(Error::Drawing)?,
        };
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
