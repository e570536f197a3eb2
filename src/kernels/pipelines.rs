use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::KernelError;
use super::assemble::SETTINGS_SIZE;
use super::kernel::{ImageBinding, Kernel, Key};
use super::plan::Limits;
use super::scope::scoped;
use crate::shader::{BufferUse, ImageShader, Shader};

/// The pipelines of one device, compiled as they are needed.
#[derive(Debug)]
pub(super) struct Pipelines {
    /// No others have it, of whatever device: wgpu tells devices apart within one instance only.
    pub(super) number: u64,
    pub(super) limits: Limits,
    pub(super) uniform_alignment: u64,
    /// The caller's, through which all are compiled.
    cache: Option<wgpu::PipelineCache>,
    /// Locked only while it is looked up.
    map: Mutex<HashMap<Key, Arc<Entry>>>,
}

#[derive(Debug, Default)]
struct Entry {
    pipeline: OnceLock<wgpu::ComputePipeline>,
    /// Held by who compiles it: others wait, and need not compile it too.
    compiling: Mutex<()>,
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device, cache: Option<wgpu::PipelineCache>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let limits = device.limits();
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            limits: Limits::of(&limits),
            uniform_alignment: u64::from(limits.min_uniform_buffer_offset_alignment),
            cache,
            map: Mutex::default(),
        }
    }

    /// How many are compiled. It waits for none that is being compiled.
    pub(super) fn len(&self) -> usize {
        lock(&self.map)
            .values()
            .filter(|entry| entry.pipeline.get().is_some())
            .count()
    }

    /// The pipeline of a shader, compiled now if it never was before.
    pub(super) fn get(
        &self,
        device: &wgpu::Device,
        kernel: &dyn Kernel,
    ) -> Result<wgpu::ComputePipeline, KernelError> {
        let entry = lock(&self.map).entry(kernel.key()).or_default().clone();
        if let Some(pipeline) = entry.pipeline.get() {
            return Ok(pipeline.clone());
        }
        let _compiling = lock(&entry.compiling);
        if let Some(pipeline) = entry.pipeline.get() {
            return Ok(pipeline.clone());
        }
        let compiled = compile(device, kernel, self.cache.as_ref())?;
        Ok(entry.pipeline.get_or_init(|| compiled).clone())
    }
}

/// A thread that panicked while it held the lock left nothing half-written behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn compile(
    device: &wgpu::Device,
    kernel: &dyn Kernel,
    cache: Option<&wgpu::PipelineCache>,
) -> Result<wgpu::ComputePipeline, KernelError> {
    check_limits(&device.limits(), kernel)?;
    let wgsl = kernel.wgsl()?;
    let label = kernel.label();
    let layout = scoped(device, || {
        device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(&label),
            bind_group_layouts: &[Some(&bind_group_layout(device, kernel))],
            immediate_size: 0,
        })
    })?;
    let module = scoped(device, || {
        create_module(device, kernel.is_trusted(), &label, &wgsl)
    });
    let module = module.map_err(|error| match error {
        wgpu::Error::Validation { description, .. } => KernelError::Compile {
            activation: kernel.name().to_owned(),
            message: description,
        },
        other => other.into(),
    })?;
    let pipeline = scoped(device, || {
        device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(&label),
            layout: Some(&layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache,
        })
    })?;
    Ok(pipeline)
}

fn create_module(
    device: &wgpu::Device,
    is_trusted: bool,
    label: &str,
    wgsl: &str,
) -> wgpu::ShaderModule {
    let descriptor = wgpu::ShaderModuleDescriptor {
        label: Some(label),
        source: wgpu::ShaderSource::Wgsl(wgsl.into()),
    };
    if !is_trusted {
        return device.create_shader_module(descriptor);
    }
    #[expect(
        unsafe_code,
        reason = "bounds checks and loop bounding cost time and can never trigger"
    )]
    // SAFETY: the text is the library's own. Its kernels index a binding only below what the family's plan
    // binds, and property tests hold each plan to that:
    // - elementwise ones at `first + item`, or at the word that holds it, with `item` below `items` or
    //   `elements` (`plan`);
    // - those of gated units alike in views, and in a tensor of halves at `first` and what lies beside the
    //   item (`gated::plan`);
    // - those over rows at the elements of the parts of rows that a step names, and of a mask at the elements
    //   that go with these (`rows::plan`), and at the summaries of all parts of the step's rows, for which
    //   `Plan::summaries` has room;
    // - those of losses at a row's logits alike, at a target's class only where that lies in the step's part
    //   of the row, and at the row's target and record (`Layout`).
    // - those with parameters from tensors at the elements of the channels that a step names, which are below
    //   those of its block, as `parameters_at` finds them too (`learnable::plan`); the table has a row for each
    //   of the block's channels, and the sums have room for all parts of these, for each gradient, and sums of
    //   earlier elements for each channel; whatever the tensors hold, no index, divisor or shift is made of it
    //   that is not bounded;
    // - those of statistics at the elements of the blocks that a plan makes (`statistics::plan`), at the parts
    //   of these, for which there is room, and at the records of their channels.
    // Workgroups', invocations' and settings' arrays are indexed by what is below their length by
    // construction. Loops run a constant number of times, or once for each block, part or element of a row or
    // channel, or axis of a mask. No integers are divided but by constants and by `half`, `inner`, `rows`,
    // `run`, `count`, `channels`, `threads`, `part_len` and the lengths of axes, which are at least 1, and where an
    // integer is made of a float, that has been clamped before. A caller's own WGSL never comes here: only the
    // library can make a `Definition`.
    unsafe {
        device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked())
    }
}

fn bind_group_layout(device: &wgpu::Device, kernel: &dyn Kernel) -> wgpu::BindGroupLayout {
    let uniform = buffer(wgpu::BufferBindingType::Uniform);
    let storage = kernel.bindings().into_iter();
    let storage = storage.map(|bound_as| {
        let read_only = bound_as == BufferUse::Read;
        buffer(wgpu::BufferBindingType::Storage { read_only })
    });
    let images = kernel.images().into_iter().map(image);
    let types = std::iter::once(uniform).chain(storage).chain(images);
    let entries = (0..).zip(types);
    let entries = entries.map(|(binding, ty)| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty,
        count: None,
    });
    let entries: Vec<_> = entries.collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some(&kernel.label()),
        entries: &entries,
    })
}

fn buffer(ty: wgpu::BufferBindingType) -> wgpu::BindingType {
    wgpu::BindingType::Buffer {
        ty,
        has_dynamic_offset: false,
        min_binding_size: None,
    }
}

fn image(binding: ImageBinding) -> wgpu::BindingType {
    let view_dimension = wgpu::TextureViewDimension::D2;
    match binding {
        ImageBinding::Read => wgpu::BindingType::Texture {
            // Texels are loaded, not sampled.
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension,
            multisampled: false,
        },
        ImageBinding::Written(format) => wgpu::BindingType::StorageTexture {
            access: wgpu::StorageTextureAccess::WriteOnly,
            format: format.texture_format(),
            view_dimension,
        },
    }
}

fn check_limits(limits: &wgpu::Limits, kernel: &dyn Kernel) -> Result<(), KernelError> {
    let workgroup = u64::from(Shader::WORKGROUP);
    let tensors = kernel.bindings().len() as u64;
    let images = kernel.images();
    let written = images.iter().filter(|image| image.is_written()).count() as u64;
    let read = images.len() as u64 - written;
    let needs = [
        (
            "max_compute_invocations_per_workgroup",
            u64::from(limits.max_compute_invocations_per_workgroup),
            workgroup,
        ),
        (
            "max_compute_workgroup_size_x",
            u64::from(limits.max_compute_workgroup_size_x),
            workgroup,
        ),
        (
            "max_compute_workgroup_size_y",
            u64::from(limits.max_compute_workgroup_size_y),
            if images.is_empty() {
                1
            } else {
                ImageShader::WORKGROUP.into()
            },
        ),
        (
            "max_compute_workgroups_per_dimension",
            u64::from(limits.max_compute_workgroups_per_dimension),
            1,
        ),
        (
            "max_storage_buffers_per_shader_stage",
            u64::from(limits.max_storage_buffers_per_shader_stage),
            tensors,
        ),
        (
            "max_uniform_buffers_per_shader_stage",
            u64::from(limits.max_uniform_buffers_per_shader_stage),
            1,
        ),
        (
            "max_uniform_buffer_binding_size",
            limits.max_uniform_buffer_binding_size,
            SETTINGS_SIZE,
        ),
        (
            "max_bindings_per_bind_group",
            u64::from(limits.max_bindings_per_bind_group),
            1 + tensors + images.len() as u64,
        ),
        (
            "max_sampled_textures_per_shader_stage",
            u64::from(limits.max_sampled_textures_per_shader_stage),
            read,
        ),
        (
            "max_storage_textures_per_shader_stage",
            u64::from(limits.max_storage_textures_per_shader_stage),
            written,
        ),
        (
            "max_storage_buffer_binding_size",
            limits.max_storage_buffer_binding_size,
            2 * u64::from(limits.min_storage_buffer_offset_alignment),
        ),
    ];
    match needs.into_iter().find(|(_, value, needed)| value < needed) {
        None => Ok(()),
        Some((limit, value, needed)) => Err(KernelError::Limit {
            limit,
            value,
            needed,
        }),
    }
}
