//! What the driver has compiled, kept in the user's cache folder from one run to the next. Whatever goes wrong
//! with the file, kernels are compiled anew.

mod sealed;

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{Read, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use wgpu::{Features, PipelineCache, PipelineCacheDescriptor};
use wgpu_activations::{Offload, OffloadError};

use crate::arguments::DeviceChoice;

/// What a file has at most; all kernels of the catalogue take less.
const MOST_BYTES: u64 = 64 << 20;

/// A device that leaves what it has compiled to the next run.
pub(crate) struct Device {
    offload: Offload,
    kept: Option<Kept>,
}

impl DeviceChoice {
    /// Opens the adapter that was chosen.
    pub(crate) fn open(&self) -> Result<Device, OffloadError> {
        self.open_with(&[])
    }

    /// The same, sharing its jobs with others of those names.
    pub(crate) fn open_with(&self, others: &[String]) -> Result<Device, OffloadError> {
        let others = others.iter().map(|name| Offload::with_adapter(name));
        let others: Vec<_> = others.collect::<Result<_, _>>()?;
        Ok(self.with_kept(self.adapter.open()?.with_others(others)))
    }

    /// A device on which nothing is compiled yet, with what earlier runs have kept for it, unless that is not wanted.
    pub(crate) fn with_kept(&self, offload: Offload) -> Device {
        let folder = (!self.no_cache).then(folder).flatten();
        let kept = folder.and_then(|folder| Kept::of(&offload, &folder));
        let offload = match &kept {
            Some(kept) => offload.with_pipeline_cache(&kept.cache),
            None => offload,
        };
        Device { offload, kept }
    }
}

impl Deref for Device {
    type Target = Offload;

    fn deref(&self) -> &Offload {
        &self.offload
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if let Some(kept) = &self.kept {
            // The next run compiles anew.
            let _ = kept.save();
        }
    }
}

/// A pipeline cache with its file.
struct Kept {
    cache: PipelineCache,
    key: Key,
    path: PathBuf,
    /// What the file had for this driver.
    before: Option<Vec<u8>>,
}

/// Whose a file is.
struct Key {
    /// The adapter: a new driver's file replaces that of the old one.
    file_name: String,
    /// All that what is compiled depends on.
    text: String,
}

impl Key {
    fn of(info: &wgpu::AdapterInfo) -> Option<Self> {
        let device = wgpu::util::pipeline_cache_key(info)?;
        let adapter = [device.as_str(), &info.name, &info.driver].join("\n");
        let program = env!("CARGO_PKG_VERSION");
        Some(Self {
            file_name: format!("{device}_{:08x}", crc32fast::hash(adapter.as_bytes())),
            text: [adapter.as_str(), &info.driver_info, program].join("\n"),
        })
    }
}

/// Where the files lie.
fn folder() -> Option<PathBuf> {
    let user = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(user.cache_dir().join("wgpu-activations"))
}

impl Kept {
    /// What the folder has for a device; None where its adapter has no pipeline caches.
    fn of(offload: &Offload, folder: &Path) -> Option<Self> {
        let device = offload.device();
        if !device.features().contains(Features::PIPELINE_CACHE) {
            return None;
        }
        let key = Key::of(offload.adapter_info())?;
        let path = folder.join(&key.file_name);
        let before = read(&path, &key.text);
        let scope = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let cache = create(device, before.as_deref());
        match pollster::block_on(scope.pop()) {
            Some(_) => None,
            None => Some(Self {
                cache,
                key,
                path,
                before,
            }),
        }
    }

    /// Replaces the file, unless nothing was compiled that it does not have. None where that is not possible.
    fn save(&self) -> Option<()> {
        let data = self.cache.get_data()?;
        let file = sealed::seal(&self.key.text, &data);
        if self.before.as_ref() == Some(&data) || file.len() as u64 > MOST_BYTES {
            return None;
        }
        let folder = self.path.parent()?;
        create_private(folder)?;
        // Readable by the user alone.
        let mut beside = tempfile::NamedTempFile::new_in(folder).ok()?;
        beside.write_all(&file).ok()?;
        beside.persist(&self.path).ok()?;
        Some(())
    }
}

#[expect(
    unsafe_code,
    reason = "a driver trusts its data, which wgpu cannot check"
)]
fn create(device: &wgpu::Device, data: Option<&[u8]>) -> PipelineCache {
    let descriptor = PipelineCacheDescriptor {
        label: Some("wgpu-activations"),
        data,
        fallback: true,
    };
    // SAFETY: the data are what `PipelineCache::get_data` gave for this adapter and version of its driver. `read`
    // takes them from a file only where it is the user's own, nobody else can write to it, its checksum is right,
    // and it names that adapter and driver; and nothing but `Kept::save` writes such files.
    unsafe { device.create_pipeline_cache(&descriptor) }
}

/// What a file holds for that key; nothing where it is missing, another's, damaged, or for another driver.
fn read(path: &Path, key: &str) -> Option<Vec<u8>> {
    // Before it is opened, as a pipe would wait for its other end.
    fs::symlink_metadata(path).ok().filter(Metadata::is_file)?;
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !is_private(&metadata) || metadata.len() > MOST_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    sealed::open(&bytes, key).map(<[u8]>::to_vec)
}

fn create_private(folder: &Path) -> Option<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).ok()
}

/// Whether nobody but the user can have written a file.
#[cfg(target_os = "linux")]
fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let user = rustix::process::geteuid().as_raw();
    metadata.uid() == user && metadata.mode() & 0o077 == 0
}

/// Elsewhere the user's cache folder is the user's alone.
#[cfg(not(target_os = "linux"))]
fn is_private(_: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests;
