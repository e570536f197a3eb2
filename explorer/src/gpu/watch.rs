//! Notices when a device is lost.

use std::sync::{Arc, Mutex, PoisonError};

use super::GpuError;

/// What a device has called out.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<Mutex<Option<GpuError>>>);

impl Watch {
    /// Watches a device: takes the place of its callbacks for loss and for errors that nobody catches, which
    /// would otherwise end the program.
    pub(super) fn new(
        device: &wgpu::Device,
        wake: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Self {
        let watch = Self::default();
        let (on_loss, wake_on_loss) = (watch.clone(), wake.clone());
        device.set_device_lost_callback(move |reason, message| {
            on_loss.report(GpuError::Lost(match reason {
                wgpu::DeviceLostReason::Destroyed => "it was destroyed".to_owned(),
                wgpu::DeviceLostReason::Unknown if message.is_empty() => {
                    "the driver does not say why".to_owned()
                }
                wgpu::DeviceLostReason::Unknown => one_line(&message),
            }));
            wake_on_loss();
        });
        let on_error = watch.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            on_error.report(GpuError::Refused(one_line(&error.to_string())));
            wake();
        }));
        watch
    }

    /// The first thing that was wrong counts, as others follow from it, unless it follows from a loss itself.
    fn report(&self, error: GpuError) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none() || error.is_loss() {
            *first = Some(error);
        }
    }

    /// Why the device can no longer be used.
    pub(super) fn error(&self) -> Option<GpuError> {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.clone()
    }
}

fn one_line(message: &str) -> String {
    let words: Vec<_> = message.split_whitespace().collect();
    words.join(" ")
}
