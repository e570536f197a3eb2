//! What was measured, as a table and as JSON.

use serde::Serialize;
use wgpu_activations::verify::Direction;

use super::operation::{Operation, Shape};
use super::timer::Times;
use crate::error::Error;
use crate::print;

/// Everything that one run measured.
#[derive(Serialize)]
pub(super) struct Report {
    adapter: String,
    backend: String,
    driver: String,
    /// What measured the times: `timestamps` of the device, or `submissions`, from when they were made until
    /// they were done.
    clock: &'static str,
    /// What a submission of nothing takes.
    submission_ms: f64,
    rooflines: Vec<Roofline>,
    rows: Vec<Row>,
}

/// What the memory allows, by a copy and by a kernel that copies.
#[derive(Serialize)]
pub(super) struct Roofline {
    dtype: &'static str,
    elements: u64,
    copy_gb_per_s: f64,
    identity_gb_per_s: f64,
}

/// One operation in one direction and type.
#[derive(Serialize)]
pub(super) struct Row {
    operation: String,
    family: &'static str,
    direction: &'static str,
    dtype: &'static str,
    elements: u64,
    /// Of a row, where the operation knows rows.
    row: u64,
    ms_median: f64,
    ms_min: f64,
    ms_max: f64,
    gb_per_s: f64,
    roofline_gb_per_s: f64,
    /// Of the roofline.
    share: f64,
    adapter: String,
}

impl Report {
    pub(super) fn new(info: &wgpu::AdapterInfo, has_clock: bool, submission: Times) -> Self {
        Self {
            adapter: info.name.clone(),
            backend: info.backend.to_string(),
            driver: info.driver_info.clone(),
            clock: if has_clock {
                "timestamps"
            } else {
                "submissions"
            },
            submission_ms: submission.median,
            rooflines: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn push(&mut self, row: Row) {
        let adapter = self.adapter.clone();
        self.rows.push(Row { adapter, ..row });
    }

    pub(super) fn push_roofline(&mut self, roofline: Roofline) {
        self.rooflines.push(roofline);
    }

    pub(super) fn json(&self) -> Result<Vec<u8>, Error> {
        print::json_text(self)
    }

    pub(super) fn print(&self) -> Result<(), Error> {
        let Self {
            adapter,
            backend,
            driver,
            clock,
            submission_ms,
            ..
        } = self;
        let mut text = format!(
            "{adapter} ({backend}, {driver})\n\
             Times are by {clock}; a submission of nothing takes {submission_ms:.3} ms.\n"
        );
        for roofline in &self.rooflines {
            text += &format!(
                "{} elements of {}: a copy moves {:.1} GB/s, the identity kernel {:.1} GB/s.\n",
                roofline.elements,
                roofline.dtype,
                roofline.copy_gb_per_s,
                roofline.identity_gb_per_s
            );
        }
        text += "\n";
        print::standard_output(text.as_bytes())?;
        let mut lines = vec![
            [
                "operation",
                "family",
                "direction",
                "dtype",
                "ms",
                "min",
                "max",
                "GB/s",
                "of roofline",
            ]
            .map(String::from),
        ];
        lines.extend(self.rows.iter().map(|row| {
            [
                row.operation.clone(),
                row.family.to_owned(),
                row.direction.to_owned(),
                row.dtype.to_owned(),
                format!("{:.3}", row.ms_median),
                format!("{:.3}", row.ms_min),
                format!("{:.3}", row.ms_max),
                format!("{:.1}", row.gb_per_s),
                format!("{:.0} %", 100.0 * row.share),
            ]
        }));
        print::table(&lines)
    }
}

impl Roofline {
    pub(super) fn new(shape: &Shape, bytes: u64, copy: Times, identity: Times) -> Self {
        Self {
            dtype: shape.dtype.name(),
            elements: shape.elements,
            copy_gb_per_s: gb_per_s(bytes, copy.median),
            identity_gb_per_s: gb_per_s(bytes, identity.median),
        }
    }

    fn gb_per_s(&self) -> f64 {
        self.copy_gb_per_s.max(self.identity_gb_per_s)
    }
}

impl Row {
    pub(super) fn new(
        operation: &Operation,
        direction: Direction,
        shape: &Shape,
        times: Times,
        roofline: &Roofline,
    ) -> Self {
        let gb_per_s = gb_per_s(operation.bytes(direction, shape), times.median);
        Self {
            operation: operation.name().into_owned(),
            family: operation.family(),
            direction: direction.name(),
            dtype: shape.dtype.name(),
            elements: operation.elements(shape),
            row: shape.row,
            ms_median: times.median,
            ms_min: times.min,
            ms_max: times.max,
            gb_per_s,
            roofline_gb_per_s: roofline.gb_per_s(),
            share: gb_per_s / roofline.gb_per_s(),
            adapter: String::new(),
        }
    }
}

/// Gigabytes (10⁹) in a second.
fn gb_per_s(bytes: u64, ms: f64) -> f64 {
    bytes as f64 / ms / 1e6
}
