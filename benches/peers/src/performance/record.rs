//! What was measured on a machine, as its files have it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// A folder of `docs/performance/`.
pub(super) struct Machine {
    pub(super) ours: Bench,
    /// A few operations in all types.
    pub(super) halves: Option<Bench>,
    pub(super) burn: Option<Peer>,
    pub(super) pytorch: Option<Peer>,
    pub(super) cpu: Option<Peer>,
}

/// What `wgpu-activations bench --json` writes.
#[derive(Deserialize)]
pub(super) struct Bench {
    pub(super) adapter: String,
    pub(super) backend: String,
    pub(super) driver: String,
    #[serde(default)]
    pub(super) rooflines: Vec<Roofline>,
    pub(super) rows: Vec<BenchRow>,
}

/// What memory allows for tensors of a type, by a copy and by a kernel that copies.
#[derive(Deserialize)]
pub(super) struct Roofline {
    pub(super) dtype: String,
    pub(super) copy_gb_per_s: f64,
    pub(super) identity_gb_per_s: f64,
}

#[derive(Deserialize)]
pub(super) struct BenchRow {
    pub(super) operation: String,
    #[serde(default)]
    pub(super) family: String,
    pub(super) direction: String,
    pub(super) dtype: String,
    pub(super) elements: u64,
    pub(super) row: u64,
    pub(super) ms_median: f64,
    pub(super) gb_per_s: f64,
    /// Of the roofline.
    pub(super) share: f64,
}

/// What a peer's program writes; each knows some of it.
#[derive(Deserialize)]
pub(super) struct Peer {
    pub(super) peer: String,
    pub(super) cpu: Option<String>,
    pub(super) threads: Option<usize>,
    pub(super) date: Option<String>,
    #[serde(default)]
    pub(super) devices: Vec<Device>,
    /// What could not be measured, and why.
    #[serde(default)]
    pub(super) missing: Vec<String>,
    pub(super) rows: Vec<Time>,
    #[serde(default)]
    pub(super) checks: Vec<Check>,
}

#[derive(Deserialize)]
pub(super) struct Device {
    pub(super) device: String,
    pub(super) name: String,
    pub(super) runtime: String,
}

#[derive(Deserialize)]
pub(super) struct Time {
    pub(super) operation: String,
    pub(super) implementation: String,
    pub(super) direction: String,
    #[serde(default)]
    pub(super) device: String,
    pub(super) ms_median: f64,
}

/// Whether a peer's result is the library's.
#[derive(Deserialize)]
pub(super) struct Check {
    pub(super) operation: String,
    pub(super) direction: String,
    pub(super) worst_difference: f64,
    pub(super) agrees: bool,
}

impl Machine {
    /// All of them, by the names of their folders; none where there is no folder.
    pub(super) fn read_all(root: &Path) -> Result<Vec<Self>, Error> {
        let Ok(entries) = fs::read_dir(root) else {
            return Ok(Vec::new());
        };
        let mut folders: Vec<PathBuf> = Vec::new();
        for entry in entries {
            folders.push(entry?.path());
        }
        folders.sort();
        folders.iter().map(|folder| Self::read(folder)).collect()
    }

    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        Ok(Self {
            ours: read(&folder.join("ours.json"))?,
            halves: read_if_there(&folder.join("halves.json"))?,
            burn: read_if_there(&folder.join("burn.json"))?,
            pytorch: read_if_there(&folder.join("pytorch.json"))?,
            cpu: read_if_there(&folder.join("cpu.json"))?,
        })
    }
}

impl Bench {
    pub(super) fn roofline(&self, dtype: &str) -> Option<&Roofline> {
        self.rooflines
            .iter()
            .find(|roofline| roofline.dtype == dtype)
    }
}

impl BenchRow {
    /// What a goal calls it.
    pub(super) fn name(&self) -> String {
        match self.dtype.as_str() {
            "f32" => format!("{} {}", self.operation, self.direction),
            dtype => format!("{} {} {dtype}", self.operation, self.direction),
        }
    }
}

impl Peer {
    /// The milliseconds of one of its implementations; `device` is empty where there is only one.
    pub(super) fn ms(
        &self,
        implementation: &str,
        device: &str,
        operation: &str,
        direction: &str,
    ) -> Option<f64> {
        let row = self.rows.iter().find(|row| {
            row.implementation == implementation
                && row.device == device
                && row.operation == operation
                && row.direction == direction
        });
        row.map(|row| row.ms_median)
    }
}

fn read_if_there<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    path.exists().then(|| read(path)).transpose()
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text)
        .map_err(|error| format!("{}: {error}; measure again", path.display()).into())
}
