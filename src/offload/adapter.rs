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
    pollster::block_on(ranked())
        .into_iter()
        .map(|adapter| AdapterReport {
            info: adapter.get_info(),
            limits: adapter.limits(),
            features: adapter.features(),
        })
        .collect()
}

pub(super) async fn best() -> Result<wgpu::Adapter, OffloadError> {
    ranked()
        .await
        .into_iter()
        .next()
        .ok_or(OffloadError::NoAdapter)
}

pub(super) async fn named(name: &str) -> Result<wgpu::Adapter, OffloadError> {
    let adapters = ranked().await;
    if adapters.is_empty() {
        return Err(OffloadError::NoAdapter);
    }
    let wanted = name.to_lowercase();
    let available = adapters
        .iter()
        .map(|adapter| adapter.get_info().name)
        .collect();
    adapters
        .into_iter()
        .find(|adapter| adapter.get_info().name.to_lowercase().contains(&wanted))
        .ok_or_else(|| OffloadError::NoSuchAdapter {
            name: name.to_owned(),
            available,
        })
}

async fn ranked() -> Vec<wgpu::Adapter> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let backends = descriptor.backends;
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
