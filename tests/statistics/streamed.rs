//! Tensors of any size, by chunks.

use std::ops::ControlFlow;

use half::f16;
use wgpu_activations::{Activation, Dtype, Input, OffloadError, Rows, Statistics, StatisticsJob};

use super::common::gpu;
use super::normal;
use super::subject::check;

#[test]
fn ten_million_elements_in_chunks_that_end_anywhere() {
    let gpu = gpu();
    let values = normal(10_000_002, 5);
    for (shape, axis) in [
        ([2, 3, 1_666_667], 1),
        ([1, 900_000, 5], 2),
        ([3, 1_400_001, 1], 0),
    ] {
        let channels = Rows::along(&shape, axis).expect("an axis");
        let values = &values[..channels.elements() as usize];
        let all = gpu.statistics(&Activation::relu(), &channels, values);
        check(
            &Activation::relu(),
            &channels,
            values,
            &all.expect("streamed"),
        );
    }
}

#[test]
fn from_a_reader_with_progress() {
    let gpu = gpu();
    let zeros = vec![0; 2 * 9_000_000];
    let mut reader = zeros.as_slice();
    let mut seen = Vec::new();
    let mut progress = |progress: wgpu_activations::Progress| {
        seen.push((progress.done, progress.total));
        ControlFlow::Continue(())
    };
    let channels = Rows::along(&[3_000_000, 3], 1).expect("an axis");
    let relu = Activation::relu();
    let job = StatisticsJob::new(&relu, &channels, Input::reader(Dtype::F16, &mut reader));
    let all = gpu
        .run_statistics(job.progress(&mut progress))
        .expect("streamed");
    assert!(all.iter().all(Statistics::is_dead));
    assert_eq!(all.iter().map(Statistics::count).sum::<u64>(), 9_000_000);
    // How many steps there are depends on how fast the device is.
    assert!(seen.len() > 2);
    assert_eq!(seen.last(), Some(&(9_000_000, 9_000_000)));
    assert!(seen.is_sorted());
}

#[test]
fn cancelled_and_wrong_jobs() {
    let gpu = gpu();
    let values = vec![f16::ONE; 100];
    let relu = Activation::relu();
    let channels = Rows::along(&[25, 4], 1).expect("an axis");
    let mut cancel = |_| ControlFlow::Break(());
    let job = StatisticsJob::new(&relu, &channels, Input::slice(&values)).progress(&mut cancel);
    let cancelled = gpu.run_statistics(job);
    assert!(matches!(
        cancelled,
        Err(OffloadError::Cancelled {
            done: 100,
            total: 100
        })
    ));
    let short = gpu
        .statistics(&relu, &channels, &values[1..])
        .expect_err("refused");
    assert!(short.to_string().contains("99"), "{short}");
    let none = Rows::along(&[0, 4], 1).expect("an axis");
    let empty = gpu
        .statistics::<f32>(&relu, &none, &[])
        .expect("nothing to do");
    assert_eq!(empty, [Statistics::default(); 4]);
}
