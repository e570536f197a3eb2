//! Signals during `apply`: nothing of the unfinished file stays, and an earlier one does. Signals
//! during `verify`: the state stays.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::common::{CACHE, Folder, npy_with_header};

/// Zeros that take no room on the disk, and more of them than a signal takes to arrive.
const ELEMENTS: u64 = 100_000_000;

fn folder() -> Folder {
    let folder = Folder::new();
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({ELEMENTS},), }}\n");
    let header = npy_with_header(1, &header, b"");
    let mut file = File::create(folder.join("x.npy")).expect("a file");
    file.write_all(&header).expect("room for a header");
    file.set_len(header.len() as u64 + ELEMENTS * 4)
        .expect("a file with a hole");
    folder.write("y.npy", "the earlier output");
    folder
}

fn start(command: &mut Command) -> Child {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the command starts")
}

fn unfinished(folder: &Folder) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder.path()).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tmp"))
}

/// Waits until unfinished files have been seen with so many times of their last change.
fn wait_for_changes(folder: &Folder, changes: usize, child: &mut Child) {
    let mut seen: Vec<(PathBuf, SystemTime)> = Vec::new();
    while seen.len() < changes {
        for path in unfinished(folder) {
            let modified = fs::metadata(&path)
                .ok()
                .and_then(|file| file.modified().ok());
            if let Some(change) = modified.map(|time| (path, time))
                && !seen.contains(&change)
            {
                seen.push(change);
            }
        }
        let status = child.try_wait().expect("a child of mine");
        assert!(status.is_none(), "ended before the signal: {status:?}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn send(signal: &str, child: &Child) {
    let kill = format!("kill -{signal} {}", child.id());
    let status = Command::new("sh").args(["-c", &kill]).status();
    assert!(status.expect("a shell").success());
}

/// Whether whoever runs the tests has it ignored, which a child inherits.
fn is_ignored_here(signal: &str) -> bool {
    let script = format!("kill -{signal} $$; exit 0");
    let status = Command::new("sh").args(["-c", &script]).status();
    status.expect("a shell").success()
}

fn end(child: Child) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = child.wait_with_output().expect("the command ends");
    (status.code(), String::from_utf8(stderr).expect("UTF-8"))
}

#[test]
fn a_signal_leaves_the_earlier_output_and_nothing_else() {
    let folder = folder();
    // One change is the file's making; by the fourth, chunks are being written.
    for (signal, changes, code) in [
        ("INT", 1, 130),
        ("INT", 4, 130),
        ("TERM", 4, 143),
        ("HUP", 1, 129),
    ] {
        if is_ignored_here(signal) {
            continue;
        }
        let mut child = start(folder.command().args(["apply", "gelu", "x.npy", "y.npy"]));
        wait_for_changes(&folder, changes, &mut child);
        send(signal, &child);
        let expected = (Some(code), "interrupted: y.npy is as it was\n".to_owned());
        assert_eq!(end(child), expected, "{signal} after {changes} changes");
        assert_eq!(folder.read("y.npy"), b"the earlier output");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }
}

/// Of all outputs, wherever the signal comes.
#[test]
fn a_signal_leaves_the_earlier_gradients_too() {
    if is_ignored_here("TERM") {
        return;
    }
    let folder = folder();
    folder.save("slopes.npy", &[1], npyz::Order::C, &[0.5_f32]);
    folder.write("d.npy", "the earlier gradient");
    let before = fs::read_dir(folder.path()).expect("a folder").count();
    let apply = ["apply", "prelu", "x.npy", "y.npy", "--backward", "x.npy"];
    let slopes = ["--parameter", "negative_slope=slopes.npy"];
    let gradient = ["--parameter-grad", "negative_slope=d.npy"];
    let mut command = folder.command();
    let mut child = start(command.args(apply).args(slopes).args(gradient));
    // Two are the files' making.
    wait_for_changes(&folder, 4, &mut child);
    send("TERM", &child);
    let expected = "interrupted: y.npy is as it was\n".to_owned();
    assert_eq!(end(child), (Some(143), expected));
    assert_eq!(folder.read("y.npy"), b"the earlier output");
    assert_eq!(folder.read("d.npy"), b"the earlier gradient");
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        before
    );
}

#[test]
fn a_signal_that_is_ignored_from_the_start_stays_so() {
    let folder = folder();
    let mut command = Command::new("sh");
    // As `nohup` does it.
    let script = "trap '' HUP; exec \"$0\" apply relu x.npy y.npy --quiet";
    command.args(["-c", script, env!("CARGO_BIN_EXE_wgpu-activations")]);
    let mut child = start(
        command
            .current_dir(folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("XDG_CACHE_HOME", CACHE),
    );
    wait_for_changes(&folder, 1, &mut child);
    send("HUP", &child);
    assert_eq!(end(child), (Some(0), String::new()));
    let length = |name| fs::metadata(folder.join(name)).expect("a file").len();
    assert!(length("y.npy") > ELEMENTS * 4);
}

#[test]
fn an_interrupted_walk_goes_on() {
    if is_ignored_here("INT") {
        return;
    }
    let folder = Folder::new();
    let walk = [
        "verify", "relu", "--dtype", "f32", "--every", "97", "--json",
    ];
    let checkpoint = "wgpu-activations-verify.checkpoint.json";
    let mut child = start(folder.command().args(walk));
    while !folder.join(checkpoint).exists() {
        let status = child.try_wait().expect("a child of mine");
        assert!(status.is_none(), "ended before the signal: {status:?}");
        thread::sleep(Duration::from_millis(1));
    }
    send("INT", &child);
    let message = format!("interrupted: the same command goes on from {checkpoint}\n");
    assert_eq!(end(child), (Some(130), message));

    let state = String::from_utf8(folder.read(checkpoint)).expect("JSON");
    assert!(!state.contains("\"states\":[{\"position\":0,"), "{state}");
    let other = ["verify", "relu", "--dtype", "f32", "--every", "96"];
    folder.fails(&other, 1, &["every 97 ", "this run every 96"]);

    let rows = folder.succeeds(&walk).stdout;
    let rows: serde_json::Value = serde_json::from_str(&rows).expect("JSON");
    assert!(rows[0]["inputs"].as_u64() > Some((1 << 32) / 97));
    assert_eq!(
        (&rows[0]["passed"], &rows[1]["passed"]),
        (&true.into(), &true.into())
    );
    assert!(!folder.join(checkpoint).exists());
}
