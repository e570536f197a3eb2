use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Instant;

use futures_intrusive::channel::shared::OneshotReceiver;
use futures_intrusive::sync::ManualResetEvent;

use super::OffloadError;

/// Tells when a buffer could be read or filled again.
pub(super) type Mapped = OneshotReceiver<Result<Instant, wgpu::BufferAsyncError>>;

/// A thread that waits for submissions, so that nobody who awaits a result has to block.
#[derive(Debug)]
pub(super) struct Poller {
    submissions: Option<mpsc::Sender<wgpu::SubmissionIndex>>,
    thread: Option<JoinHandle<()>>,
    /// Set when nothing more will come from the device: wgpu then leaves mappings pending for ever.
    lost: Arc<ManualResetEvent>,
}

impl Poller {
    pub(super) fn spawn(device: &wgpu::Device) -> Result<Self, OffloadError> {
        let lost = Arc::new(ManualResetEvent::new(false));
        device.set_device_lost_callback({
            let lost = lost.clone();
            move |_, _| lost.set()
        });
        let (submissions, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("wgpu-activations poller".to_owned())
            .spawn({
                let (device, lost) = (device.clone(), lost.clone());
                move || {
                    for submission in waiting {
                        wait(&device, submission, &lost);
                    }
                }
            })
            .map_err(OffloadError::Thread)?;
        Ok(Self {
            submissions: Some(submissions),
            thread: Some(thread),
            lost,
        })
    }

    /// Sees to it that the callbacks of this submission are called.
    pub(super) fn watch(&self, submission: wgpu::SubmissionIndex) {
        let sent = self
            .submissions
            .as_ref()
            .map(|submissions| submissions.send(submission));
        if !matches!(sent, Some(Ok(()))) {
            self.lost.set();
        }
    }

    /// Whether the device is lost.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_set()
    }

    /// Waits for a mapping, or for the loss of the device.
    pub(super) async fn wait_for(&self, mapped: Mapped) -> Result<Instant, OffloadError> {
        let mut mapping = pin!(mapped.receive());
        let mut lost = pin!(self.lost.wait());
        let mapped = poll_fn(|context| match mapping.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(result.and_then(Result::ok)),
            Poll::Pending => lost.as_mut().poll(context).map(|()| None),
        });
        mapped.await.ok_or(OffloadError::DeviceLost)
    }
}

/// Waits for one submission; wgpu panics when a driver loses the device while it does.
fn wait(device: &wgpu::Device, submission: wgpu::SubmissionIndex, lost: &ManualResetEvent) {
    let wait = wgpu::PollType::Wait {
        submission_index: Some(submission),
        timeout: None,
    };
    let polled = catch_unwind(AssertUnwindSafe(|| device.poll(wait)));
    if !matches!(polled, Ok(Ok(_))) {
        lost.set();
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.submissions = None;
        if let Some(thread) = self.thread.take() {
            // Its panics are caught inside.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_intrusive::channel::shared::oneshot_channel;

    use super::*;

    fn poller() -> Poller {
        Poller {
            submissions: None,
            thread: None,
            lost: Arc::new(ManualResetEvent::new(false)),
        }
    }

    #[test]
    fn a_mapping_that_never_comes_ends_with_the_device() {
        let poller = poller();
        // The sender lives on, as in wgpu when a driver loses the device.
        let (_sender, mapped) = oneshot_channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                poller.lost.set();
            });
            let waited = pollster::block_on(poller.wait_for(mapped));
            assert!(matches!(waited, Err(OffloadError::DeviceLost)));
        });
    }

    #[test]
    fn mappings_that_fail_or_vanish_are_losses() {
        let poller = poller();
        let (sender, mapped) = oneshot_channel();
        let _ = sender.send(Err(wgpu::BufferAsyncError));
        assert!(pollster::block_on(poller.wait_for(mapped)).is_err());
        let (sender, mapped) = oneshot_channel();
        drop(sender);
        assert!(pollster::block_on(poller.wait_for(mapped)).is_err());
        let (sender, mapped) = oneshot_channel();
        let _ = sender.send(Ok(Instant::now()));
        assert!(pollster::block_on(poller.wait_for(mapped)).is_ok());
    }
}
