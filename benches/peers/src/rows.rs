//! What was measured, as it lies under `docs/accuracy/`: a file for each subject, a line for each row.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::number::Number;

/// Who computed, with what.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Subject {
    /// Whose formulas.
    pub kind: Kind,
    /// What they ran on.
    pub adapter: String,
    /// wgpu's back end, or PyTorch.
    pub backend: String,
    /// The driver with its version, or PyTorch's version.
    pub driver: String,
}

/// Whose formulas were measured.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// This library's.
    Ours,
    /// WGSL's built-in functions, as people write them.
    Naive,
    /// PyTorch's, on the CPU.
    PyTorch,
}

impl Subject {
    /// An adapter's subject.
    pub(crate) fn adapter(kind: Kind, info: &wgpu::AdapterInfo) -> Self {
        Self {
            kind,
            adapter: info.name.clone(),
            backend: info.backend.to_string(),
            driver: format!("{} {}", info.driver, info.driver_info)
                .trim()
                .to_owned(),
        }
    }

    /// The name of its file, such as `naive-vulkan-llvmpipe`.
    pub(crate) fn slug(&self) -> String {
        let word = |text: &str| {
            let first = text.split_whitespace().next().unwrap_or("unknown");
            first
                .to_lowercase()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        };
        let place = format!("{}-{}", word(&self.backend), word(&self.adapter));
        match self.kind {
            Kind::Ours => place,
            Kind::Naive => format!("naive-{place}"),
            Kind::PyTorch => "pytorch".to_owned(),
        }
    }
}

/// How accurate one activation is in one direction and type.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Row {
    pub activation: String,
    pub direction: String,
    pub dtype: String,
    #[serde(flatten)]
    pub subject: Subject,
    /// The call, where it is PyTorch's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call: Option<String>,
    /// The fingerprint of the composed WGSL, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wgsl: Option<String>,
    /// The fingerprint of the reference: it is the same where f64 functions give the same last bits.
    pub reference: String,
    pub crate_version: String,
    pub date: String,
    /// 1 where every bit pattern was tried, else every how many-th, beside the edge cases.
    pub every: u32,
    /// Finite inputs; the numbers below are about these.
    pub inputs: u64,
    pub max_ulp: Number,
    /// The bits of the first input with that error, as f32.
    pub worst_input: String,
    pub expected: Number,
    pub actual: Number,
    pub largest_term: bool,
    pub correctly_rounded: u64,
    /// Results beyond the bound of all activations (4 ULP, 1 in 16 bits), where the input is not subnormal.
    pub beyond_bound: u64,
    pub nan_disagreements: u64,
    pub infinity_disagreements: u64,
    /// Whether NaN gives NaN, and ±∞ the limit.
    pub keeps_nan: bool,
    pub keeps_limits: bool,
}

/// What makes two measurements ones of the same thing: the later replaces the earlier.
pub(crate) trait Keyed {
    fn key(&self) -> (&str, &str, &str);
}

impl Keyed for Row {
    fn key(&self) -> (&str, &str, &str) {
        (&self.activation, &self.direction, &self.dtype)
    }
}

/// The folder of the measurements, in the checkout that this was built from.
pub(crate) fn folder() -> PathBuf {
    crate::root().join("docs/accuracy")
}

/// The file of a subject's rows.
pub(crate) fn path(subject: &Subject) -> PathBuf {
    folder().join(format!("{}.json", subject.slug()))
}

/// The rows of a file, none where there is no file yet.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
    };
    serde_json::from_slice(&text).map_err(|error| {
        format!(
            "{} is damaged: {error}; restore or delete it",
            path.display()
        )
        .into()
    })
}

/// Puts a row into its file, in the place of an earlier one with the same key.
pub(crate) fn merge<T>(path: &Path, row: T) -> Result<(), Error>
where
    T: Keyed + Serialize + DeserializeOwned,
{
    let mut rows: Vec<T> = read(path)?;
    rows.retain(|known| known.key() != row.key());
    rows.push(row);
    rows.sort_by(|a, b| a.key().cmp(&b.key()));
    write(path, &rows)
}

/// Puts rows into a file in place of what is there.
pub(crate) fn write<T: Serialize>(path: &Path, rows: &[T]) -> Result<(), Error> {
    let lines: Result<Vec<_>, _> = rows.iter().map(serde_json::to_string).collect();
    write_text(path, &format!("[\n{}\n]\n", lines?.join(",\n")))
}

/// Writes a file whole or not at all.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), Error> {
    // Renamed into place, so that an interruption leaves the old file or the new one.
    let unfinished = path.with_extension("json.unfinished");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&unfinished, text)?;
    Ok(fs::rename(&unfinished, path)?)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row with nothing wrong in it.
    pub(crate) fn row(activation: &str, max_ulp: f64) -> Row {
        Row {
            activation: activation.to_owned(),
            direction: "forward".to_owned(),
            dtype: "f32".to_owned(),
            subject: Subject {
                kind: Kind::Ours,
                adapter: "llvmpipe (LLVM 15)".to_owned(),
                backend: "Vulkan".to_owned(),
                driver: "Mesa 22".to_owned(),
            },
            call: None,
            wgsl: Some("0123456789abcdef".to_owned()),
            reference: "fedcba9876543210".to_owned(),
            crate_version: "0.1.0".to_owned(),
            date: "2026-11-21".to_owned(),
            every: 1,
            inputs: 4_278_190_080,
            max_ulp: Number(max_ulp),
            worst_input: "0x3f800000".to_owned(),
            expected: Number(1.0),
            actual: Number(1.0),
            largest_term: false,
            correctly_rounded: 4_000_000_000,
            beyond_bound: 0,
            nan_disagreements: 0,
            infinity_disagreements: 0,
            keeps_nan: true,
            keeps_limits: true,
        }
    }

    #[test]
    fn a_later_row_replaces_the_earlier_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/rows.json");
        for (name, ulp) in [("tanh", 1.0), ("relu", 0.0), ("tanh", f64::INFINITY)] {
            merge(&path, row(name, ulp)).unwrap();
        }
        let rows: Vec<Row> = read(&path).unwrap();
        assert_eq!(rows, [row("relu", 0.0), row("tanh", f64::INFINITY)]);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 4);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.json");
        fs::write(&path, "[{").unwrap();
        let error = merge(&path, row("tanh", 1.0)).unwrap_err().to_string();
        assert!(error.contains("rows.json is damaged"), "{error}");
    }

    #[test]
    fn subjects_have_files_of_their_own() {
        let ours = row("tanh", 1.0).subject;
        let naive = Subject {
            kind: Kind::Naive,
            ..ours.clone()
        };
        assert_eq!(ours.slug(), "vulkan-llvmpipe");
        assert_eq!(naive.slug(), "naive-vulkan-llvmpipe");
    }
}
