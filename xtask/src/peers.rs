//! How fast the library is beside its peers on this machine.

use std::fs;

use crate::adapter::{self, Profile};
use crate::command::{self, Command};
use crate::python;

/// What PyTorch's side needs.
const TORCH: &str = "torch";

/// What is measured in 16 bits too.
const IN_ALL_TYPES: [&str; 6] = ["identity", "relu", "hard_swish", "tanh", "gelu", "softmax"];

/// Measures everybody, and renders `docs/performance.md`.
pub(crate) fn run() -> Result<(), String> {
    adapter::ensure(Profile::Release)?;
    Command::cargo(
        "build --release --package wgpu-activations-cli --package wgpu-activations-peers",
    )
    .run()?;
    // A workspace of its own, in this one's target folder: what both compile alike is compiled once.
    let target = command::target_folder()?;
    Command::cargo(
        "build --release --locked --manifest-path benches/peers/burn/Cargo.toml --target-dir",
    )
    .with([target.display().to_string()])
    .run()?;

    let folder = target.join("peers");
    // What an earlier run has left must not pass for this one's.
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .map_err(|error| format!("cannot remove {}: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let file = |name: &str| folder.join(name).display().to_string();
    let save = |command: &Command, name: &str| {
        let path = file(name);
        fs::write(&path, command.output()?).map_err(|error| format!("cannot write {path}: {error}"))
    };
    let release = |name| Command::program(&command::built("release", name)?);

    release("wgpu-activations")?
        .with(["bench", "--json", &file("ours.json")])
        .run()?;
    let dtypes = ["f32", "f16", "bf16"].map(|dtype| ["--dtype", dtype]);
    release("wgpu-activations")?
        .with(["bench", "--json", &file("halves.json")])
        .with(IN_ALL_TYPES)
        .with(dtypes.concat())
        .run()?;
    save(&release("wgpu-activations-burn")?, "burn.json")?;
    match python::importing(&[TORCH]) {
        Some(python) => save(
            &python.with(["benches/peers/pytorch_speed.py"]),
            "pytorch.json",
        )?,
        None => eprintln!(
            "no Python can import {TORCH}, so PyTorch is left out; for it run `python3 -m venv {VENV}` and \
             `{VENV}/bin/pip install {TORCH}` first",
            VENV = python::VENV
        ),
    }
    let peers = release("peers")?;
    peers
        .clone()
        .with(["cpu", "--json", &file("cpu.json")])
        .run()?;
    peers
        .with([
            "performance".to_owned(),
            "--machine".to_owned(),
            folder.display().to_string(),
        ])
        .run()
}
