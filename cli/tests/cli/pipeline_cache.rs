//! What is kept of compiled kernels: a file that helps where it can, and is in nobody's way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use npyz::Order;
use wgpu_activations::Offload;

use crate::common::{Folder, run};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.save("x.npy", &[3], Order::C, &[-1.0_f32, 0.0, 2.5]);
    folder
}

fn relu(folder: &Folder, cache: &Path) -> Command {
    let mut command = folder.command();
    command
        .args(["apply", "relu", "x.npy", "y.npy", "--quiet"])
        .env("XDG_CACHE_HOME", cache);
    command
}

/// Runs the command, which must give the right result. Drivers complain on standard error of places for their own
/// caches.
fn succeeds(folder: &Folder, command: &mut Command) {
    let run = run(command);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(folder.load::<f32>("y.npy").2, [0.0, 0.0, 2.5]);
}

/// The only file that the command leaves in a cache folder; none where the adapter has no pipeline caches.
fn kept(folder: &Folder, cache: &Path) -> Option<PathBuf> {
    succeeds(folder, &mut relu(folder, cache));
    let mut files = fs::read_dir(cache.join("wgpu-activations"))
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path());
    let (file, more) = (files.next(), files.next());
    let gpu = Offload::new().expect("an adapter");
    let features = gpu.device().features();
    let has_caches = features.contains(wgpu::Features::PIPELINE_CACHE);
    assert_eq!((file.is_some(), more), (has_caches, None));
    file
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder();
    let Some(file) = kept(&folder, &folder.join("cache")) else {
        return;
    };
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().expect("a folder")), 0o700);
}

#[test]
fn a_damaged_or_foreign_file_is_replaced() {
    let folder = folder();
    let cache = folder.join("cache");
    let Some(file) = kept(&folder, &cache) else {
        return;
    };
    let good = fs::read(&file).expect("it is there");
    let mut flipped = good.clone();
    *flipped.last_mut().expect("bytes") ^= 1;
    let truncated = good[..good.len() / 2].to_vec();
    for damaged in [
        flipped,
        truncated,
        Vec::new(),
        b"another program's".to_vec(),
    ] {
        fs::write(&file, &damaged).expect("room");
        assert_eq!(kept(&folder, &cache).as_deref(), Some(file.as_path()));
        assert_ne!(fs::read(&file).expect("it is there"), damaged);
    }
}

#[test]
fn no_place_for_it_is_no_failure() {
    let folder = folder();
    folder.write("file", "no folder");
    succeeds(&folder, &mut relu(&folder, &folder.join("file")));
    assert_eq!(folder.read("file"), b"no folder");
}

#[test]
fn it_can_be_turned_off() {
    let folder = folder();
    let cache = folder.join("cache");
    succeeds(&folder, relu(&folder, &cache).arg("--no-cache"));
    assert!(!cache.join("wgpu-activations").exists());
}
