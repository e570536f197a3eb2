//! Activation functions in Bevy's render world: on its device, on its buffers and in its command encoder.
//!
//! Add [`ActivationsPlugin`] and spawn [`ActivationPass`]es. In every frame, before the cameras, their kernels are
//! recorded into an encoder of Bevy's, in the order that they give: no second device, no submission, no wait. Bevy's
//! `CorePipelinePlugin`, one of its default plugins, submits what is recorded.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy::render::storage::ShaderBuffer;
//! use wgpu_activations::Activation;
//! use wgpu_activations_bevy::{ActivationPass, ActivationsPlugin};
//!
//! fn spawn(mut commands: Commands, mut buffers: ResMut<Assets<ShaderBuffer>>) {
//!     let [heights, colours] = [(); 2].map(|()| buffers.add(ShaderBuffer::from(vec![0.5_f32; 4096])));
//!     commands.spawn(ActivationPass::forward(Activation::gelu(), heights, colours));
//! }
//!
//! App::new()
//!     .add_plugins((DefaultPlugins, ActivationsPlugin))
//!     .add_systems(Startup, spawn)
//!     .run();
//! ```

mod pass;
mod render_world;

pub use pass::{ActivationPass, Direction};

use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{ExtractSchedule, Render, RenderApp, RenderStartup, RenderSystems};

/// Where passes are recorded: in the schedule `RenderGraph`, in its `RenderGraphSystems::Begin`.
///
/// A system of yours in `Begin` that writes what they read is to be put before it.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordActivations;

/// Records every [`ActivationPass`] of the main world in each frame. To be added after `DefaultPlugins`.
#[derive(Debug)]
pub struct ActivationsPlugin;

impl Plugin for ActivationsPlugin {
    fn build(&self, app: &mut App) {
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            warn!(
                "activations are not computed: no RenderPlugin was added before ActivationsPlugin"
            );
            return;
        };
        render_app
            // Again for each device, should one be lost.
            .add_systems(RenderStartup, render_world::start)
            .add_systems(ExtractSchedule, render_world::extract)
            .add_systems(
                Render,
                render_world::prepare.in_set(RenderSystems::PrepareBindGroups),
            )
            .add_systems(
                RenderGraph,
                render_world::record
                    .in_set(RecordActivations)
                    .in_set(RenderGraphSystems::Begin),
            );
    }
}
