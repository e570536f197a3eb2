//! The app: what happens in each frame.

use std::time::Duration;

use eframe::egui_wgpu::RenderState;
use egui::Context;

use crate::accuracy::Accuracy;
use crate::gpu::{Gpu, GpuError, PERIOD, Wish};
use crate::keys;
use crate::points::Points;
use crate::state::State;
use crate::theme;
use crate::views::{self, Scene};

/// The explorer.
pub struct App {
    /// What a person has chosen.
    pub state: State,
    stage: Stage,
    accuracy: Accuracy,
    renderer: Option<Renderer>,
    on_loss: Option<Box<dyn FnOnce(Restart)>>,
    /// From when another window goes on: egui cannot draw anything on a lost device without a panic.
    is_closing: bool,
    /// The part of the plane in view, and where the pointer is, as of the last frame.
    range: (f64, f64),
    pointer: Option<f64>,
    /// Whose turn it is to be timed.
    turn: usize,
}

/// What another window goes on with after a device was lost.
#[derive(Debug)]
pub struct Restart {
    /// What the person had chosen.
    pub state: State,
    /// What went wrong.
    pub error: GpuError,
}

enum Stage {
    /// Until the first frame.
    Starting,
    Running(Box<Gpu>),
    Stopped(GpuError),
    /// egui draws without wgpu, as where a page or another program shows the app and there is no adapter. A window of
    /// its own is not even opened then: `StartError` says so.
    NoDevice,
}

/// What egui draws with.
struct Renderer {
    device: wgpu::Device,
    queue: wgpu::Queue,
    adapter: String,
}

impl App {
    /// On the device that egui draws with.
    pub fn new(renderer: Option<&RenderState>, state: State) -> Self {
        Self {
            range: state.view.map_or((-1.0, 1.0), |view| view.x),
            state,
            stage: Stage::Starting,
            accuracy: Accuracy::load(),
            renderer: renderer.map(Renderer::new),
            on_loss: None,
            is_closing: false,
            pointer: None,
            turn: 0,
        }
    }

    /// In place of one whose device was lost: says so, and computes nothing before it is told to start again.
    pub fn after(renderer: Option<&RenderState>, restart: Restart) -> Self {
        let mut app = Self::new(renderer, restart.state);
        app.stage = Stage::Stopped(restart.error);
        app
    }

    /// Where a window cannot outlive its device: closes it on loss, and hands over what the next goes on with.
    #[must_use]
    pub fn on_loss(mut self, hand_over: impl FnOnce(Restart) + 'static) -> Self {
        self.on_loss = Some(Box::new(hand_over));
        self
    }

    /// What computes, where something does.
    pub fn gpu(&self) -> Option<&Gpu> {
        match &self.stage {
            Stage::Running(gpu) => Some(gpu),
            _ => None,
        }
    }

    fn start(&mut self, context: &Context) {
        self.stage = match &self.renderer {
            None => Stage::NoDevice,
            Some(renderer) => {
                let context = context.clone();
                let wake = move || context.request_repaint();
                match Gpu::new(&renderer.device, &renderer.queue, wake) {
                    Ok(gpu) => Stage::Running(Box::new(gpu)),
                    Err(error) => Stage::Stopped(error),
                }
            }
        };
    }

    fn stop(&mut self, context: &Context, error: GpuError) {
        if let (true, Some(hand_over)) = (error.is_loss(), self.on_loss.take()) {
            let state = self.state.clone();
            hand_over(Restart {
                state,
                error: error.clone(),
            });
            self.is_closing = true;
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        self.stage = Stage::Stopped(error);
    }

    /// What is to be computed of all that is shown, where the plot was in the last frame.
    fn wishes(&self) -> Vec<Wish> {
        let shown = self.state.shown().into_iter();
        shown
            .map(|shown| {
                let activation = shown.tuned.activation().clone();
                let kinks = activation
                    .reference()
                    .map(|reference| (reference.kinks)(&activation.values_f64()));
                let kinks = kinks.into_iter().flatten().map(|kink| kink.x);
                Wish {
                    index: shown.index,
                    points: Points::new(self.range, kinks, self.pointer),
                    activation,
                }
            })
            .collect()
    }

    /// Takes what has arrived and asks for the next, without waiting for either.
    fn compute(&mut self, context: &Context) -> Result<(), GpuError> {
        let wishes = self.wishes();
        let Stage::Running(gpu) = &mut self.stage else {
            return Ok(());
        };
        gpu.poll()?;
        gpu.sampler.receive()?;
        if gpu.sampler.submit(wishes)? {
            // What is drawn is not yet what was asked for.
            context.request_repaint();
        }
        let now = context.input(|input| input.time);
        if let Some((index, measured)) = gpu.timer.receive(now)? {
            self.state.timings.add(index, measured);
        }
        if !self.state.timings.are_paused {
            self.state.timings.clock = gpu.timer.clock();
            let shown = self.state.shown();
            let next = &shown[self.turn % shown.len()];
            if gpu.timer.start(next.index, next.tuned.activation(), now)? {
                self.turn = self.turn.wrapping_add(1);
            }
            context.request_repaint_after(Duration::from_secs_f64(PERIOD));
        }
        if gpu.timer.counts_frames() {
            context.request_repaint();
        }
        Ok(())
    }

    /// One frame.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        let context = ui.ctx().clone();
        theme::apply(&context, self.state.dark);
        if matches!(self.stage, Stage::Starting) {
            self.start(&context);
        }
        if let Err(error) = self.compute(&context) {
            self.stop(&context, error);
        }
        if self.is_closing {
            return;
        }
        match &self.stage {
            Stage::Running(gpu) => {
                keys::handle(&context, &mut self.state);
                let scene = Scene {
                    curves: gpu.sampler.curves(),
                    accuracy: &self.accuracy,
                    adapter: self.renderer.as_ref().map_or("", |r| r.adapter.as_str()),
                };
                let seen = views::show(ui, &mut self.state, &scene);
                self.range = seen.range;
                self.pointer = seen.pointer;
            }
            Stage::Stopped(error) => {
                if views::stopped(ui, error) {
                    self.state.timings.clear();
                    self.start(&context);
                }
            }
            Stage::Starting | Stage::NoDevice => views::no_device(ui),
        }
    }
}

impl Renderer {
    fn new(state: &RenderState) -> Self {
        let info = state.adapter.get_info();
        Self {
            device: state.device.clone(),
            queue: state.queue.clone(),
            adapter: format!("{}, {}", info.name, info.backend),
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}
