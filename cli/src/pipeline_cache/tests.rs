use super::*;

/// A file that only its user can write to, as `Kept::save` makes it.
fn private(path: &Path, bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap()).unwrap();
    file.write_all(bytes).unwrap();
    file.persist(path).unwrap();
}

#[test]
fn a_file_is_read_where_it_is_private_whole_and_of_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    assert_eq!(read(&path, "key"), None, "there is none");
    let file = sealed::seal("key", b"data");
    private(&path, &file);
    assert_eq!(read(&path, "key").as_deref(), Some(&b"data"[..]));
    assert_eq!(read(&path, "another"), None);
    assert_eq!(read(folder.path(), "key"), None, "a folder");
    private(&path, &file[..file.len() - 1]);
    assert_eq!(read(&path, "key"), None, "truncated");
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let lengths = [&b"key"[..], b""].map(|text| text.len() as u64);
    let header = sealed::seal("key", b"").len() as u64 - lengths[1];
    for (excess, is_read) in [(0, true), (1, false)] {
        let data = vec![0; (MOST_BYTES - header + excess) as usize];
        private(&path, &sealed::seal("key", &data));
        assert_eq!(read(&path, "key").is_some(), is_read, "{excess}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_others_can_reach_is_not_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let [path, link] = ["file", "link"].map(|name| folder.path().join(name));
    private(&path, &sealed::seal("key", b"data"));
    symlink(&path, &link).unwrap();
    assert_eq!(read(&link, "key"), None, "a symbolic link");
    for (mode, is_read) in [(0o600, true), (0o620, false), (0o602, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(read(&path, "key").is_some(), is_read, "{mode:o}");
    }
}

#[test]
fn what_one_device_leaves_the_next_starts_with() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new");
    let open = || Offload::new().expect("an adapter: run `cargo xtask test`, which installs one");
    let kept = Kept::of(&open(), &folder);
    let has_caches = open()
        .device()
        .features()
        .contains(Features::PIPELINE_CACHE);
    assert_eq!(kept.is_some(), has_caches);
    let Some(kept) = kept else { return };
    assert_eq!(kept.before, None);
    assert!(kept.save().is_some());
    let again = Kept::of(&open(), &folder).unwrap();
    assert_eq!(again.before, kept.cache.get_data());
    assert!(again.save().is_none(), "nothing was compiled");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}
