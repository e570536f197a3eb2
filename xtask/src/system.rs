//! What to do on a machine without an adapter: the decisions, apart from carrying them out.

use std::path::Path;

use crate::command::Command;

const DEBIAN_PACKAGES: &str = "libvulkan1 mesa-vulkan-drivers";

/// What is known of the machine.
#[derive(Clone, Debug)]
pub(crate) struct System {
    /// As in [`std::env::consts::OS`].
    os: &'static str,
    /// The text of `/etc/os-release`.
    os_release: String,
    /// How a package could be installed by apt.
    apt: Apt,
    /// The value of `WGPU_BACKEND`.
    backend: Option<String>,
}

/// How apt-get can be run without asking anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Apt {
    /// There is none.
    Missing,
    /// This process is root.
    AsRoot,
    /// sudo works without a password.
    WithSudo,
    /// There is one, but no permission to run it.
    NotPermitted,
}

/// What would bring an adapter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// These commands, in this order.
    Install(Vec<Command>),
    /// Something that only the person can do.
    Tell(String),
}

impl System {
    /// The machine that this runs on.
    pub(crate) fn current() -> Self {
        let files = ["/etc/os-release", "/usr/lib/os-release"];
        let os_release = files
            .iter()
            .find_map(|file| std::fs::read_to_string(file).ok());
        Self {
            os: std::env::consts::OS,
            os_release: os_release.unwrap_or_default(),
            apt: Apt::current(),
            backend: std::env::var("WGPU_BACKEND").ok(),
        }
    }

    /// What would bring an adapter to this machine.
    pub(crate) fn remedy(&self) -> Remedy {
        if let Some(backend) = self.backend_without_vulkan() {
            return Remedy::Tell(format!(
                "WGPU_BACKEND={backend} rules out Vulkan, the back end of the software driver that \
                 could be installed: unset it or set it to vulkan"
            ));
        }
        match self.os {
            "linux" => self.linux_remedy(),
            "macos" => Remedy::Tell(
                "macOS brings Metal with it, so there is nothing to install: run this on a machine \
                 or virtual machine that has a Metal device"
                    .into(),
            ),
            "windows" => Remedy::Tell(
                "Windows brings Direct3D 12 and a software device for it (WARP), so there is \
                 nothing to install: update Windows and the graphics driver"
                    .into(),
            ),
            other => Remedy::Tell(format!(
                "install the Vulkan loader and Mesa's software Vulkan driver (lavapipe) for {other}"
            )),
        }
    }

    fn linux_remedy(&self) -> Remedy {
        match self.apt {
            Apt::Missing => Remedy::Tell(self.package_advice()),
            _ => self.debian_packages(DEBIAN_PACKAGES),
        }
    }

    /// What brings these packages of Debian to this machine.
    pub(crate) fn debian_packages(&self, packages: &str) -> Remedy {
        let sudo = match self.apt {
            Apt::AsRoot => "",
            Apt::WithSudo => "sudo -n ",
            Apt::NotPermitted => {
                return Remedy::Tell(format!(
                    "run `sudo apt-get install {packages}` and try again"
                ));
            }
            Apt::Missing => {
                return Remedy::Tell(format!(
                    "install what Debian calls {packages} and try again"
                ));
            }
        };
        let apt =
            format!("{sudo}env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300");
        Remedy::Install(vec![
            Command::new(&format!("{apt} update")),
            Command::new(&format!(
                "{apt} install --yes --no-install-recommends {packages}"
            )),
        ])
    }

    fn package_advice(&self) -> String {
        let install = match self.family() {
            Some("fedora" | "rhel") => "dnf install vulkan-loader mesa-vulkan-drivers",
            Some("arch") => "pacman -S vulkan-icd-loader vulkan-swrast",
            Some("alpine") => "apk add vulkan-loader mesa-vulkan-swrast",
            Some("suse") => "zypper install libvulkan1 libvulkan_lvp",
            Some("void") => "xbps-install vulkan-loader mesa-vulkan-lavapipe",
            _ => {
                return "install the Vulkan loader (libvulkan.so.1) and Mesa's software Vulkan \
                        driver (lavapipe; Debian's package mesa-vulkan-drivers) and try again"
                    .into();
            }
        };
        format!("run `{install}` as root and try again")
    }

    /// The first distribution among `ID` and `ID_LIKE` whose packages are known.
    fn family(&self) -> Option<&str> {
        let field = |name: &str| {
            self.os_release
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .map_or("", |value| value.trim_matches(['"', '\'']))
        };
        let known = ["fedora", "rhel", "arch", "alpine", "suse", "void"];
        [field("ID"), field("ID_LIKE")]
            .into_iter()
            .flat_map(str::split_whitespace)
            .find(|id| known.contains(id))
    }

    /// The value of `WGPU_BACKEND` where it names back ends, but not Vulkan.
    fn backend_without_vulkan(&self) -> Option<&str> {
        let backend = self
            .backend
            .as_deref()
            .filter(|value| !value.trim().is_empty())?;
        let has_vulkan = backend
            .split(',')
            .any(|name| matches!(name.trim().to_lowercase().as_str(), "vulkan" | "vk"));
        (!has_vulkan).then_some(backend)
    }
}

impl Apt {
    fn current() -> Self {
        let exists = |program: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
        };
        if !exists("apt-get") {
            Self::Missing
        } else if is_root() {
            Self::AsRoot
        } else if Command::new("sudo -n true").succeeds_silently() {
            Self::WithSudo
        } else {
            Self::NotPermitted
        }
    }
}

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::{Apt, Remedy, System};

    fn linux(os_release: &str, apt: Apt) -> System {
        System {
            os: "linux",
            os_release: os_release.into(),
            apt,
            backend: None,
        }
    }

    fn commands(system: &System) -> Vec<String> {
        match system.remedy() {
            Remedy::Install(commands) => commands.iter().map(ToString::to_string).collect(),
            Remedy::Tell(advice) => panic!("nothing to run, only advice: {advice}"),
        }
    }

    fn advice(system: &System) -> String {
        match system.remedy() {
            Remedy::Tell(advice) => advice,
            Remedy::Install(commands) => panic!("no advice, but {commands:?}"),
        }
    }

    #[test]
    fn debian_as_root_installs_by_apt() {
        assert_eq!(
            commands(&linux("ID=debian\n", Apt::AsRoot)),
            [
                "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update",
                "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
                 install --yes --no-install-recommends libvulkan1 mesa-vulkan-drivers",
            ]
        );
    }

    #[test]
    fn with_sudo_every_command_goes_through_it_and_never_asks() {
        let commands = commands(&linux("ID=ubuntu\nID_LIKE=debian\n", Apt::WithSudo));
        assert_eq!(commands.len(), 2);
        for command in commands {
            assert!(command.starts_with("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get "));
        }
    }

    #[test]
    fn without_permission_it_says_what_to_run() {
        let advice = advice(&linux("ID=debian\n", Apt::NotPermitted));
        assert!(advice.contains("`sudo apt-get install libvulkan1 mesa-vulkan-drivers`"));
    }

    #[test]
    fn other_distributions_are_told_their_package() {
        for (os_release, package) in [
            ("ID=fedora\n", "mesa-vulkan-drivers"),
            (
                "NAME=\"Rocky\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                "mesa-vulkan-drivers",
            ),
            ("ID=arch\n", "vulkan-swrast"),
            ("ID=manjaro\nID_LIKE=arch\n", "vulkan-swrast"),
            ("ID=alpine\n", "mesa-vulkan-swrast"),
            (
                "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n",
                "libvulkan_lvp",
            ),
            ("ID=\"void\"\n", "mesa-vulkan-lavapipe"),
            ("", "lavapipe"),
        ] {
            let advice = advice(&linux(os_release, Apt::Missing));
            assert!(advice.contains(package), "{os_release:?}: {advice}");
        }
    }

    #[test]
    fn systems_that_bring_an_adapter_install_nothing() {
        for os in ["macos", "windows"] {
            let system = System {
                os,
                ..linux("", Apt::Missing)
            };
            assert!(advice(&system).contains("nothing to install"), "{os}");
        }
    }

    #[test]
    fn a_back_end_other_than_vulkan_is_not_helped_by_a_vulkan_driver() {
        let with_backend = |backend: &str| System {
            backend: Some(backend.into()),
            ..linux("ID=debian\n", Apt::AsRoot)
        };
        assert!(advice(&with_backend("gl")).contains("WGPU_BACKEND=gl"));
        for backend in ["", "vulkan", "gl, VK"] {
            assert_eq!(commands(&with_backend(backend)).len(), 2, "{backend:?}");
        }
    }
}
