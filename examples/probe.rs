//! Names the adapters that wgpu finds; exits with 3 where there is none. `cargo xtask` asks this
//! before it runs anything that needs one.

use std::process::ExitCode;

const NO_ADAPTER: u8 = 3;

fn main() -> ExitCode {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let instance = wgpu::Instance::new(descriptor);
    let adapters: Vec<_> = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()))
        .into_iter()
        .filter(|adapter| {
            let flags = adapter.get_downlevel_capabilities().flags;
            flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        })
        .collect();
    for adapter in &adapters {
        let info = adapter.get_info();
        println!(
            "adapter: {} ({:?}, {:?})",
            info.name, info.backend, info.device_type
        );
    }
    if adapters.is_empty() {
        ExitCode::from(NO_ADAPTER)
    } else {
        ExitCode::SUCCESS
    }
}
