//! The reference itself, held against PyTorch in f64 (`tools/losses.py`).

use wgpu_activations::reference::cross_entropy as exact;
use wgpu_activations::{CrossEntropy, Reduction};

fn numbers(field: &str) -> Vec<f64> {
    let words = field.split(' ');
    words.map(|word| word.parse().expect("a number")).collect()
}

fn check(results: &[f64], expected: &[f64], line: &str) {
    assert_eq!(results.len(), expected.len());
    for (result, expected) in results.iter().zip(expected) {
        let is_near = (result - expected).abs() <= 1e-13 * expected.abs().max(1.0);
        assert!(
            is_near || result.is_nan() && expected.is_nan(),
            "{result} instead of {expected}: {line}"
        );
    }
}

#[test]
fn the_reference_agrees_with_pytorch() {
    let table = include_str!("../data/losses.tsv");
    let mut checked = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split('\t').collect();
        let reduction = match fields[0] {
            "none" => Reduction::None,
            "mean" => Reduction::Mean,
            _ => Reduction::Sum,
        };
        let smoothing = fields[1].parse().expect("a share");
        let loss = CrossEntropy::default()
            .with_label_smoothing(smoothing)
            .expect("a share")
            .with_reduction(reduction);
        let targets: Vec<i64> = numbers(fields[2]).into_iter().map(|x| x as i64).collect();
        let logits = numbers(fields[3]);
        let rows = || logits.chunks(logits.len() / targets.len()).zip(&targets);
        let each: Vec<_> = rows()
            .map(|(row, &target)| exact::forward(&loss, row, target))
            .collect();
        check(
            &exact::reduce(&loss, &each, &targets),
            &numbers(fields[4]),
            line,
        );
        let counted = exact::counted(&loss, &targets).max(1) as f64;
        let weight = if reduction == Reduction::Mean {
            1.0 / counted
        } else {
            1.0
        };
        let gradients: Vec<_> = rows()
            .flat_map(|(row, &target)| exact::backward(&loss, row, target))
            .map(|(gradient, _)| gradient * weight)
            .collect();
        check(&gradients, &numbers(fields[5]), line);
        checked += 1;
    }
    assert_eq!(checked, 72);
}
