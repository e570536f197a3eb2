//! CONTRIBUTING.md shows how to add an activation by a whole diff. It stays true: applied to a copy
//! of the tree, one WGSL file and one row are enough to have the activation verified on the GPU.

mod patch;
mod tree;

use std::path::Path;
use std::process::Command;

use patch::{FileChange, parse};

/// The test that is run in the copy; it is no target of this package.
const CHECK: &str = include_str!("contributed.rs");

#[test]
fn the_guide_adds_an_activation_by_one_file_and_one_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(root.join("CONTRIBUTING.md")).expect("the guide is there");
    let changes = parse(&diff_block(&guide));
    let name = name_of_new_shader(&changes);
    assert_is_one_row(&changes, &name);

    // At the same place in every run, so that cargo finds what it built before.
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let copy = temporary.join("contributing");
    let mut files = tree::read(root);
    for change in &changes {
        let old = files.remove(Path::new(&change.path));
        files.insert(change.path.clone().into(), change.apply(old));
    }
    files.insert("tests/contributed.rs".into(), CHECK.into());
    set_apart(
        files
            .get_mut(Path::new("Cargo.toml"))
            .expect("the manifest"),
    );
    tree::write(&copy, &files);
    verify_in(&copy, temporary, &name);
}

/// Gives the copy a version of its own. Cargo names artefacts after a package's version and its path
/// within the workspace, so those of the copy would otherwise replace the checkout's.
fn set_apart(manifest: &mut Vec<u8>) {
    let text = String::from_utf8(std::mem::take(manifest)).expect("the manifest is UTF-8");
    let version = env!("CARGO_PKG_VERSION");
    let changed = text.replacen(
        &format!("version = \"{version}\""),
        &format!("version = \"{version}+contributing\""),
        1,
    );
    assert_ne!(text, changed, "the manifest states the version");
    *manifest = changed.into();
}

/// Builds and verifies the copy, in the target folder of this build, where the dependencies are
/// compiled already.
fn verify_in(copy: &Path, temporary: &Path, name: &str) {
    let target = temporary
        .parent()
        .expect("it is a folder in the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "test",
            "--offline",
            "--workspace",
            "--test",
            "contributed",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(copy)
        .env("CONTRIBUTED_ACTIVATION", name);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo.output().expect("cargo can be run");
    assert!(
        output.status.success(),
        "the guide's activation does not work:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn diff_block(guide: &str) -> String {
    let mut blocks = guide.split("```diff\n").skip(1);
    let block = blocks.next().expect("the guide shows a diff");
    assert!(
        blocks.next().is_none(),
        "the guide shows one diff, the whole of it"
    );
    let (diff, _) = block.split_once("```").expect("the diff's block ends");
    diff.to_owned()
}

fn name_of_new_shader(changes: &[FileChange]) -> String {
    let [shader] = changes
        .iter()
        .filter(|change| change.is_new)
        .collect::<Vec<_>>()[..]
    else {
        panic!("the diff adds one file, no more and no less");
    };
    shader
        .path
        .strip_prefix("shaders/activations/")
        .and_then(|file| file.strip_suffix(".wgsl"))
        .unwrap_or_else(|| panic!("{} is not an activation's shader", shader.path))
        .to_owned()
}

fn assert_is_one_row(changes: &[FileChange], name: &str) {
    let [family] = changes
        .iter()
        .filter(|change| !change.is_new)
        .collect::<Vec<_>>()[..]
    else {
        panic!("the diff changes one file, no more and no less");
    };
    assert!(
        family.path.starts_with("src/activation/catalogue/"),
        "{} holds no rows",
        family.path
    );
    assert_eq!(family.removed(), [""; 0], "adding a row takes nothing away");
    let added = family.added();
    assert_eq!(
        added[0],
        format!("    {name} {{"),
        "the row is named as its shader"
    );
    let ends: Vec<_> = added.iter().filter(|line| **line == "    }").collect();
    assert_eq!(ends.len(), 1, "one row is added");
}
