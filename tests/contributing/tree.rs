//! Copies the workspace's sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Contents of files by path.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What cargo needs to build the workspace at `root`: its packages, without the tests.
pub(crate) fn read(root: &Path) -> Files {
    let mut files = Files::new();
    for entry in [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "src",
        "shaders",
        "examples",
        "benches",
    ] {
        collect(root, Path::new(entry), &mut files);
    }
    for entry in fs::read_dir(root).expect("the checkout can be read") {
        let entry = entry.expect("the checkout can be read");
        if entry.path().join("Cargo.toml").is_file() {
            collect(root, Path::new(&entry.file_name()), &mut files);
        }
    }
    files
}

fn collect(root: &Path, relative: &Path, files: &mut Files) {
    let path = root.join(relative);
    if path.is_file() {
        let contents = fs::read(&path).expect("a source file can be read");
        files.insert(relative.to_owned(), contents);
    } else if path.is_dir() && !relative.ends_with("target") {
        for entry in fs::read_dir(&path).expect("a source folder can be read") {
            let entry = entry.expect("a source folder can be read");
            collect(root, &relative.join(entry.file_name()), files);
        }
    }
}

/// Makes the folder hold these files and no others. What has not changed is left alone, since cargo
/// goes by the time of modification.
pub(crate) fn write(folder: &Path, files: &Files) {
    let mut present = Files::new();
    collect(folder, Path::new(""), &mut present);
    for path in present.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(folder.join(path)).expect("an old copy can be removed");
    }
    for (path, contents) in files {
        if present.get(path) != Some(contents) {
            let path = folder.join(path);
            let parent = path.parent().expect("it lies in the folder");
            fs::create_dir_all(parent).expect("a folder can be made in the target folder");
            fs::write(&path, contents).expect("a copy can be written to the target folder");
        }
    }
}
