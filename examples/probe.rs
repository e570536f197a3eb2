//! Names the adapter that would be used; exits with 3 where there is none that can be. `cargo xtask`
//! asks this before it runs anything that needs one.

use std::process::ExitCode;

use wgpu_activations::{Offload, OffloadError};

const NO_ADAPTER: u8 = 3;

fn main() -> ExitCode {
    match Offload::new() {
        Ok(gpu) => {
            let info = gpu.adapter_info();
            println!(
                "adapter: {} ({:?}, {:?})",
                info.name, info.backend, info.device_type
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            match error {
                OffloadError::NoAdapter | OffloadError::Device { .. } => ExitCode::from(NO_ADAPTER),
                _ => ExitCode::FAILURE,
            }
        }
    }
}
