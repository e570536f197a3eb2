//! What happens to passes in the render world.

use std::collections::{HashMap, HashSet};

use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{Buffer, BufferId, ComputePassDescriptor};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use bevy::render::storage::GpuShaderBuffer;
use wgpu_activations::{KernelError, Kernels, Operation, Prepared, TensorView};

use crate::pass::{ActivationPass, Direction};

/// The kernels of Bevy's device, and the passes that they are prepared for.
#[derive(Resource)]
pub(crate) struct Passes {
    kernels: Kernels,
    /// Of this frame, in the order in which they are recorded.
    wanted: Vec<(Entity, ActivationPass)>,
    ready: HashMap<Entity, Ready>,
}

/// A pass on buffers that are on the device.
struct Ready {
    buffers: Vec<BufferId>,
    pass: ActivationPass,
    outcome: Result<Prepared, KernelError>,
}

/// Kernels for the device that there is now; nothing of another one is kept.
pub(crate) fn start(mut commands: Commands, device: Res<RenderDevice>) {
    commands.insert_resource(Passes {
        kernels: Kernels::new(device.wgpu_device()),
        wanted: Vec::new(),
        ready: HashMap::new(),
    });
}

pub(crate) fn extract(
    passes: Option<ResMut<Passes>>,
    all: Extract<Query<(Entity, &ActivationPass)>>,
) {
    let Some(mut passes) = passes else { return };
    let wanted = all.iter().map(|(entity, pass)| (entity, pass.clone()));
    passes.wanted = wanted.collect();
    passes
        .wanted
        .sort_by_key(|(entity, pass)| (pass.order, *entity));
}

pub(crate) fn prepare(
    passes: Option<ResMut<Passes>>,
    assets: Res<RenderAssets<GpuShaderBuffer>>,
    queue: Res<RenderQueue>,
) {
    let Some(mut passes) = passes else { return };
    let Passes {
        kernels,
        wanted,
        ready,
    } = &mut *passes;
    let entities: HashSet<_> = wanted.iter().map(|(entity, _)| entity).collect();
    ready.retain(|entity, _| entities.contains(entity));
    for (entity, pass) in wanted.iter() {
        let handles = pass.direction.buffers().into_iter();
        let buffers: Option<Vec<_>> = handles
            .map(|handle| assets.get(handle).map(|asset| &asset.buffer))
            .collect();
        let Some(buffers) = buffers else {
            // Bevy has not uploaded all of them yet, or no longer has one of them.
            ready.remove(entity);
            continue;
        };
        let is_prepared = ready
            .get_mut(entity)
            .is_some_and(|ready| ready.fits(pass, &buffers) && ready.takes(&queue, pass));
        if !is_prepared {
            let prepared = Ready::new(kernels, pass, &buffers);
            if let Err(error) = &prepared.outcome {
                error!("{} is not computed: {error}", pass.activation.name());
            }
            ready.insert(*entity, prepared);
        }
    }
}

/// Into an encoder of Bevy's, in a pass of its own.
pub(crate) fn record(passes: Option<Res<Passes>>, mut context: RenderContext) {
    let Some(passes) = passes else { return };
    let wanted = passes.wanted.iter();
    let prepared = wanted.filter_map(|(entity, _)| passes.ready.get(entity)?.outcome.as_ref().ok());
    let mut prepared = prepared.peekable();
    if prepared.peek().is_none() {
        return;
    }
    let mut pass = context
        .command_encoder()
        .begin_compute_pass(&ComputePassDescriptor {
            label: Some("activations"),
            timestamp_writes: None,
        });
    prepared.for_each(|prepared| prepared.dispatch(&mut pass));
}

impl Ready {
    fn new(kernels: &Kernels, pass: &ActivationPass, buffers: &[&Buffer]) -> Self {
        let operation = match pass.direction {
            Direction::Forward { .. } => Operation::Forward,
            Direction::Backward { .. } => Operation::Backward,
        };
        let views = buffers.iter().map(|buffer| TensorView::f32(buffer));
        let views = views.collect::<Result<Vec<_>, _>>();
        let prepare = |views: Vec<TensorView>| {
            let views: Vec<_> = views.iter().collect();
            kernels.prepare(&pass.activation, operation, &views)
        };
        Self {
            buffers: buffers.iter().map(|buffer| buffer.id()).collect(),
            pass: pass.clone(),
            outcome: views.map_err(KernelError::from).and_then(prepare),
        }
    }

    fn fits(&self, pass: &ActivationPass, buffers: &[&Buffer]) -> bool {
        let ids = buffers.iter().map(|buffer| buffer.id());
        self.pass.direction == pass.direction && self.buffers.iter().copied().eq(ids)
    }

    /// Whether it is of that activation, or takes its hyper-parameters.
    fn takes(&mut self, queue: &RenderQueue, pass: &ActivationPass) -> bool {
        if self.pass.activation == pass.activation {
            return true;
        }
        let is_taken = self
            .outcome
            .as_ref()
            .is_ok_and(|prepared| prepared.set_parameters(queue, &pass.activation).is_ok());
        if is_taken {
            self.pass.activation = pass.activation.clone();
        }
        is_taken
    }
}
