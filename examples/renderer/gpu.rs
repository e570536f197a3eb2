//! The renderer's own device, which the library borrows.

use std::sync::{Arc, OnceLock};

use crate::Error;

pub(crate) struct Gpu {
    pub(crate) instance: wgpu::Instance,
    pub(crate) adapter: wgpu::Adapter,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    /// Why the device was lost, once it was.
    lost: Arc<OnceLock<String>>,
}

impl Gpu {
    /// The adapter of that name, else the one that `WGPU_ADAPTER_NAME` names, else the best, among those that
    /// can draw to the surface, where there is one.
    pub(crate) fn open(
        instance: wgpu::Instance,
        name: Option<&str>,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<Self, Error> {
        let from_environment = || std::env::var("WGPU_ADAPTER_NAME").ok();
        let name = name.map(str::to_owned).or_else(from_environment);
        let adapter = match name.filter(|name| !name.is_empty()) {
            Some(name) => named(&instance, &name, surface)?,
            None => pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                compatible_surface: surface,
                ..Default::default()
            }))?,
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("renderer"),
            // The library needs no more than every adapter has.
            required_limits: wgpu::Limits::downlevel_defaults().using_resolution(adapter.limits()),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))?;
        let lost = Arc::new(OnceLock::new());
        let reported = lost.clone();
        device.set_device_lost_callback(move |reason, message| {
            // The first report counts.
            let _ = reported.set(format!("{reason:?}: {message}"));
        });
        Ok(Self {
            instance,
            adapter,
            device,
            queue,
            lost,
        })
    }

    /// Runs `work` so that what wgpu finds wrong, as too little memory, becomes an error.
    pub(crate) fn checked<T>(&self, work: impl FnOnce() -> T) -> Result<T, Error> {
        let filters = [
            wgpu::ErrorFilter::OutOfMemory,
            wgpu::ErrorFilter::Validation,
        ];
        let scopes = filters.map(|filter| self.device.push_error_scope(filter));
        let value = work();
        // The innermost scope is the last one.
        let errors = scopes.into_iter().rev();
        match errors
            .filter_map(|scope| pollster::block_on(scope.pop()))
            .next()
        {
            Some(error) => Err(error.into()),
            None => Ok(value),
        }
    }

    /// Whether the device is still there: drawing on one that was lost would show nothing, again and again.
    pub(crate) fn check_device(&self) -> Result<(), Error> {
        match self.lost.get() {
            Some(why) => Err(format!("the GPU was lost ({why}); start the example again").into()),
            None => Ok(()),
        }
    }

    pub(crate) fn check_size(&self, (width, height): (u32, u32)) -> Result<(), Error> {
        let limit = self.device.limits().max_texture_dimension_2d;
        if width.max(height) > limit {
            return Err(format!(
                "{width}x{height} pixels are more than the {limit} that a side has at most on this adapter; \
                 choose a smaller --size"
            )
            .into());
        }
        Ok(())
    }

    /// How many samples of each pixel are drawn: four, where the adapter can.
    pub(crate) fn samples(&self, format: wgpu::TextureFormat) -> u32 {
        let flags = self.adapter.get_texture_format_features(format).flags;
        let resolves = flags.contains(wgpu::TextureFormatFeatureFlags::MULTISAMPLE_RESOLVE);
        if resolves && flags.sample_count_supported(4) {
            4
        } else {
            1
        }
    }
}

fn named(
    instance: &wgpu::Instance,
    name: &str,
    surface: Option<&wgpu::Surface<'_>>,
) -> Result<wgpu::Adapter, Error> {
    let mut others = Vec::new();
    for adapter in pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all())) {
        if surface.is_some_and(|surface| !adapter.is_surface_supported(surface)) {
            continue;
        }
        let info = adapter.get_info();
        if info.name.to_lowercase().contains(&name.to_lowercase()) {
            return Ok(adapter);
        }
        others.push(format!("{} ({})", info.name, info.backend));
    }
    let others = others.join(", ");
    Err(format!("no adapter here is called {name:?}; there are: {others}").into())
}
