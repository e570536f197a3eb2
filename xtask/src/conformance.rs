//! Runs the conformance suite on the three adapters that a machine without a GPU can have.

use std::path::{Path, PathBuf};

use crate::adapter;
use crate::command::{self, Command};
use crate::steps;
use crate::system::{Remedy, System};

/// The tests whose results depend on the adapter, beside the unit tests: not those of what the host does with
/// results, such as how `Offload` divides tensors and how `verify` judges.
const TESTS: &[&str] = &[
    "activations",
    "conversions",
    "cross_entropy",
    "custom",
    "gated",
    "halves",
    "hyper_parameters",
    "images",
    "kernels",
    "learnable",
    "math",
    "middleware",
    "offload",
    "randomised",
    "rows",
    "special_values",
    "statistics",
    "wgsl",
];

/// Tests that are not run again, as (file in `tests`, path in it): of what `verify` has just found on the same
/// adapters from more inputs, and of how the host streams chunks, as in the tests of `Offload`.
const SKIPPED: &[[&str; 2]] = &[
    ["activations.rs", "all_are_within_their_bounds"],
    [
        "activations.rs",
        "sixteen_bit_results_are_rounded_correctly",
    ],
    ["special_values.rs", "infinity_gives_the_limit"],
    ["special_values.rs", "nan_gives_nan"],
    ["statistics/main.rs", "every_activation"],
    [
        "statistics/streamed.rs",
        "streamed::from_a_reader_with_progress",
    ],
    [
        "statistics/streamed.rs",
        "streamed::ten_million_elements_in_chunks_that_end_anywhere",
    ],
];

/// A software adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Software {
    /// Mesa's Vulkan driver: f16, subgroups of 8, timestamps.
    Lavapipe,
    /// Mesa's OpenGL driver: naga's GLSL back end, no subgroups, no f16.
    Llvmpipe,
    /// The Vulkan driver inside Chromium: subgroups of 4, no f16.
    SwiftShader,
}

impl Software {
    const ALL: [Self; 3] = [Self::Lavapipe, Self::Llvmpipe, Self::SwiftShader];

    /// The adapter that is called so.
    fn named(name: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|software| format!("{software:?}").eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            format!("there is no adapter {name:?}; choose lavapipe, llvmpipe or swiftshader")
        })
    }

    /// What wgpu calls it.
    const fn adapter(self) -> &'static str {
        match self {
            Self::Lavapipe | Self::Llvmpipe => "llvmpipe",
            Self::SwiftShader => "SwiftShader",
        }
    }

    const fn backend(self) -> &'static str {
        match self {
            Self::Lavapipe | Self::SwiftShader => "vulkan",
            Self::Llvmpipe => "gl",
        }
    }

    const fn debian_packages(self) -> &'static str {
        match self {
            Self::Lavapipe => "libvulkan1 mesa-vulkan-drivers",
            Self::Llvmpipe => "libegl1 libgl1-mesa-dri",
            Self::SwiftShader => "libvulkan1 chromium",
        }
    }

    /// The file that leads the Vulkan loader to it.
    fn manifest(self) -> Option<PathBuf> {
        let (folders, prefix): (&[&str], _) = match self {
            Self::Lavapipe => (
                &[
                    "/usr/share/vulkan/icd.d",
                    "/etc/vulkan/icd.d",
                    "/usr/local/share/vulkan/icd.d",
                ],
                "lvp_icd",
            ),
            Self::SwiftShader => (
                &[
                    "/usr/lib/chromium",
                    "/usr/lib/chromium-browser",
                    "/usr/lib64/chromium-browser",
                    "/opt/google/chrome",
                ],
                "vk_swiftshader_icd",
            ),
            Self::Llvmpipe => return None,
        };
        folders
            .iter()
            .find_map(|folder| manifest(Path::new(folder), prefix))
    }
}

/// The first file of a folder, by name, that begins so and ends with `.json`.
fn manifest(folder: &Path, prefix: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = files
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(prefix) && name.ends_with(".json")
        })
        .collect();
    files.sort();
    files.into_iter().next()
}

/// What of the suite is run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Options {
    /// Verify every f32.
    is_exhaustive: bool,
    /// Where the tests have run already.
    tested: Option<Software>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = arguments;
        while let [word, after @ ..] = rest {
            rest = match (word.as_str(), after) {
                ("--exhaustive", _) => {
                    options.is_exhaustive = true;
                    after
                }
                ("--tested", [name, after @ ..]) => {
                    options.tested = Some(Software::named(name)?);
                    after
                }
                _ => {
                    return Err(format!(
                        "conformance takes --exhaustive and --tested ADAPTER, not {:?}",
                        arguments.join(" ")
                    ));
                }
            };
        }
        Ok(options)
    }
}

/// Verifies every activation on all adapters at once, and runs the tests on each.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let (inputs, checkpoint) = if options.is_exhaustive {
        ("--exhaustive --variants", "conformance-exhaustive.json")
    } else {
        ("--every 251", "conformance.json")
    };
    // In one build, so that features are unified and dependencies compiled once.
    Command::cargo("build --release --workspace --example probe --bin wgpu-activations").run()?;
    let probe = Command::program(&command::built("release", "examples/probe")?)?;
    for software in Software::ALL {
        ensure(software, &probe)?;
    }
    let program = Command::program(&command::built("release", "wgpu-activations")?)?;
    let checkpoint = command::target_folder()?.join(checkpoint);
    if !options.is_exhaustive {
        // Minutes are not worth going on from what an older build may have left.
        let _ = std::fs::remove_file(&checkpoint);
    }
    let verify = with_adapters(program.with(["verify"]), &Software::ALL)
        .with(inputs.split_whitespace())
        .with(["--checkpoint".to_owned(), checkpoint.display().to_string()]);
    let verify = Software::ALL.into_iter().fold(verify, |verify, software| {
        let name = format!("{} ({})", software.adapter(), software.backend());
        verify.with(["--adapter".to_owned(), name])
    });
    let tests = TESTS.iter().flat_map(|test| ["--test", test]);
    let tests = Command::cargo("test --workspace --no-fail-fast --lib").with(tests);
    let build = tests.clone().with(["--no-run"]);
    let verified = steps::run_each([verify, build]);
    let skipped = SKIPPED.iter().flat_map(|[_, path]| ["--skip", path]);
    let tests = tests.with(["--", "--exact"]).with(skipped);
    let untested = Software::ALL.into_iter();
    let untested = untested.filter(|software| options.tested != Some(*software));
    let commands = untested.map(|software| {
        let tests = alone(tests.clone(), software);
        match software {
            // wgpu lets one thread at a time use OpenGL, and panics where it waits 6 s for another: as long as
            // Mesa may take to compile what that one runs. Most of the time goes into that, for kernels that run
            // for moments, so here it does without optimising; `verify` takes what it has optimised.
            Software::Llvmpipe => tests
                .env("RUST_TEST_THREADS", "1")
                .env("GALLIVM_PERF", "nopt"),
            Software::Lavapipe | Software::SwiftShader => tests,
        }
    });
    let tested = steps::run_together(&commands.collect::<Vec<_>>());
    verified.and(tested)
}

/// The command with an environment in which wgpu finds these adapters and no other.
fn with_adapters(command: Command, adapters: &[Software]) -> Command {
    let manifests: Vec<_> = adapters
        .iter()
        .filter_map(|software| Some(software.manifest()?.display().to_string()))
        .collect();
    let mut backends: Vec<_> = adapters.iter().map(|software| software.backend()).collect();
    backends.sort_unstable();
    backends.dedup();
    command
        .env("WGPU_BACKEND", backends.join(","))
        .env("VK_DRIVER_FILES", manifests.join(":"))
        // Where there is a GPU, Mesa would take that.
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
}

/// The command with an environment in which it uses this adapter, or none.
fn alone(command: Command, software: Software) -> Command {
    with_adapters(command, &[software]).env("WGPU_ADAPTER_NAME", software.adapter())
}

/// Returns once the adapter is found; installs it where it is not.
fn ensure(software: Software, probe: &Command) -> Result<(), String> {
    if is_there(software) && alone(probe.clone(), software).succeeds_silently() {
        return Ok(());
    }
    let packages = software.debian_packages();
    let missing = format!("{software:?} is missing, which the conformance suite needs");
    match System::current().debian_packages(packages) {
        Remedy::Tell(advice) => return Err(format!("{missing}: {advice}")),
        Remedy::Install(commands) => {
            eprintln!("installing {software:?}");
            adapter::install(&commands)?;
        }
    }
    if !is_there(software) {
        return Err(format!(
            "{missing}: {packages} did not bring its Vulkan manifest"
        ));
    }
    let probed = alone(probe.clone(), software).run();
    probed.map_err(|message| format!("{missing}, even with {packages} installed: {message}"))
}

/// Whether the Vulkan loader can be led to it, where it is that loader's. Without a manifest the
/// loader would look for any driver.
fn is_there(software: Software) -> bool {
    software.backend() != "vulkan" || software.manifest().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_found_whatever_its_architecture() {
        let folder = std::env::temp_dir().join(format!("conformance-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(manifest(&folder, "lvp_icd"), None);
        for name in [
            "radeon_icd.x86_64.json",
            "lvp_icd.txt",
            "lvp_icd.aarch64.json",
        ] {
            std::fs::write(folder.join(name), "{}").unwrap();
        }
        let found = manifest(&folder, "lvp_icd");
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, Some(folder.join("lvp_icd.aarch64.json")));
    }

    #[test]
    fn options_are_known_or_named() {
        let parse = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            Options::parse(&words)
        };
        assert_eq!(parse(""), Ok(Options::default()));
        let both = Options {
            is_exhaustive: true,
            tested: Some(Software::Lavapipe),
        };
        assert_eq!(parse("--tested lavapipe --exhaustive"), Ok(both));
        for (line, named) in [
            ("--tested", "--tested ADAPTER"),
            ("--tested mesa", "\"mesa\""),
            ("--every 251", "--every 251"),
        ] {
            let message = parse(line).unwrap_err();
            assert!(message.contains(named), "{message}");
        }
    }

    #[test]
    fn adapters_are_kept_apart() {
        let command =
            |adapters: &[Software]| with_adapters(Command::new("x"), adapters).to_string();
        let gl = command(&[Software::Llvmpipe]);
        assert!(gl.contains("WGPU_BACKEND=gl VK_DRIVER_FILES= "), "{gl}");
        assert!(command(&Software::ALL).contains("WGPU_BACKEND=gl,vulkan "));
    }

    #[test]
    fn every_test_is_run_or_needs_no_adapter() {
        /// What is the same on every adapter, or too long for this.
        const OTHERS: &[&str] = &[
            "arithmetic",
            "bad_tensors",
            "catalogue",
            "contributing",
            "memory",
            "memory_blocks",
            "memory_gated",
            "memory_masks",
            "memory_rows",
            "offload_blocks",
            "offload_learnable",
            "offload_masks",
            "offload_rows",
            "offload_team",
            "readme",
            "reference",
            "verification",
        ];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file() || path.join("main.rs").exists())
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let mut known = [TESTS, OTHERS].concat();
        known.sort_unstable();
        assert_eq!(names, known);
    }

    #[test]
    fn what_is_skipped_is_a_test() {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
        for [file, path] in SKIPPED {
            let name = path.rsplit("::").next().unwrap();
            let text = std::fs::read_to_string(tests.join(file)).unwrap();
            assert!(text.contains(&format!("fn {name}()")), "{name} in {file}");
        }
    }

    #[test]
    fn other_arguments_are_refused() {
        let error = run(&["--every".to_owned(), "7".to_owned()]).unwrap_err();
        assert!(error.contains("--every 7"), "{error}");
    }
}
