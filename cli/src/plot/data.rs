//! What a picture shows of an activation: f and f′ as the kernels compute them.

use std::ops::Range;

use wgpu_activations::reference::Kink;
use wgpu_activations::{Activation, Offload, OffloadError};

use super::curve::Curve;
use super::panel::number;
use super::samples::Samples;
use super::saturation::saturated;
use super::window::Window;

pub(crate) struct Plot {
    pub(crate) name: String,
    /// Its hyper-parameters with their values.
    pub(crate) parameters: String,
    pub(crate) window: Window,
    pub(crate) f: Curve,
    pub(crate) derivative: Curve,
    pub(crate) kinks: Vec<f64>,
    pub(crate) saturated: Vec<Range<f64>>,
}

impl Plot {
    /// Computes as many steps; the curves end `gap` before a limit that they do not reach, at scale 1.
    pub(crate) fn new(
        gpu: &Offload,
        activation: &Activation,
        steps: u32,
        gap: f64,
    ) -> Result<Self, OffloadError> {
        let kinks = Kinks::of(activation);
        let samples = Samples::new(kinks.window, steps, &kinks.x);
        let f = gpu.forward(activation, samples.x())?;
        let ones = vec![1.0; samples.x().len()];
        let derivative = gpu.backward(activation, samples.x(), &ones)?;
        let gap = gap * kinks.window.scale();
        let curve = |values: &[f32]| Curve::new(&samples, values, kinks.window, gap);
        let parameters = activation.parameters().iter().zip(activation.values());
        let parameters: Vec<_> = parameters
            .map(|(parameter, value)| format!("{} = {}", parameter.name, number((*value).into())))
            .collect();
        Ok(Self {
            name: activation.name().to_owned(),
            parameters: parameters.join(", "),
            window: kinks.window,
            f: curve(&f),
            derivative: curve(&derivative),
            kinks: samples.kinks().collect(),
            saturated: saturated(&samples, &derivative),
        })
    }

    /// Whether f or f′ jumps, so that there are dots and rings.
    pub(crate) fn jumps(&self) -> bool {
        !(self.f.closed.is_empty() && self.derivative.closed.is_empty())
    }
}

/// Where the kinks are, and the window that shows them.
struct Kinks {
    x: Vec<f64>,
    window: Window,
}

impl Kinks {
    /// By the reference, so that the window is the same on every adapter.
    fn of(activation: &Activation) -> Self {
        let p = activation.values_f64();
        let reference = activation.reference();
        let kinks: Vec<Kink> = reference.map_or_else(Vec::new, |reference| (reference.kinks)(&p));
        let at = |kink: &Kink| Some((kink.x, reference?.forward_at(kink.x, &p)));
        let points: Vec<_> = kinks.iter().filter_map(at).collect();
        Self {
            x: kinks.iter().map(|kink| kink.x).collect(),
            window: Window::showing(&points),
        }
    }
}
