use super::OffloadError;

/// An adapter that this machine has.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdapterReport {
    /// Name, back end, type and driver.
    pub info: wgpu::AdapterInfo,
    /// What it allows at most.
    pub limits: wgpu::Limits,
    /// Its optional features.
    pub features: wgpu::Features,
}

/// Every adapter that wgpu finds, the best first; at least one. `WGPU_BACKEND` limits the choice.
pub fn adapters() -> Result<Vec<AdapterReport>, OffloadError> {
    check_backend()?;
    let adapters = pollster::block_on(ranked(wgpu::Backends::all()));
    if adapters.is_empty() {
        return Err(OffloadError::NoAdapter);
    }
    let report = |adapter: wgpu::Adapter| AdapterReport {
        info: adapter.get_info(),
        limits: adapter.limits(),
        features: adapter.features(),
    };
    Ok(adapters.into_iter().map(report).collect())
}

/// What to look through first: OpenGL is the slowest to start and the least able.
const BEFORE_OPENGL: wgpu::Backends = wgpu::Backends::all().difference(wgpu::Backends::GL);

/// The adapter that [`Offload::with_adapter`](super::Offload::with_adapter) opens for that name, or without one
/// [`Offload::new`](super::Offload::new): for whoever asks first what it can do, or opens it with other limits.
pub fn choose_adapter(name: Option<&str>) -> Result<wgpu::Adapter, OffloadError> {
    pollster::block_on(chosen(name))
}

pub(super) async fn chosen(name: Option<&str>) -> Result<wgpu::Adapter, OffloadError> {
    check_backend()?;
    let of_environment = std::env::var("WGPU_ADAPTER_NAME").unwrap_or_default();
    match name {
        Some(name) => named(name).await,
        None if !of_environment.is_empty() => named(&of_environment).await,
        None => best().await,
    }
}

async fn best() -> Result<wgpu::Adapter, OffloadError> {
    let first = ranked(BEFORE_OPENGL).await.into_iter().next();
    // A GPU that only OpenGL knows is better than a software adapter that Vulkan knows.
    match first {
        Some(adapter) if adapter.get_info().device_type != wgpu::DeviceType::Cpu => Ok(adapter),
        first => {
            let other = ranked(wgpu::Backends::GL).await.into_iter().next();
            let candidates = first.into_iter().chain(other);
            candidates.min_by_key(rank).ok_or(OffloadError::NoAdapter)
        }
    }
}

/// wgpu ignores a back end that it does not know; whoever asks for one should hear of it.
fn check_backend() -> Result<(), OffloadError> {
    match std::env::var("WGPU_BACKEND") {
        Ok(value) if !value.is_empty() && wgpu::Backends::from_comma_list(&value).is_empty() => {
            Err(OffloadError::UnknownBackend { value })
        }
        _ => Ok(()),
    }
}

async fn named(name: &str) -> Result<wgpu::Adapter, OffloadError> {
    let wanted = name.to_lowercase();
    let mut available = Vec::new();
    for backends in [BEFORE_OPENGL, wgpu::Backends::GL] {
        for adapter in ranked(backends).await {
            let info = adapter.get_info();
            if is_called(&info, &wanted) {
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

/// Whether an adapter's name contains the text, which is in lower case and may end with the back end
/// in parentheses: a driver can offer one device through two of them, under nearly one name.
fn is_called(info: &wgpu::AdapterInfo, wanted: &str) -> bool {
    let name = info.name.to_lowercase();
    let rest = wanted.strip_suffix(&format!("({})", info.backend));
    name.contains(wanted) || rest.is_some_and(|rest| name.contains(rest.trim_end()))
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
    adapters.sort_by_key(rank);
    adapters
}

/// Discrete GPUs first. OpenGL often cannot tell what a GPU is, but says so of none that is software.
fn rank(adapter: &wgpu::Adapter) -> u8 {
    match adapter.get_info().device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_end_may_belong_to_the_name() {
        let info = |backend| {
            let mut info = wgpu::AdapterInfo::new(wgpu::DeviceType::Cpu, backend);
            info.name = "llvmpipe (LLVM 15.0.6, 256 bits)".to_owned();
            info
        };
        let (gl, vulkan) = (info(wgpu::Backend::Gl), info(wgpu::Backend::Vulkan));
        for (wanted, expected) in [
            ("llvmpipe", [true, true]),
            ("llvmpipe (gl)", [true, false]),
            ("256 bits) (vulkan)", [false, true]),
            ("(gl)", [true, false]),
            ("llvmpipe (llvm", [true, true]),
            ("swiftshader (vulkan)", [false, false]),
        ] {
            assert_eq!(
                [&gl, &vulkan].map(|i| is_called(i, wanted)),
                expected,
                "{wanted}"
            );
        }
    }
}
