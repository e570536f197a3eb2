//! `adapters`: what this machine can compute on.

use serde::Serialize;
use wgpu::Features;
use wgpu_activations::offload::{AdapterReport, adapters};
use wgpu_activations::{Offload, OffloadError};

use crate::arguments::{AdapterChoice, Adapters};
use crate::error::Error;
use crate::print;

/// The optional features that make work faster, by their names in WebGPU or wgpu.
const FEATURES: [(&str, Features); 5] = [
    ("shader-f16", Features::SHADER_F16),
    ("subgroups", Features::SUBGROUP),
    ("timestamp-query", Features::TIMESTAMP_QUERY),
    (
        "mappable-primary-buffers",
        Features::MAPPABLE_PRIMARY_BUFFERS,
    ),
    ("pipeline-cache", Features::PIPELINE_CACHE),
];

impl AdapterChoice {
    /// Opens the adapter that was chosen.
    pub(crate) fn open(&self) -> Result<Offload, OffloadError> {
        match &self.name {
            Some(name) => Offload::with_adapter(name),
            None => Offload::new(),
        }
    }
}

pub(crate) fn run(arguments: &Adapters) -> Result<(), Error> {
    let reports: Vec<_> = adapters()?.iter().map(Row::new).collect();
    if arguments.json {
        return print::json(&reports);
    }
    let text: Vec<_> = reports.iter().map(Row::text).collect();
    print::standard_output(text.join("\n").as_bytes())
}

#[derive(Serialize)]
struct Row {
    name: String,
    backend: String,
    device_type: &'static str,
    driver: String,
    driver_info: String,
    limits: Limits,
    features: Vec<&'static str>,
}

/// The limits that decide how a tensor is split.
#[derive(Serialize)]
struct Limits {
    max_buffer_size: u64,
    max_storage_buffer_binding_size: u64,
    min_storage_buffer_offset_alignment: u32,
    max_compute_workgroups_per_dimension: u32,
    max_compute_invocations_per_workgroup: u32,
}

impl Row {
    fn new(report: &AdapterReport) -> Self {
        let AdapterReport {
            info,
            limits,
            features,
            ..
        } = report;
        Self {
            name: info.name.clone(),
            backend: info.backend.to_string(),
            device_type: device_type(info.device_type),
            driver: info.driver.clone(),
            driver_info: info.driver_info.clone(),
            limits: Limits {
                max_buffer_size: limits.max_buffer_size,
                max_storage_buffer_binding_size: limits.max_storage_buffer_binding_size,
                min_storage_buffer_offset_alignment: limits.min_storage_buffer_offset_alignment,
                max_compute_workgroups_per_dimension: limits.max_compute_workgroups_per_dimension,
                max_compute_invocations_per_workgroup: limits.max_compute_invocations_per_workgroup,
            },
            features: FEATURES
                .iter()
                .filter(|(_, feature)| features.contains(*feature))
                .map(|&(name, _)| name)
                .collect(),
        }
    }

    fn text(&self) -> String {
        let Self {
            name,
            backend,
            device_type,
            driver,
            driver_info,
            limits,
            features,
        } = self;
        let features = match features.as_slice() {
            [] => "none".to_owned(),
            features => features.join(", "),
        };
        format!(
            "{name}\n  \
               back end             {backend}, {device_type}\n  \
               driver               {}\n  \
               buffer               at most {} bytes\n  \
               storage binding      at most {} bytes, at offsets of {}\n  \
               workgroups           at most {} per dimension, of {} invocations\n  \
               optional features    {features}\n",
            [driver.as_str(), driver_info].join(" ").trim(),
            limits.max_buffer_size,
            limits.max_storage_buffer_binding_size,
            limits.min_storage_buffer_offset_alignment,
            limits.max_compute_workgroups_per_dimension,
            limits.max_compute_invocations_per_workgroup,
        )
    }
}

fn device_type(device_type: wgpu::DeviceType) -> &'static str {
    match device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete GPU",
        wgpu::DeviceType::IntegratedGpu => "integrated GPU",
        wgpu::DeviceType::VirtualGpu => "virtual GPU",
        wgpu::DeviceType::Cpu => "CPU",
        wgpu::DeviceType::Other => "other",
    }
}
