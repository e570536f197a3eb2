//! What the library is to reach of what the memory allows, and whether it does.

use wgpu_activations::Activation;

use super::record::{Bench, BenchRow, Machine};

/// The slopes that lines between kinks have at most: three, and a value at each kink.
const MOST_SLOPES: usize = 5;

const OVER_ROWS: [&str; 2] = ["softmax", "log_softmax"];

/// What shares are taken of, and how large they are to be.
struct Base {
    name: &'static str,
    of: fn(&Bench, dtype: &str) -> Option<f64>,
    lines: f64,
    others: f64,
    /// Whether all others have to reach that, or their geometric mean.
    each_of_others: bool,
    over_rows: f64,
}

/// On an adapter that computes on the CPU a copy is no kernel.
const IDENTITY: Base = Base {
    name: "the identity kernel",
    of: |bench, dtype| {
        bench
            .roofline(dtype)
            .map(|roofline| roofline.identity_gb_per_s)
    },
    lines: 0.95,
    others: 0.5,
    each_of_others: false,
    over_rows: 0.4,
};

const COPY: Base = Base {
    name: "a copy",
    of: |bench, dtype| bench.roofline(dtype).map(|roofline| roofline.copy_gb_per_s),
    lines: 0.95,
    others: 0.92,
    each_of_others: true,
    over_rows: 0.85,
};

/// What 16 bits may take of the time of 32, on an adapter that computes on the CPU.
const HALF: f64 = 0.75;

/// What 16 bits are to reach of a copy on any other.
const HALF_OF_COPY: f64 = 0.9;

/// The goals, as items of a list.
pub(super) fn list(machine: &Machine, is_software: bool) -> String {
    let bench = &machine.ours;
    let base = if is_software { IDENTITY } else { COPY };
    let f32_rows = || bench.rows.iter().filter(|row| row.dtype == "f32");
    let elementwise =
        || f32_rows().filter(|row| row.family == "elementwise" && row.operation != "identity");
    let lines = shares(
        elementwise().filter(|row| is_line(&row.operation)),
        bench,
        base.of,
    );
    let others = shares(
        elementwise().filter(|row| !is_line(&row.operation)),
        bench,
        base.of,
    );
    let over_rows = f32_rows().filter(|row| OVER_ROWS.contains(&row.operation.as_str()));
    let over_rows = shares(over_rows, bench, base.of);
    let of = base.name;
    let mut items = vec![
        least(
            &format!("lines between kinks, of {of}, each"),
            &lines,
            base.lines,
        ),
        match base.each_of_others {
            true => least(
                &format!("other elementwise, of {of}, each"),
                &others,
                base.others,
            ),
            false => mean(
                &format!("other elementwise, of {of}, geometric mean"),
                &others,
                base.others,
            ),
        },
        least(
            &format!("softmax and log_softmax, of {of}, each"),
            &over_rows,
            base.over_rows,
        ),
    ];
    if let Some(halves) = &machine.halves {
        let narrow = halves.rows.iter().filter(|row| row.dtype != "f32");
        items.push(match is_software {
            true => halves_of_times(halves),
            false => least(
                "f16 and bf16, of a copy, each",
                &shares(narrow, halves, COPY.of),
                HALF_OF_COPY,
            ),
        });
    }
    items.concat()
}

/// Whether an activation consists of lines, so that its kernel has nothing to do but move memory: its derivative has
/// but a few values.
fn is_line(operation: &str) -> bool {
    let activation = Activation::named(operation);
    let activation = activation.as_ref().ok();
    let Some((activation, reference)) =
        activation.and_then(|activation| Some((activation, activation.reference()?)))
    else {
        return false;
    };
    let p = activation.values_f64();
    let points = (-4096..=4096).map(|place| f64::from(place) / 512.0);
    let mut derivatives: Vec<f64> = points.map(|x| reference.derivative_at(x, &p)).collect();
    derivatives.sort_by(f64::total_cmp);
    derivatives.dedup();
    derivatives.len() <= MOST_SLOPES
}

/// What each reaches of the memory's speed.
fn shares<'a>(
    rows: impl Iterator<Item = &'a BenchRow>,
    bench: &Bench,
    of: fn(&Bench, &str) -> Option<f64>,
) -> Vec<(String, f64)> {
    rows.filter_map(|row| Some((row.name(), row.gb_per_s / of(bench, &row.dtype)?)))
        .collect()
}

/// 16 bits by the time of 32.
fn halves_of_times(halves: &Bench) -> String {
    let wide = |row: &BenchRow| {
        let mut all = halves.rows.iter();
        all.find(|wide| {
            wide.dtype == "f32"
                && wide.operation == row.operation
                && wide.direction == row.direction
        })
    };
    let narrow = halves.rows.iter().filter(|row| row.dtype != "f32");
    let times = narrow.filter_map(|row| Some((row.name(), row.ms_median / wide(row)?.ms_median)));
    let worst = times.max_by(|(_, one), (_, other)| one.total_cmp(other));
    item(
        &format!("f16 and bf16, of the time of f32, at most {HALF}"),
        worst.map(|(name, share)| (share <= HALF, format!("{name} {share:.2}"))),
    )
}

fn least(name: &str, shares: &[(String, f64)], goal: f64) -> String {
    let worst = shares
        .iter()
        .min_by(|(_, one), (_, other)| one.total_cmp(other));
    item(
        &format!("{name}, at least {goal}"),
        worst.map(|(name, share)| (*share >= goal, format!("{name} {share:.2}"))),
    )
}

fn mean(name: &str, shares: &[(String, f64)], goal: f64) -> String {
    let sum: f64 = shares.iter().map(|(_, share)| share.ln()).sum();
    let mean = (!shares.is_empty()).then(|| (sum / shares.len() as f64).exp());
    item(
        &format!("{name}, at least {goal}"),
        mean.map(|mean| (mean >= goal, format!("{mean:.2}"))),
    )
}

fn item(name: &str, outcome: Option<(bool, String)>) -> String {
    match outcome {
        Some((true, figure)) => format!("- {name}: met ({figure})\n"),
        Some((false, figure)) => format!("- {name}: **not met** ({figure})\n"),
        None => format!("- {name}: not measured\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_line;

    #[test]
    fn lines_are_told_from_curves() {
        for line in [
            "step",
            "relu",
            "hard_sigmoid",
            "srelu",
            "soft_shrink",
            "prelu",
        ] {
            assert!(is_line(line), "{line}");
        }
        for curve in [
            "hard_swish",
            "smelu",
            "squared_relu",
            "elu",
            "gelu",
            "softmax",
            "sinusoid",
        ] {
            assert!(!is_line(curve), "{curve}");
        }
    }
}
