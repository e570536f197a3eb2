//! One device for both.

use burn::tensor::wgpu::WgpuBackend;
use burn::tensor::{Device, DeviceKind};
use wgpu_activations::Kernels;
use wgpu_activations::offload::adapters;

/// burn's device, and the library's kernels on it.
pub(crate) struct Shared {
    pub(crate) burn: Device,
    pub(crate) adapter: wgpu::Adapter,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) kernels: Kernels,
}

impl Shared {
    /// On the adapter of that name, else the one that `WGPU_ADAPTER_NAME` names, else the best.
    pub(crate) fn open(name: Option<&str>) -> Result<Self, String> {
        let name = name.map(str::to_owned);
        let name = name.or_else(|| std::env::var("WGPU_ADAPTER_NAME").ok());
        let (info, kind) = choose(&name.unwrap_or_default())?;
        let options = Device::wgpu_options()
            .device_kind(kind)
            .graphics_api(graphics_api(info.backend)?);
        let (burn, setup) = options
            .init_with_setup()
            .map_err(|error| format!("burn cannot open {}: {error}", info.name))?;
        let opened = setup.adapter.get_info().name;
        if opened != info.name {
            return Err(format!(
                "burn opened {opened:?} instead of {:?}; pass --adapter with the name of the first of its kind",
                info.name
            ));
        }
        Ok(Self {
            burn,
            kernels: Kernels::new(&setup.device),
            adapter: setup.adapter,
            device: setup.device,
            queue: setup.queue,
        })
    }

    /// Waits until the queue has done all.
    pub(crate) fn wait(&self) -> Result<(), String> {
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| format!("the device does not finish: {error}"))?;
        Ok(())
    }
}

/// An adapter, and what burn calls it: its place among those of its type that the same back end has.
fn choose(name: &str) -> Result<(wgpu::AdapterInfo, DeviceKind), String> {
    let infos: Vec<_> = adapters()
        .map_err(|error| error.to_string())?
        .into_iter()
        .map(|report| report.info)
        .collect();
    let wanted = name.to_lowercase();
    let found = infos
        .iter()
        .position(|info| info.name.to_lowercase().contains(&wanted));
    let found = found.ok_or_else(|| {
        let names: Vec<_> = infos.iter().map(|info| info.name.as_str()).collect();
        format!(
            "no adapter is called {name:?}; there are {}",
            names.join(", ")
        )
    })?;
    let info = &infos[found];
    let is_like = |other: &&wgpu::AdapterInfo| {
        other.device_type == info.device_type && other.backend == info.backend
    };
    let index = infos[..found].iter().filter(is_like).count();
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => DeviceKind::DiscreteGpu(index),
        wgpu::DeviceType::IntegratedGpu => DeviceKind::IntegratedGpu(index),
        wgpu::DeviceType::VirtualGpu => DeviceKind::VirtualGpu(index),
        wgpu::DeviceType::Cpu => DeviceKind::Cpu,
        wgpu::DeviceType::Other => DeviceKind::DefaultDevice,
    };
    Ok((info.clone(), kind))
}

fn graphics_api(backend: wgpu::Backend) -> Result<WgpuBackend, String> {
    Ok(match backend {
        wgpu::Backend::Vulkan => WgpuBackend::Vulkan,
        wgpu::Backend::Metal => WgpuBackend::Metal,
        wgpu::Backend::Dx12 => WgpuBackend::Dx12,
        wgpu::Backend::Gl => WgpuBackend::Gl,
        wgpu::Backend::BrowserWebGpu | wgpu::Backend::Noop => {
            return Err(format!(
                "burn has no back end for {backend}; set WGPU_BACKEND to vulkan, metal, dx12 or gl"
            ));
        }
    })
}
