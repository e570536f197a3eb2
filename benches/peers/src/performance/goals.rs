//! What the library is to reach beside its peers, and whether it does.

use super::comparison::{BURN, Comparison, DIRECTIONS, PYTORCH_CPU, PYTORCH_CUDA};
use super::record::Machine;
use super::roofline;

/// Names of adapters that compute on the CPU.
const SOFTWARE: [&str; 4] = ["llvmpipe", "swiftshader", "basic render", "software"];

/// The goals that a machine can show, as items of a list.
pub(super) fn list(machine: &Machine, comparisons: &[Comparison]) -> String {
    let adapter = machine.ours.adapter.to_lowercase();
    let is_software = SOFTWARE.iter().any(|name| adapter.contains(name));
    let find = |title| {
        comparisons
            .iter()
            .find(|comparison| comparison.title == title)
    };
    let burn = find(BURN);
    let mut lines = vec![
        roofline::list(machine, is_software),
        mean("burn, forward, geometric mean", burn, "forward", 2.0),
        mean("burn, backward, geometric mean", burn, "backward", 3.0),
    ];
    lines.extend(DIRECTIONS.map(|direction| least("burn", burn, direction)));
    if let Some(cuda) = find(PYTORCH_CUDA) {
        for direction in DIRECTIONS {
            let name = format!("PyTorch eager on CUDA, {direction}, geometric mean");
            lines.push(mean(&name, Some(cuda), direction, 1.0));
            lines.push(least("PyTorch eager on CUDA", Some(cuda), direction));
        }
    }
    if is_software {
        for direction in DIRECTIONS {
            let name = format!("PyTorch eager on the same CPU, {direction}, geometric mean");
            lines.push(mean(&name, find(PYTORCH_CPU), direction, 1.0));
        }
    }
    lines.concat()
}

/// A geometric mean that has to be reached.
fn mean(name: &str, comparison: Option<&Comparison>, direction: &str, goal: f64) -> String {
    let reached = comparison.and_then(|comparison| comparison.mean(direction));
    let outcome = match reached {
        Some(mean) => format!("{} ({mean:.2})", verdict(mean >= goal)),
        None => "not measured".to_owned(),
    };
    format!("- {name}, at least {goal}: {outcome}\n")
}

/// No operation slower.
fn least(name: &str, comparison: Option<&Comparison>, direction: &str) -> String {
    let worst = comparison.and_then(|comparison| comparison.worst(direction));
    let outcome = match worst {
        Some(pair) => {
            let met = verdict(pair.ratio() >= 1.0);
            format!("{met} ({} {:.2})", pair.operation, pair.ratio())
        }
        None => "not measured".to_owned(),
    };
    format!("- {name}, {direction}, no operation slower: {outcome}\n")
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**not met**" }
}
