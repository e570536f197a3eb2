use wgpu_activations::verify::Report;

/// What was measured in one direction.
pub(crate) struct Cell {
    pub report: Report,
    pub ms: f64,
    pub gb_per_s: f64,
}

/// One activation: forward, backward.
pub(crate) struct Row {
    pub name: String,
    pub directions: Vec<Cell>,
}

impl Row {
    pub(crate) fn reports(&self) -> impl Iterator<Item = &Report> {
        self.directions.iter().map(|cell| &cell.report)
    }
}

pub(crate) fn print(rows: &[Row], copy_gb_per_s: f64) {
    let width = rows
        .iter()
        .map(|row| row.name.len())
        .max()
        .unwrap_or_default();
    let columns = "max ULP       ms    GB/s  of copy";
    println!("{:width$}  | {:<34} | backward", "", "forward");
    println!("{:width$}  | {columns}  | {columns}", "activation");
    println!("{}", "-".repeat(width + 2 + 2 * (columns.len() + 4)));
    for row in rows {
        print!("{:width$}", row.name);
        for cell in &row.directions {
            print!(
                "  | {:>6.2}{} {:>8.2} {:>7.1} {:>7.0} %",
                cell.report.max_ulp,
                if cell.report.passed() { ' ' } else { '!' },
                cell.ms,
                cell.gb_per_s,
                100.0 * cell.gb_per_s / copy_gb_per_s,
            );
        }
        println!();
    }
}

/// Names the activation that costs most beside the identity kernel, which does nothing but move the
/// same bytes.
pub(crate) fn print_slowest(rows: &[Row]) {
    let Some(identity) = rows.iter().find(|row| row.name == "identity") else {
        return;
    };
    let ratios = rows.iter().flat_map(|row| {
        let pairs = row.directions.iter().zip(&identity.directions);
        pairs.map(|(cell, identity)| (cell.ms / identity.ms, &cell.report))
    });
    if let Some((ratio, report)) = ratios.max_by(|a, b| a.0.total_cmp(&b.0)) {
        let (name, direction) = (&report.activation, report.direction);
        println!("\nThe slowest beside identity: {name} {direction}, {ratio:.1} times its time.");
    }
}
