//! The section of a machine.

use super::comparison::{BOTH, Comparison, DIRECTIONS};
use super::goals;
use super::record::Machine;
use crate::markdown;

/// What stands where nothing was measured.
const NOTHING: &str = "–";

pub(super) fn section(machine: &Machine) -> String {
    let comparisons = Comparison::all(machine);
    let adapter = &machine.ours.adapter;
    let parts = [
        format!("## {adapter}\n"),
        head(machine),
        table(machine, &comparisons),
        format!("### Geometric means on {adapter}\n"),
        means(&comparisons),
        format!("### Goals on {adapter}\n"),
        goals::list(machine, &comparisons),
        remarks(machine),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// Where and when, with whom.
fn head(machine: &Machine) -> String {
    let bench = &machine.ours;
    let mut text = format!("Driver {} ({})", bench.driver, bench.backend);
    if let Some(cpu) = &machine.cpu {
        let model = cpu.cpu.as_deref().unwrap_or("unknown CPU");
        let date = cpu.date.as_deref().unwrap_or("at an unknown date");
        let threads = cpu.threads.unwrap_or(0);
        text += &format!("; {model}, {threads} threads; {date}");
    }
    if let Some(row) = bench.rows.first() {
        text += &format!("; {} elements, rows of {}", row.elements, row.row);
    }
    let peers = [&machine.burn, &machine.pytorch].into_iter().flatten();
    for peer in peers {
        text += &format!("; {}", peer.peer);
        for device in &peer.devices {
            text += &format!(" ({}: {}, {})", device.device, device.name, device.runtime);
        }
    }
    text + ".\n"
}

/// Every operation that somebody else has too, in the order of the catalogue.
fn table(machine: &Machine, comparisons: &[Comparison]) -> String {
    let mut header = vec!["operation", "direction", "ms", "GB/s", "of roofline"];
    for comparison in comparisons {
        header.extend([comparison.title, "ratio"]);
    }
    let mut rows = Vec::new();
    for row in machine.ours.rows.iter().filter(|row| row.dtype == "f32") {
        let pairs: Vec<_> = comparisons
            .iter()
            .map(|comparison| comparison.pair(&row.operation, &row.direction))
            .collect();
        if pairs.iter().all(Option::is_none) {
            continue;
        }
        let mut cells = vec![
            row.operation.clone(),
            row.direction.clone(),
            format!("{:.3}", row.ms_median),
            format!("{:.1}", row.gb_per_s),
            format!("{:.0} %", 100.0 * row.share),
        ];
        for pair in pairs {
            cells.extend(match pair {
                Some(pair) => [format!("{:.3}", pair.theirs), ratio(Some(pair.ratio()))],
                None => [NOTHING.to_owned(), NOTHING.to_owned()],
            });
        }
        rows.push(cells);
    }
    markdown::table(&header, &rows)
}

fn means(comparisons: &[Comparison]) -> String {
    let mut header = vec!["direction"];
    header.extend(comparisons.iter().map(|comparison| comparison.title));
    let rows: Vec<_> = [
        ("forward", DIRECTIONS[0]),
        ("backward", DIRECTIONS[1]),
        ("both together", BOTH),
    ]
    .into_iter()
    .map(|(name, direction)| {
        let means = comparisons
            .iter()
            .map(|comparison| ratio(comparison.mean(direction)));
        std::iter::once(name.to_owned()).chain(means).collect()
    })
    .collect();
    markdown::table(&header, &rows)
}

/// Marked where the library is slower.
fn ratio(ratio: Option<f64>) -> String {
    match ratio {
        Some(ratio) if ratio < 1.0 => format!("**{ratio:.2}**"),
        Some(ratio) => format!("{ratio:.2}"),
        None => NOTHING.to_owned(),
    }
}

/// Who was not measured, and whose results are not the library's.
fn remarks(machine: &Machine) -> String {
    let peers = [
        ("burn", &machine.burn),
        ("PyTorch", &machine.pytorch),
        ("the loop", &machine.cpu),
    ];
    let mut lines = Vec::new();
    for (name, peer) in peers {
        match peer {
            None => lines.push(format!("- {name}: not measured\n")),
            Some(peer) => {
                lines.extend(
                    peer.missing
                        .iter()
                        .map(|missing| format!("- {name}, not measured: {missing}\n")),
                );
                let different = peer.checks.iter().filter(|check| !check.agrees);
                lines.extend(different.map(|check| {
                    format!(
                        "- {name}: {} {} differs by up to {:.1e} from the library's\n",
                        check.operation, check.direction, check.worst_difference
                    )
                }));
            }
        }
    }
    match lines.as_slice() {
        [] => String::new(),
        lines => format!(
            "### Remarks on {}\n\n{}",
            machine.ours.adapter,
            lines.concat()
        ),
    }
}
