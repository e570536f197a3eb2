//! The scene in a window, until somebody closes it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wgpu::CurrentSurfaceTexture::{
    Lost, Occluded, Outdated, Suboptimal, Success, Timeout, Validation,
};
use wgpu_activations::Activation;
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::{ElementState, KeyEvent, StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopBuilder};
use winit::keyboard::{Key, NamedKey};
use winit::window::{Window, WindowId};

use crate::camera::Camera;
use crate::gpu::Gpu;
use crate::scene::Scene;
use crate::{Arguments, Error};

/// How long a window that nobody sees waits before it tries again to draw.
const HIDDEN: Duration = Duration::from_millis(100);

/// How much a key adds to a hyper-parameter.
const STEP: f64 = 0.1;

/// What windows come from, where there is a window system.
pub(crate) fn event_loop(builder: &mut EventLoopBuilder<()>) -> Result<EventLoop<()>, Error> {
    builder.build().map_err(|error| {
        let text = error.to_string();
        // winit begins with the line of its source that found out.
        let place = text
            .split_once(".rs:")
            .and_then(|(_, rest)| rest.split_once(": "));
        let reason = place
            .map_or(&*text, |(_, reason)| reason)
            .trim_end_matches('.');
        format!("no window can be opened here ({reason}); run with --headless out.png").into()
    })
}

pub(crate) fn run(
    arguments: &Arguments,
    activations: Vec<Activation>,
    events: EventLoop<()>,
) -> Result<(), Error> {
    let mut application = Application {
        arguments,
        activations,
        view: None,
        outcome: Ok(()),
    };
    events.run_app(&mut application)?;
    application.outcome
}

struct Application<'a> {
    arguments: &'a Arguments,
    activations: Vec<Activation>,
    /// Once there is a window.
    view: Option<View>,
    outcome: Result<(), Error>,
}

/// What a window shows.
struct View {
    window: Arc<Window>,
    surface: wgpu::Surface<'static>,
    configuration: wgpu::SurfaceConfiguration,
    gpu: Gpu,
    scene: Scene,
    start: Instant,
}

impl Application<'_> {
    /// Ends where something failed.
    fn attempt(
        &mut self,
        events: &ActiveEventLoop,
        work: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) {
        if let Err(error) = work(self) {
            self.outcome = Err(error);
            events.exit();
        }
    }

    fn open(&mut self, events: &ActiveEventLoop) -> Result<(), Error> {
        let (width, height) = self.arguments.size;
        let attributes =
            Window::default_attributes().with_inner_size(PhysicalSize::new(width, height));
        let window = Arc::new(events.create_window(attributes)?);
        let display = Box::new(events.owned_display_handle());
        let descriptor = wgpu::InstanceDescriptor::new_with_display_handle_from_env(display);
        let instance = wgpu::Instance::new(descriptor);
        let surface = instance.create_surface(window.clone())?;
        let gpu = Gpu::open(instance, self.arguments.adapter.as_deref(), Some(&surface))?;

        let size = window.inner_size();
        let size = (size.width.max(1), size.height.max(1));
        let mut configuration = surface
            .get_default_config(&gpu.adapter, size.0, size.1)
            .ok_or("the adapter cannot draw to this window; choose another one with --adapter")?;
        let formats = surface.get_capabilities(&gpu.adapter).formats;
        if let Some(format) = formats.into_iter().find(wgpu::TextureFormat::is_srgb) {
            configuration.format = format;
        }
        configuration.present_mode = wgpu::PresentMode::AutoVsync;
        let scene = Scene::new(&gpu, &self.activations, configuration.format, size)?;
        surface.configure(&gpu.device, &configuration);
        let view = View {
            window,
            surface,
            configuration,
            gpu,
            scene,
            start: Instant::now(),
        };
        view.show_title();
        view.window.request_redraw();
        self.view = Some(view);
        Ok(())
    }

    fn handle(&mut self, events: &ActiveEventLoop, event: WindowEvent) -> Result<(), Error> {
        let Some(view) = &mut self.view else {
            return Ok(());
        };
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::KeyboardInput {
                event:
                    KeyEvent {
                        logical_key: Key::Named(key),
                        state: ElementState::Pressed,
                        ..
                    },
                ..
            } => match key {
                NamedKey::Escape => events.exit(),
                key => view.press(key)?,
            },
            WindowEvent::Resized(size) => view.resize(size)?,
            WindowEvent::Occluded(false) => view.window.request_redraw(),
            WindowEvent::RedrawRequested => {
                let seconds = self.arguments.time + view.start.elapsed().as_secs_f64();
                match view.draw(seconds)? {
                    true => view.window.request_redraw(),
                    false => events.set_control_flow(ControlFlow::wait_duration(HIDDEN)),
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl ApplicationHandler for Application<'_> {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.view.is_none() {
            self.attempt(events, |application| application.open(events));
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        self.attempt(events, |application| application.handle(events, event));
    }

    fn new_events(&mut self, events: &ActiveEventLoop, cause: StartCause) {
        if let (StartCause::ResumeTimeReached { .. }, Some(view)) = (cause, &self.view) {
            events.set_control_flow(ControlFlow::Wait);
            view.window.request_redraw();
        }
    }
}

impl View {
    /// Draws a frame, and says whether another one should follow at once.
    fn draw(&mut self, seconds: f64) -> Result<bool, Error> {
        self.gpu.check_device()?;
        let PhysicalSize { width, height } = self.window.inner_size();
        if width == 0 || height == 0 {
            return Ok(false);
        }
        let (frame, is_outdated) = match self.surface.get_current_texture() {
            Success(frame) => (frame, false),
            Suboptimal(frame) => (frame, true),
            Outdated => {
                self.configure();
                return Ok(true);
            }
            Lost => {
                self.surface = self.gpu.instance.create_surface(self.window.clone())?;
                self.configure();
                return Ok(true);
            }
            Timeout => return Ok(true),
            Occluded => return Ok(false),
            Validation => return Err("the window's surface was refused by wgpu".into()),
        };
        let picture = frame.texture.create_view(&Default::default());
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let camera = Camera::at(seconds);
        (self.scene).record(&self.gpu.queue, &mut encoder, &picture, seconds, &camera);
        self.gpu.queue.submit([encoder.finish()]);
        self.window.pre_present_notify();
        self.gpu.queue.present(frame);
        if is_outdated {
            self.configure();
        }
        Ok(true)
    }

    fn configure(&self) {
        self.surface
            .configure(&self.gpu.device, &self.configuration);
    }

    /// A minimised window may have no pixels; it keeps its pictures until it has some.
    fn resize(&mut self, size: PhysicalSize<u32>) -> Result<(), Error> {
        if size.width == 0 || size.height == 0 {
            return Ok(());
        }
        self.scene.resize(&self.gpu, size.into())?;
        (self.configuration.width, self.configuration.height) = size.into();
        self.configure();
        self.window.request_redraw();
        Ok(())
    }

    fn press(&mut self, key: NamedKey) -> Result<(), Error> {
        match key {
            NamedKey::Space => self.scene.field.choose_next(),
            NamedKey::ArrowUp => self.scene.field.change(&self.gpu.queue, STEP)?,
            NamedKey::ArrowDown => self.scene.field.change(&self.gpu.queue, -STEP)?,
            _ => return Ok(()),
        }
        self.show_title();
        Ok(())
    }

    fn show_title(&self) {
        let activation = self.scene.field.activation();
        let parameters = activation.parameters().iter().zip(activation.values());
        let parameters =
            parameters.map(|(parameter, value)| format!(", {} {value:.1}", parameter.name));
        let title = format!("{}{}", activation.name(), parameters.collect::<String>());
        self.window.set_title(&title);
    }
}
