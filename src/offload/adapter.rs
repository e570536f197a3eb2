use super::OffloadError;

/// An adapter that this machine has.
#[derive(Clone, Debug)]
pub struct AdapterReport {
    /// Name, back end, type and driver.
    pub info: wgpu::AdapterInfo,
    /// What it allows at most.
    pub limits: wgpu::Limits,
    /// Its optional features.
    pub features: wgpu::Features,
}

/// Every adapter that wgpu finds, the best first; `WGPU_BACKEND` limits the choice.
pub fn adapters() -> Vec<AdapterReport> {
    pollster::block_on(ranked(wgpu::Backends::all()))
        .into_iter()
        .map(|adapter| AdapterReport {
            info: adapter.get_info(),
            limits: adapter.limits(),
            features: adapter.features(),
        })
        .collect()
}

/// What to look through first: OpenGL is the slowest to start and the least able.
const BEFORE_OPENGL: wgpu::Backends = wgpu::Backends::all().difference(wgpu::Backends::GL);

pub(super) async fn best() -> Result<wgpu::Adapter, OffloadError> {
    for backends in [BEFORE_OPENGL, wgpu::Backends::GL] {
        if let Some(adapter) = ranked(backends).await.into_iter().next() {
            return Ok(adapter);
        }
    }
    Err(OffloadError::NoAdapter)
}

pub(super) async fn named(name: &str) -> Result<wgpu::Adapter, OffloadError> {
    let wanted = name.to_lowercase();
    let mut available = Vec::new();
    for backends in [BEFORE_OPENGL, wgpu::Backends::GL] {
        for adapter in ranked(backends).await {
            let info = adapter.get_info();
            if info.name.to_lowercase().contains(&wanted) {
                return Ok(adapter);
            }
            available.push(format!("{} ({})", info.name, info.backend));
        }
    }
    if available.is_empty() {
        return Err(OffloadError::NoAdapter);
    }
    Err(OffloadError::NoSuchAdapter {
        name: name.to_owned(),
        available,
    })
}

/// The adapters of those back ends that `WGPU_BACKEND` allows.
async fn ranked(backends: wgpu::Backends) -> Vec<wgpu::Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends &= backends;
    if descriptor.backends.is_empty() {
        return Vec::new();
    }
    let instance = wgpu::Instance::new(descriptor);
    let mut adapters = instance.enumerate_adapters(backends).await;
    // Stable: among equals the order is wgpu's, which puts the native back ends before OpenGL.
    adapters.sort_by_key(|adapter| rank(adapter.get_info().device_type));
    adapters
}

fn rank(device_type: wgpu::DeviceType) -> u8 {
    match device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Cpu => 3,
        wgpu::DeviceType::Other => 4,
    }
}
