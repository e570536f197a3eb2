//! Which tensor of which file an argument means.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a path to a safetensors file ends and the name of a tensor begins.
const SEPARATOR: &str = ".safetensors:";

/// A file, and where it holds several tensors the name of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    path: PathBuf,
    format: Format,
}

/// How a file holds tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Npy,
    /// With the name of a tensor, where one is given.
    Safetensors(Option<String>),
}

impl From<OsString> for Location {
    /// `x.safetensors:NAME` and `x.safetensors` are of that format, everything else is npy.
    fn from(argument: OsString) -> Self {
        let split = argument.to_str().and_then(|text| {
            let at = text.find(SEPARATOR)? + SEPARATOR.len();
            Some((text[..at - 1].into(), text[at..].to_owned()))
        });
        if let Some((path, name)) = split {
            let format = Format::Safetensors(Some(name));
            return Self { path, format };
        }
        let path = PathBuf::from(argument);
        let is_safetensors = path.extension().is_some_and(|end| end == "safetensors");
        let format = match is_safetensors {
            true => Format::Safetensors(None),
            false => Format::Npy,
        };
        Self { path, format }
    }
}

impl Location {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn format(&self) -> &Format {
        &self.format
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match &self.format {
            Format::Safetensors(Some(name)) => write!(f, ":{name}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_safetensors_file_has_names() {
        let named = |name: &str| Format::Safetensors(Some(name.to_owned()));
        for (argument, path, format) in [
            ("x.npy", "x.npy", Format::Npy),
            ("C:x.npy", "C:x.npy", Format::Npy),
            ("C:\\x.npy", "C:\\x.npy", Format::Npy),
            ("a:b", "a:b", Format::Npy),
            ("x.safetensors", "x.safetensors", Format::Safetensors(None)),
            ("x.safetensors:w", "x.safetensors", named("w")),
            ("C:\\x.safetensors:w", "C:\\x.safetensors", named("w")),
            ("x.safetensors:", "x.safetensors", named("")),
            ("x.safetensors:a:b.npy", "x.safetensors", named("a:b.npy")),
            (
                "a.safetensors:b.safetensors:c",
                "a.safetensors",
                named("b.safetensors:c"),
            ),
            ("x.safetensors.npy", "x.safetensors.npy", Format::Npy),
        ] {
            let location = Location::from(OsString::from(argument));
            assert_eq!(
                (location.path(), location.format()),
                (Path::new(path), &format)
            );
            assert_eq!(location.to_string(), argument);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_unicode() {
        use std::os::unix::ffi::OsStringExt;

        let location = Location::from(OsString::from_vec(b"\xff.safetensors".to_vec()));
        assert_eq!(location.format(), &Format::Safetensors(None));
    }
}
