//! Makes sure that wgpu finds an adapter.

use crate::command::{self, Command};
use crate::system::{Remedy, System};

/// The build that the chore needs anyway, so that the probe costs no second one of wgpu. Features are
/// unified over the packages that are built together: tests build the whole workspace, so must this.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// That of tests.
    Dev,
    /// That of the demo.
    Release,
}

/// What `examples/probe.rs` exits with where wgpu finds no adapter at all.
const NO_ADAPTER: i32 = 3;

/// Returns once wgpu finds an adapter: installs a software one where there is none.
pub(crate) fn ensure(profile: Profile) -> Result<(), String> {
    if found(profile)? {
        return Ok(());
    }
    let commands = match System::current().remedy() {
        Remedy::Install(commands) => commands,
        Remedy::Tell(advice) => return Err(format!("wgpu finds no adapter; {advice}")),
    };
    eprintln!("installing Mesa's software Vulkan driver");
    install(&commands)?;
    if found(profile)? {
        return Ok(());
    }
    Err(format!(
        "wgpu finds no adapter even with Mesa's software Vulkan driver installed; {}",
        settings()
    ))
}

fn found(profile: Profile) -> Result<bool, String> {
    let (build, executable) = match profile {
        Profile::Dev => (
            "build --workspace --example probe",
            command::built("debug", "examples/probe")?,
        ),
        Profile::Release => (
            "build --release --example probe",
            command::built("release", "examples/probe")?,
        ),
    };
    Command::cargo(build).run()?;
    let probe = Command::program(&executable)?;
    match probe.exit_code()? {
        Some(0) => Ok(true),
        Some(NO_ADAPTER) => Ok(false),
        _ => Err(format!("`{probe}` failed: see above")),
    }
}

/// Runs the commands in turn. Only the last one, the installation, has to succeed: refreshing the
/// package lists fails wherever a single unrelated source is out of reach.
pub(crate) fn install(commands: &[Command]) -> Result<(), String> {
    let Some((last, preparations)) = commands.split_last() else {
        return Ok(());
    };
    for command in preparations {
        if let Err(message) = command.run() {
            eprintln!("warning: {message}; going on");
        }
    }
    last.run()
}

/// The variables that decide what wgpu and the Vulkan loader look for, as far as they are set.
fn settings() -> String {
    let set: Vec<_> = [
        "WGPU_BACKEND",
        "WGPU_ADAPTER_NAME",
        "VK_DRIVER_FILES",
        "VK_ICD_FILENAMES",
        "VK_LOADER_DRIVERS_SELECT",
        "VK_LOADER_DRIVERS_DISABLE",
    ]
    .into_iter()
    .filter_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?)))
    .collect();
    if set.is_empty() {
        "run `vulkaninfo --summary` (package vulkan-tools) to see what the Vulkan loader finds"
            .into()
    } else {
        format!("unset what keeps it from being found: {}", set.join(" "))
    }
}
