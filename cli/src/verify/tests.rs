use std::fs;
use std::num::NonZeroU32;
use std::path::Path;

use clap::Parser;
use wgpu_activations::OffloadError;
use wgpu_activations::verify::{Direction, Oracle, round_to};

use super::*;
use crate::arguments::{Arguments, Command};

mod failures;

/// Computes in f64, with mistakes that follow the inputs' bits.
struct Fake {
    identity: Identity,
    /// Every so many results are wrong.
    mistakes: u32,
    /// What it does not run, by the activation's name and the first input's bits.
    failure: fn(&str, u32) -> Option<OffloadError>,
    /// How many results were asked of it.
    asked: usize,
}

impl Fake {
    fn new(adapter: &str, mistakes: u32) -> Self {
        Self {
            identity: Identity {
                adapter: adapter.to_owned(),
                backend: "none".to_owned(),
                driver: "f64".to_owned(),
            },
            mistakes,
            failure: |_, _| None,
            asked: 0,
        }
    }
}

impl Subject for Fake {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn results(
        &mut self,
        oracle: &Oracle,
        inputs: &[f32],
        outputs: &mut [f32],
    ) -> Result<(), OffloadError> {
        self.asked += inputs.len();
        if let Some(error) = (self.failure)(oracle.activation().name(), inputs[0].to_bits()) {
            return Err(error);
        }
        let exact = oracle.expected(inputs);
        for ((x, y), output) in inputs.iter().zip(exact).zip(outputs) {
            *output = round_to(oracle.dtypes()[1], y) as f32;
            let hash = x.to_bits().wrapping_mul(2_654_435_761) >> 16;
            if hash.is_multiple_of(self.mistakes) && y.abs() < 1e4 {
                *output = f32::from_bits(output.to_bits() ^ (hash & 7) << 16);
            }
        }
        Ok(())
    }
}

fn tasks(line: &str) -> Vec<Task> {
    let arguments = arguments(line);
    plan::tasks(&arguments, &Choice::new(&arguments).unwrap()).unwrap()
}

fn arguments(line: &str) -> Verify {
    let words = ["wgpu-activations", "verify"].into_iter();
    match Arguments::parse_from(words.chain(line.split_whitespace())).command {
        Command::Verify(arguments) => arguments,
        command => panic!("{command:?}"),
    }
}

fn subjects() -> [Fake; 2] {
    [Fake::new("one", 999), Fake::new("other", 12_345)]
}

fn identities(subjects: &[Fake]) -> Vec<Identity> {
    subjects.iter().map(|s| s.identity().clone()).collect()
}

/// All that matters of the states: not the time, and NaN as its bits.
fn found(states: &[State]) -> String {
    let found = states.iter().map(|state| &state.outcomes);
    format!("{:?}", found.collect::<Vec<_>>())
}

fn fresh(tasks: &[Task], subjects: &[Fake]) -> Vec<State> {
    vec![State::new(subjects.len()); tasks.len()]
}

/// Saves the states after each part, and interrupts the run after one more than so many.
fn saving(
    checkpoint: &mut Checkpoint,
    mut left: usize,
) -> impl FnMut(&[State]) -> Result<(), Error> {
    move |states| {
        checkpoint.save(states)?;
        left = left.checked_sub(1).ok_or_else(|| Error::Paused {
            signal: 2,
            checkpoint: checkpoint.path().to_owned(),
        })?;
        Ok(())
    }
}

const EVERY: NonZeroU32 = NonZeroU32::MIN;

#[test]
fn a_run_goes_on_where_it_was_interrupted() {
    let tasks = tasks("gelu relu --dtype f16 --dtype bf16 --exhaustive");
    let mut subjects = subjects();
    let identities = identities(&subjects);
    let mut whole = fresh(&tasks, &subjects);
    let mut worker = Worker::with_parts_of(7_001);
    verify_all(&tasks, &mut whole, &mut subjects, &mut worker, |_| Ok(())).unwrap();
    let parts = 65_536_usize.div_ceil(7_001) * tasks.len();
    assert!(
        whole[0].outcomes[0].tally.max_ulp > 1.0,
        "{}",
        found(&whole)
    );
    assert_ne!(whole[0].outcomes[0], whole[0].outcomes[1]);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    // Three interruptions, at parts that follow no pattern; the parts of each run differ too.
    for seed in 0..8 {
        let mut states = fresh(&tasks, &subjects);
        for run in 0..4 {
            let (mut checkpoint, saved) =
                Checkpoint::open(&path, EVERY, identities.clone(), &tasks).unwrap();
            assert_eq!(saved.is_some(), run > 0);
            if let Some(saved) = saved {
                assert_eq!(found(&saved), found(&states));
                states = saved;
            }
            let left = match run {
                3 => usize::MAX,
                run => (seed * 131 + run * 37) % (parts / 4),
            };
            let mut worker = Worker::with_parts_of(7_001 - (seed * 100 + run) as u64);
            let keep = saving(&mut checkpoint, left);
            let ended = verify_all(&tasks, &mut states, &mut subjects, &mut worker, keep);
            assert_eq!(ended.is_ok(), run == 3);
            if run == 3 {
                assert_eq!(found(&states), found(&whole), "seed {seed}");
                checkpoint.remove().unwrap();
            }
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

/// What a run says to a checkpoint of `line` on these adapters.
fn mismatch(path: &Path, every: u32, line: &str, adapters: &[&str]) -> String {
    let adapters: Vec<_> = adapters.iter().map(|name| Fake::new(name, 99)).collect();
    let every = NonZeroU32::new(every).unwrap();
    match Checkpoint::open(path, every, identities(&adapters), &tasks(line)) {
        Ok(_) => "it is the same run".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let line = "swish --dtype f16 --every 7";
    let (subjects, tasks) = (subjects(), tasks(line));
    let seven = NonZeroU32::new(7).unwrap();
    let opened = Checkpoint::open(&path, seven, identities(&subjects), &tasks);
    opened.unwrap().0.save(&fresh(&tasks, &subjects)).unwrap();
    let text = fs::read_to_string(&path).unwrap();

    let both = ["one", "other"];
    assert_eq!(mismatch(&path, 7, line, &both), "it is the same run");
    for (message, words) in [
        (mismatch(&path, 8, line, &both), ["every 7 ", "every 8"]),
        (
            mismatch(&path, 7, line, &both[..1]),
            ["of one (none) with f64 and other", "this run of one"],
        ),
        (
            mismatch(&path, 7, "swish --dtype bf16", &both),
            ["forward f16", "not swish beta=1 forward bf16"],
        ),
        (
            mismatch(&path, 7, "swish --dtype f16 --exhaustive", &both),
            ["8 of them", "not 2 of them"],
        ),
    ] {
        for word in words
            .into_iter()
            .chain(["state.json", "remove it", "--checkpoint"])
        {
            assert!(message.contains(word), "no {word:?} in: {message}");
        }
    }

    let wgsl = format!("\"wgsl\":{}", tasks[2].fingerprint);
    let reference = format!("\"reference\":{}", tasks[3].oracle.fingerprint());
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    for (from, to, word) in [
        ("\"format\":2", "\"format\":1", "format 1"),
        (&version, "\"version\":\"0.0.1\"", "version 0.0.1"),
        (
            &wgsl,
            "\"wgsl\":1",
            "the WGSL of swish beta=1 forward f16 has changed",
        ),
        (
            &reference,
            "\"reference\":1",
            "the reference of swish beta=0.1 backward f16",
        ),
        ("\"inputs\":0", "\"inputs\":65537", "damaged"),
        (
            "\"correctly_rounded\":0",
            "\"correctly_rounded\":1",
            "damaged",
        ),
        ("\"states\":[{", "\"states\":[{},{", "damaged"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        fs::write(&path, changed).unwrap();
        let message = mismatch(&path, 7, line, &both);
        assert!(message.contains(word), "no {word:?} in: {message}");
    }
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        fs::write(&path, &text[..cut]).unwrap();
        let message = mismatch(&path, 7, line, &both);
        assert!(message.contains("damaged"), "{message}");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let (mut opened, found) =
        Checkpoint::open(&path, seven, identities(&subjects), &tasks).unwrap();
    assert!(found.is_none());
    let message = opened.save(&[]).unwrap_err().to_string();
    assert!(message.contains("it is a folder"), "{message}");
}

#[test]
fn what_is_taken_follows_the_options() {
    let count = |line: &str| tasks(line).len();
    let directions = Direction::ALL.len();
    // swish has three unusual sets beside its defaults.
    assert_eq!(count("swish"), 4 * 3 * directions);
    assert_eq!(count("swish --dtype f32"), 4 * directions);
    assert_eq!(count("swish --dtype f32 --every 99"), 4 * directions);
    assert_eq!(count("swish --dtype f32 --exhaustive"), directions);
    assert_eq!(
        count("swish --dtype f32 --exhaustive --variants"),
        4 * directions
    );
    assert_eq!(tasks("swish --exhaustive --dtype f32")[0].len(), 1 << 32);
    assert_eq!(tasks("swish --every 1 --dtype f32")[0].len(), 1 << 32);
    let every = tasks("swish --every 4096 --dtype f32")[0].len();
    assert!((1 << 20..(1 << 20) + 2000).contains(&every), "{every}");
    assert_eq!(tasks("swish --every 4096 --dtype bf16")[0].len(), 1 << 16);
}
