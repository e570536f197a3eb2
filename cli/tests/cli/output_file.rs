//! OUTPUT is whole or not there, and replaced as a person expects.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Folder, numbers};
use npyz::Order;

const APPLY: [&str; 4] = ["apply", "relu", "x.npy", "y.npy"];

fn folder(elements: usize) -> Folder {
    let folder = Folder::new();
    folder.save("x.npy", &[elements as u64], Order::C, &numbers(elements, 1));
    folder
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn a_new_file_has_the_permissions_of_any_new_file() {
    let folder = folder(10);
    folder.succeeds(&APPLY);
    File::create(folder.join("plain")).expect("a file");
    assert_eq!(mode(&folder.join("y.npy")), mode(&folder.join("plain")));
}

#[test]
fn a_replaced_file_keeps_its_permissions() {
    let folder = folder(10);
    for bits in [0o600, 0o666, 0o640] {
        folder.write("y.npy", "old");
        fs::set_permissions(folder.join("y.npy"), Permissions::from_mode(bits)).expect("mine");
        folder.succeeds(&APPLY);
        assert_eq!(mode(&folder.join("y.npy")), bits);
        assert_eq!(folder.load::<f32>("y.npy").2.len(), 10);
    }
}

#[test]
fn a_link_stays_and_its_target_is_replaced() {
    let folder = folder(10);
    fs::create_dir(folder.join("there")).expect("a folder");
    for exists in [true, false] {
        if exists {
            folder.write("there/real.npy", "old");
        }
        let _ = fs::remove_file(folder.join("y.npy"));
        symlink("there/real.npy", folder.join("y.npy")).expect("a link");
        folder.succeeds(&APPLY);
        assert!(folder.join("y.npy").is_symlink());
        assert_eq!(folder.load::<f32>("there/real.npy").2.len(), 10);
        assert_eq!(
            fs::read_dir(folder.join("there"))
                .expect("a folder")
                .count(),
            1
        );
        fs::remove_file(folder.join("there/real.npy")).expect("the file");
    }
}

#[test]
fn a_link_stays_when_the_checkpoint_that_it_leads_to_goes() {
    let folder = Folder::new();
    symlink("real.json", folder.join("link.json")).expect("a link");
    let walk = ["verify", "relu", "--dtype", "f16", "--exhaustive"];
    folder.succeeds(&[&walk[..], &["--checkpoint", "link.json"]].concat());
    assert!(folder.join("link.json").is_symlink() && !folder.join("real.json").exists());
}

#[test]
fn links_that_lead_nowhere_are_refused() {
    let folder = folder(10);
    symlink("y.npy", folder.join("y.npy")).expect("a link");
    folder.fails(&APPLY, 1, &["y.npy"]);
}

#[test]
fn output_may_be_another_name_of_input() {
    let folder = folder(1000);
    let expected: Vec<f32> = numbers(1000, 1).iter().map(|x| x.max(0.0)).collect();
    symlink("x.npy", folder.join("y.npy")).expect("a link");
    folder.succeeds(&APPLY);
    assert_eq!(folder.load::<f32>("x.npy").2, expected);

    fs::remove_file(folder.join("y.npy")).expect("the link");
    fs::hard_link(folder.join("x.npy"), folder.join("y.npy")).expect("a link");
    let before = folder.read("x.npy");
    folder.succeeds(&APPLY);
    assert_eq!(folder.load::<f32>("y.npy").2, expected);
    assert_eq!(folder.read("x.npy"), before);
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let folder = folder(10);
    let _listener = UnixListener::bind(folder.join("y.npy")).expect("a socket");
    folder.fails(&APPLY, 1, &["y.npy", "not a regular file"]);
    assert!(folder.join("y.npy").exists());
}

/// The command as someone whom permissions bind, which they do not for root.
fn command_without_privileges(folder: &Folder) -> (Command, Option<PathBuf>) {
    if fs::metadata(folder.path()).expect("a folder").uid() != 0 {
        return (folder.command(), None);
    }
    // A copy, since the folder of the original may be root's alone.
    let copy = folder.join("command");
    fs::copy(env!("CARGO_BIN_EXE_wgpu-activations"), &copy).expect("room for the command");
    let mut command = Command::new(&copy);
    command.current_dir(folder.path()).uid(65_534).gid(65_534);
    (command, Some(copy))
}

#[test]
fn a_read_only_folder_is_refused_before_the_work_starts() {
    let folder = folder(10);
    let (mut command, copy) = command_without_privileges(&folder);
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).expect("mine");
    // No adapter is looked for: the error would be another one.
    command.args(APPLY).env("WGPU_BACKEND", "none");
    folder.command_fails(
        &mut command,
        1,
        &["cannot write y.npy", "folder .", "ermission denied"],
    );
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("mine");
    drop(copy);
}

#[test]
fn a_protected_file_is_refused() {
    let folder = folder(10);
    let (mut command, _copy) = command_without_privileges(&folder);
    folder.write("y.npy", "old");
    fs::set_permissions(folder.join("y.npy"), Permissions::from_mode(0o444)).expect("mine");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("mine");
    command.args(APPLY);
    folder.command_fails(&mut command, 1, &["cannot write y.npy", "protected"]);
}

/// A small disk, unmounted at the end.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
            .arg(path)
            .output();
        mount
            .is_ok_and(|output| output.status.success())
            .then_some(Self(path))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).output();
    }
}

#[test]
fn a_full_disk_leaves_the_earlier_output() {
    let folder = folder(1 << 20);
    let disk_path = folder.join("disk");
    fs::create_dir(&disk_path).expect("a folder");
    let disk = SmallDisk::mount(&disk_path);
    fs::write(disk_path.join("y.npy"), "the earlier output").expect("room for this much");
    let mut command = match disk {
        Some(_) => folder.command(),
        // Where mounting takes rights that one does not have, a limit on the size of files.
        None => {
            let mut command = Command::new("sh");
            command.current_dir(folder.path()).args([
                "-c",
                "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_wgpu-activations"),
            ]);
            command
        }
    };
    command.args(["apply", "relu", "x.npy", "disk/y.npy"]);
    folder.command_fails(
        &mut command,
        1,
        &["disk/y.npy", "4194432 bytes", "free some"],
    );
    assert_eq!(
        fs::read(disk_path.join("y.npy")).expect("the file"),
        b"the earlier output"
    );
    assert_eq!(fs::read_dir(&disk_path).expect("a folder").count(), 1);
}
