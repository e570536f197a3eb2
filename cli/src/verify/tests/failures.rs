//! Subjects that give no results.

use super::*;

fn verify(tasks: &[Task], states: &mut [State], subjects: &mut [Fake], part: u64) {
    let mut worker = Worker::with_parts_of(part);
    verify_all(tasks, states, subjects, &mut worker, |_| Ok(())).unwrap();
}

fn counts(state: &State) -> Vec<u64> {
    let counts = state.outcomes.iter().map(|outcome| outcome.tally.inputs);
    counts.collect()
}

#[test]
fn one_that_fails_to_run_does_not_keep_the_others_from_it() {
    let tasks = tasks("swish relu --dtype f16");
    let mut subjects = [Fake::new("sound", u32::MAX), Fake::new("broken", 2)];
    subjects[1].failure = |name, _| (name == "swish").then_some(OffloadError::OutOfMemory);
    let mut states = fresh(&tasks, &subjects);
    verify(&tasks, &mut states, &mut subjects, 65_536);
    let identities = identities(&subjects);
    let rows: Vec<_> = tasks
        .iter()
        .zip(&states)
        .flat_map(|(task, state)| Row::of(task, state, &identities))
        .collect();
    assert_eq!(rows.len(), 2 * tasks.len());

    let json: Vec<_> = rows
        .iter()
        .map(|row| serde_json::to_value(row.json()).unwrap())
        .collect();
    assert_eq!(
        (&json[0]["adapter"], &json[0]["passed"]),
        (&"sound".into(), &true.into())
    );
    assert_eq!(json[0]["correctly_rounded"], 65_536);
    assert_eq!(json[1]["activation"], "swish");
    assert_eq!(json[1]["parameters"], serde_json::json!({"beta": 1.0}));
    assert_eq!(
        (&json[1]["backend"], &json[1]["driver"]),
        (&"none".into(), &"f64".into())
    );
    assert!(json[1]["error"].as_str().unwrap().contains("memory"));
    assert_eq!(json[1]["passed"], false);
    assert!(json[1].get("max_ulp").is_none() && json[0].get("error").is_none());
    let failure = rows[1].failure().unwrap();
    assert!(failure.contains("swish beta=1 forward f16") && failure.contains("broken (none)"));

    let relu = rows.len() - 3;
    assert_eq!(json[relu]["activation"], "relu");
    assert!(json[relu]["max_ulp"].as_f64() > Some(1.0) && json[relu].get("error").is_none());
    let conclude = |rows| {
        let outcomes = Outcomes {
            rows,
            others: Vec::new(),
            subjects: &identities,
        };
        outcomes.conclude()
    };
    let all = || {
        let pairs = tasks.iter().zip(&states);
        pairs.flat_map(|(task, state)| Row::of(task, state, &identities))
    };
    assert!(conclude(all().take(1).collect()).is_ok());
    let error = conclude(all().collect()).unwrap_err().to_string();
    assert!(
        error.contains("10 of 20") && error.contains("sound (none) and broken"),
        "{error}"
    );
}

#[test]
fn a_failure_that_may_pass_is_tried_again_by_the_next_run() {
    let tasks = tasks("gelu relu --dtype f16 --exhaustive");
    let mut subjects = subjects();
    let identities = identities(&subjects);
    let mut whole = fresh(&tasks, &subjects);
    verify(&tasks, &mut whole, &mut subjects, 65_536);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let open = || Checkpoint::open(&path, EVERY, identities.clone(), &tasks).unwrap();
    // Both directions of gelu fail at their fourth part, the first that starts with a negative input.
    subjects[1].failure =
        |name, bits| (name == "gelu" && bits >> 31 == 1).then_some(OffloadError::DeviceLost);
    let mut states = fresh(&tasks, &subjects);
    verify(&tasks, &mut states, &mut subjects, 10_923);
    assert_eq!(counts(&states[1]), [65_536, 3 * 10_923]);
    let error = end(open().0, &states).unwrap_err().to_string();
    assert!(
        error.contains("2 of 8 verifications") && error.contains("state.json"),
        "{error}"
    );

    subjects[1].failure = |_, _| None;
    subjects[0].asked = 0;
    // Interrupted once while the one catches up with the other.
    for left in [3, usize::MAX] {
        let (mut checkpoint, saved) = open();
        let mut states = saved.unwrap();
        let mut worker = Worker::with_parts_of(4_099);
        let keep = saving(&mut checkpoint, left);
        let ended = verify_all(&tasks, &mut states, &mut subjects, &mut worker, keep);
        if ended.is_ok() {
            assert_eq!(found(&states), found(&whole));
            end(checkpoint, &states).unwrap();
        }
    }
    assert_eq!(subjects[0].asked, 0);
    assert!(!path.exists());
}

#[test]
fn a_failure_that_lasts_is_kept() {
    let tasks = tasks("relu --dtype f16 --exhaustive");
    let mut subjects = subjects();
    let identities = identities(&subjects);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let open = || Checkpoint::open(&path, EVERY, identities.clone(), &tasks).unwrap();
    for subject in &mut subjects {
        subject.failure = |_, _| {
            Some(OffloadError::Refused {
                message: "too large".to_owned(),
            })
        };
    }
    let mut states = fresh(&tasks, &subjects);
    verify(&tasks, &mut states, &mut subjects, 4096);
    assert_eq!(
        subjects[0].asked,
        4096 * tasks.len(),
        "it fails once from each task"
    );
    open().0.save(&states).unwrap();

    let (checkpoint, saved) = open();
    let mut saved = saved.unwrap();
    verify(&tasks, &mut saved, &mut subjects, 4096);
    assert_eq!(saved, states);
    assert_eq!(
        subjects[0].asked,
        4096 * tasks.len(),
        "and is not asked again"
    );
    end(checkpoint, &saved).unwrap();
    assert!(!path.exists());
}

#[test]
fn who_has_caught_up_goes_on_with_the_others() {
    let tasks = &tasks("relu --dtype f16 --exhaustive")[..1];
    let mut subjects = subjects();
    let mut states = fresh(tasks, &subjects);
    subjects[1].failure = |_, bits| (bits > 0).then_some(OffloadError::OutOfMemory);
    let mut worker = Worker::with_parts_of(15_000);
    for _ in 0..2 {
        worker.advance(&tasks[0], &mut states[0], &mut subjects);
    }
    assert_eq!(counts(&states[0]), [30_000, 15_000]);

    subjects[1].failure = |_, _| None;
    states[0].outcomes[1].failure = None;
    let mut ends = Vec::new();
    let mut worker = Worker::with_parts_of(10_000);
    verify_all(tasks, &mut states, &mut subjects, &mut worker, |states| {
        ends.push(counts(&states[0]));
        Ok(())
    })
    .unwrap();
    assert_eq!(ends[..3], [[30_000, 25_000], [30_000; 2], [40_000; 2]]);
    assert_eq!(ends.last(), Some(&vec![65_536; 2]));
}
