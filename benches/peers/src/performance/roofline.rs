//! What the library is to reach of what the memory allows, and whether it does.

use super::record::{Bench, BenchRow, Machine};

/// Activations that are lines between kinks, so that memory alone limits them.
const LINES: [&str; 17] = [
    "absolute",
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "prelu",
    "relu",
    "relu6",
    "rrelu",
    "shrink",
    "signum",
    "soft_shrink",
    "srelu",
    "step",
    "threshold",
    "thresholded_relu",
];

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
    let is_line = |row: &BenchRow| LINES.contains(&row.operation.as_str());
    let elementwise = |row: &&BenchRow| row.family == "elementwise" && row.operation != "identity";
    let f32_rows = || bench.rows.iter().filter(|row| row.dtype == "f32");
    let lines = f32_rows().filter(elementwise).filter(|row| is_line(row));
    let others = f32_rows().filter(elementwise).filter(|row| !is_line(row));
    let over_rows = f32_rows().filter(|row| OVER_ROWS.contains(&row.operation.as_str()));
    let shares = |rows: &mut dyn Iterator<Item = &BenchRow>| -> Vec<(String, f64)> {
        let of = (base.of)(bench, "f32");
        rows.filter_map(|row| Some((row.name(), row.gb_per_s / of?)))
            .collect()
    };
    let of = base.name;
    let mut items = vec![
        least(
            &format!("lines between kinks, of {of}, each"),
            &shares(&mut lines.into_iter()),
            base.lines,
        ),
        match base.each_of_others {
            true => least(
                &format!("other elementwise, of {of}, each"),
                &shares(&mut others.into_iter()),
                base.others,
            ),
            false => mean(
                &format!("other elementwise, of {of}, geometric mean"),
                &shares(&mut others.into_iter()),
                base.others,
            ),
        },
        least(
            &format!("softmax and log_softmax, of {of}, each"),
            &shares(&mut over_rows.into_iter()),
            base.over_rows,
        ),
    ];
    if let Some(halves) = &machine.halves {
        items.push(match is_software {
            true => halves_of_times(halves),
            false => {
                let narrow = halves.rows.iter().filter(|row| row.dtype != "f32");
                let shares: Vec<_> = narrow
                    .filter_map(|row| {
                        Some((row.name(), row.gb_per_s / (COPY.of)(halves, &row.dtype)?))
                    })
                    .collect();
                least("f16 and bf16, of a copy, each", &shares, HALF_OF_COPY)
            }
        });
    }
    items.concat()
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
