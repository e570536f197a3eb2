//! `bench --startup`: what passes from the start of a process until it has its first result.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::num::NonZeroU32;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wgpu_activations::offload::choose_adapter;
use wgpu_activations::{Activation, Dtype, KernelError, Offload, TensorView};

use super::BenchError;
use crate::arguments::DeviceChoice;
use crate::error::Error;
use crate::layout::{Layout, Order};
use crate::{npy_header, print};

/// The elements of the tensor, whose values do not matter.
const ELEMENTS: u64 = 1 << 20;

const ACTIVATION: &str = "gelu";

/// What passes, with milliseconds.
type Phases = Vec<(String, f64)>;

/// Why a process could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartupError {
    #[error(
        "nothing could be measured in processes of their own ({0}); free room for temporary files, or try again"
    )]
    Process(#[from] io::Error),
    #[error("a process that was measured failed ({0}); what it said stands above")]
    Failed(ExitStatus),
    #[error("a process that was measured did not report ({0}); try again")]
    Report(#[from] serde_json::Error),
}

/// Measures fresh processes, with what is kept of compiled kernels and without, in turn.
pub(super) fn run(choice: &DeviceChoice, runs: NonZeroU32) -> Result<(), Error> {
    let [kept, anew] = measure(choice, runs).map_err(BenchError::from)?;
    let mut rows = vec![["ms", "kept", "anew"].map(String::from)];
    rows.extend(kept.into_iter().zip(anew).map(|((name, kept), (_, anew))| {
        let [kept, anew] = [kept, anew].map(|ms| format!("{ms:.1}"));
        [name, kept, anew]
    }));
    print::table(&rows)
}

fn measure(choice: &DeviceChoice, runs: NonZeroU32) -> Result<[Phases; 2], StartupError> {
    let folder = tempfile::tempdir()?;
    let [input, output] = ["x.npy", "y.npy"].map(|name| folder.path().join(name));
    write_tensor(&input)?;
    let files = [input.as_os_str(), output.as_os_str()];
    // Leaves what the others find.
    measured(choice, files, true)?;
    let mut all = [Vec::new(), Vec::new()];
    for _ in 0..runs.get() {
        for (own, is_kept) in all.iter_mut().zip([true, false]) {
            own.push(measured(choice, files, is_kept)?);
        }
    }
    Ok(all.each_ref().map(|runs| medians(runs)))
}

fn write_tensor(path: &Path) -> io::Result<()> {
    let layout = Layout::new(vec![ELEMENTS], Order::C, Dtype::F32);
    let layout = layout.ok_or(io::ErrorKind::FileTooLarge)?;
    let mut file = File::create(path)?;
    file.write_all(&npy_header::to_bytes(&layout))?;
    file.write_all(&vec![0; layout.data_bytes() as usize])
}

/// One process that computes in memory, and one that applies an activation to a file.
fn measured(
    choice: &DeviceChoice,
    [input, output]: [&OsStr; 2],
    is_kept: bool,
) -> Result<Phases, StartupError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.unwrap_or_default().as_nanos().to_string();
    let words = ["bench", "--startup-since", &since].map(OsStr::new);
    let mut phases: Phases = serde_json::from_slice(&output_of(&words, choice, is_kept)?)?;
    let [apply, quiet] = ["apply", "--quiet"].map(OsStr::new);
    let words = [apply, ACTIVATION.as_ref(), input, output, quiet];
    let start = Instant::now();
    output_of(&words, choice, is_kept)?;
    phases.push(("apply, from file to file".to_owned(), ms(start.elapsed())));
    Ok(phases)
}

/// What this command prints, in a process of its own.
fn output_of(
    words: &[&OsStr],
    choice: &DeviceChoice,
    is_kept: bool,
) -> Result<Vec<u8>, StartupError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(words).stderr(Stdio::inherit());
    if let Some(name) = &choice.adapter.name {
        command.arg("--adapter").arg(name);
    }
    if !is_kept {
        command.arg("--no-cache");
    }
    let output = command.output()?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(StartupError::Failed(output.status)),
    }
}

/// Of each phase, the median of all runs.
fn medians(runs: &[Phases]) -> Phases {
    let names = runs.first().into_iter().flatten().enumerate();
    names
        .map(|(index, (name, _))| {
            let mut times: Vec<f64> = runs.iter().map(|run| run[index].1).collect();
            times.sort_by(f64::total_cmp);
            (name.clone(), times[times.len() / 2])
        })
        .collect()
}

/// In a process that was started then, in nanoseconds since 1970: prints how long each phase of it takes.
pub(super) fn measure_this(choice: &DeviceChoice, since: u64) -> Result<(), Error> {
    let process = SystemTime::now().duration_since(UNIX_EPOCH + Duration::from_nanos(since));
    let mut laps = Laps::after("process", process.unwrap_or_default());
    let activation = Activation::named(ACTIVATION).map_err(Error::Activation)?;
    let adapter = choose_adapter(choice.adapter.name.as_deref())?;
    laps.end("instance and adapter");
    let gpu = pollster::block_on(Offload::open(adapter))?;
    laps.end("device");
    let gpu = choice.with_kept(gpu);
    laps.end("reading what is kept");
    compile(&gpu, &activation).map_err(BenchError::from)?;
    laps.end("kernel");
    let x = vec![0.5_f32; ELEMENTS as usize];
    let mut y = vec![0.0_f32; x.len()];
    gpu.forward_into(&activation, &x, &mut y)?;
    laps.end("upload, dispatch, read-back");
    laps.total("to the first result");
    gpu.forward_into(&activation, &x, &mut y)?;
    laps.end("the same again");
    drop(gpu);
    laps.end("keeping, closing the device");
    print::json(&laps.phases)
}

/// Compiles what takes a tensor whose length is a multiple of four.
fn compile(gpu: &Offload, activation: &Activation) -> Result<(), KernelError> {
    let tensor = || {
        TensorView::f32(&gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("startup"),
            size: 16,
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        }))
    };
    // Where the host has the device's memory, results do not take the place of what it writes.
    let features = gpu.device().features();
    match features.contains(wgpu::Features::MAPPABLE_PRIMARY_BUFFERS) {
        true => gpu.kernels().forward(activation, &tensor()?, &tensor()?)?,
        false => gpu.kernels().forward_in_place(activation, &tensor()?)?,
    };
    Ok(())
}

/// Phases that follow one another.
struct Laps {
    last: Instant,
    phases: Phases,
}

impl Laps {
    fn after(name: &str, first: Duration) -> Self {
        Self {
            last: Instant::now(),
            phases: vec![(name.to_owned(), ms(first))],
        }
    }

    fn end(&mut self, name: &str) {
        let now = Instant::now();
        self.phases.push((name.to_owned(), ms(now - self.last)));
        self.last = now;
    }

    /// A row for all phases so far.
    fn total(&mut self, name: &str) {
        let total = self.phases.iter().map(|(_, ms)| ms).sum();
        self.phases.push((name.to_owned(), total));
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
