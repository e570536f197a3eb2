//! The README's table of activations follows from the catalogue; `cargo xtask generate` refreshes it.

mod common;

use common::generated::{self, short};
use wgpu_activations::activation::{Definition, Saturation, Smoothness, catalogue};

const BEGIN: &str = "<!-- catalogue:begin -->\n";
const END: &str = "<!-- catalogue:end -->";

#[test]
fn the_table_of_activations_is_generated() {
    let readme = generated::read("README.md");
    let (before, rest) = readme
        .split_once(BEGIN)
        .expect("README.md marks where the table begins");
    let (_, after) = rest
        .split_once(END)
        .expect("README.md marks where the table ends");
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    generated::check("README.md", &expected);
}

fn table() -> String {
    let mut text = String::from(
        "| name | parameters | f(x) | range | monotonic | zero-centred | f′ tends to 0 | smooth; f′ at kinks |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in catalogue() {
        let cells = [
            format!("`{}`", row.name),
            parameters(row),
            format!("`{}`", row.formula),
            format!(
                "{} … {}",
                short(row.properties.range.0),
                short(row.properties.range.1)
            ),
            yes(row.properties.monotonic),
            yes(row.properties.zero_centred),
            saturation(row).to_owned(),
            smoothness(row),
        ];
        text += &format!(
            "| {} |\n",
            cells.map(|cell| cell.replace('|', "\\|")).join(" | ")
        );
    }
    text
}

fn yes(holds: bool) -> String {
    if holds { "yes" } else { "" }.to_owned()
}

fn parameters(row: &Definition) -> String {
    let each = row.parameters.iter();
    let shown: Vec<_> = each
        .map(|p| format!("{} {}", p.name, short(p.default)))
        .collect();
    shown.join(", ")
}

fn smoothness(row: &Definition) -> String {
    let class = match row.properties.smoothness {
        Smoothness::Discontinuous => "jumps",
        Smoothness::C0 => "C⁰",
        Smoothness::C1 => "C¹",
        Smoothness::C2 => "C²",
        Smoothness::Smooth => "C∞",
    };
    let defaults: Vec<_> = row.parameters.iter().map(|p| p.default).collect();
    let kinks: Vec<_> = (row.reference.kinks)(&defaults)
        .iter()
        .map(|kink| format!("f′({}) = {}", short(kink.x), short(kink.derivative)))
        .collect();
    if kinks.is_empty() {
        class.to_owned()
    } else {
        format!("{class}; {}", kinks.join(", "))
    }
}

fn saturation(row: &Definition) -> &'static str {
    match row.properties.saturates {
        Saturation::Neither => "",
        Saturation::Left => "left",
        Saturation::Right => "right",
        Saturation::Both => "both",
    }
}
