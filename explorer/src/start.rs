//! Opening a window, and why that fails.

use std::sync::Arc;

use eframe::NativeOptions;
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupCreateNew};

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing to open a window on.
    #[error(
        "there is no window system to open a window on ({0}); start the explorer on a desktop, or set DISPLAY or \
         WAYLAND_DISPLAY to one"
    )]
    NoWindowSystem(String),
    /// No adapter to draw with.
    #[error(
        "wgpu finds no adapter to draw with ({0}); install a driver for Vulkan, Metal or Direct3D 12 (without a GPU: \
         mesa-vulkan-drivers on Debian and Ubuntu), or unset WGPU_BACKEND and WGPU_ADAPTER_NAME if they hide it"
    )]
    NoAdapter(String),
    /// Anything else.
    #[error("the window could not be opened: {0}")]
    Other(String),
}

impl From<eframe::Error> for StartError {
    fn from(error: eframe::Error) -> Self {
        let message = error.to_string();
        match error {
            eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => {
                Self::NoWindowSystem(message)
            }
            eframe::Error::Wgpu(_) => Self::NoAdapter(message),
            _ => Self::Other(message),
        }
    }
}

/// A window on the adapter that [`choose_adapter`] chooses.
pub fn options() -> NativeOptions {
    let mut options = NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Activation explorer")
            .with_app_id("wgpu-activations-explorer")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([900.0, 560.0]),
        ..Default::default()
    };
    if let WgpuSetup::CreateNew(setup) = &mut options.wgpu_options.wgpu_setup {
        choose_adapter(setup);
    }
    options
}

/// Takes the adapter that `WGPU_ADAPTER_NAME` names, where it is set, with limits that allow to compute and, where
/// it has them, with timestamps.
pub fn choose_adapter(setup: &mut WgpuSetupCreateNew) {
    if let Ok(name) = std::env::var("WGPU_ADAPTER_NAME") {
        setup.native_adapter_selector = Some(Arc::new(move |adapters, surface| {
            let fits = |adapter: &&wgpu::Adapter| {
                is_called(&adapter.get_info().name, &name)
                    && surface.is_none_or(|surface| adapter.is_surface_supported(surface))
            };
            let found = adapters.iter().find(fits).cloned();
            found.ok_or_else(|| format!("none is called {name:?}"))
        }));
    }
    let describe = setup.device_descriptor.clone();
    setup.device_descriptor = Arc::new(move |adapter| {
        let mut descriptor = describe(adapter);
        if descriptor
            .required_limits
            .max_compute_workgroups_per_dimension
            == 0
        {
            // egui asks OpenGL for no more than WebGL has, which computes nothing.
            let limits = wgpu::Limits::downlevel_defaults();
            descriptor.required_limits = limits.using_resolution(adapter.limits());
        }
        let timestamps = wgpu::Features::TIMESTAMP_QUERY;
        descriptor.required_features |= adapter.features() & timestamps;
        descriptor
    });
}

fn is_called(adapter: &str, name: &str) -> bool {
    adapter.to_lowercase().contains(&name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui_wgpu::WgpuError;

    #[test]
    fn errors_are_sentences_with_a_remedy() {
        let none = WgpuError::CustomNativeAdapterSelectionError("none is called \"x\"".to_owned());
        let error = StartError::from(eframe::Error::Wgpu(none)).to_string();
        assert!(
            error.starts_with("wgpu finds no adapter to draw with"),
            "{error}"
        );
        assert!(
            error.contains("none is called \"x\"") && error.contains("install"),
            "{error}"
        );
        let error = StartError::from(eframe::Error::AppCreation("broken".into())).to_string();
        assert!(error.contains("broken"), "{error}");
    }

    #[test]
    fn a_part_of_a_name_will_do() {
        assert!(is_called("llvmpipe (LLVM 15.0.6, 256 bits)", "LLVMpipe"));
        assert!(!is_called("llvmpipe", "SwiftShader"));
    }
}
