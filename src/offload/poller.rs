use std::sync::mpsc;
use std::thread::JoinHandle;

use super::OffloadError;

/// A thread that waits for submissions, so that nobody who awaits a result has to block.
#[derive(Debug)]
pub(super) struct Poller {
    submissions: Option<mpsc::Sender<wgpu::SubmissionIndex>>,
    thread: Option<JoinHandle<()>>,
}

impl Poller {
    pub(super) fn spawn(device: &wgpu::Device) -> Result<Self, OffloadError> {
        let (submissions, waiting) = mpsc::channel();
        let device = device.clone();
        let thread = std::thread::Builder::new()
            .name("wgpu-activations poller".to_owned())
            .spawn(move || {
                for submission in waiting {
                    let wait = wgpu::PollType::Wait {
                        submission_index: Some(submission),
                        timeout: None,
                    };
                    // A wait fails when the device is lost; whoever awaits the mapping learns that
                    // from the mapping itself.
                    let _ = device.poll(wait);
                }
            })
            .map_err(OffloadError::Thread)?;
        Ok(Self {
            submissions: Some(submissions),
            thread: Some(thread),
        })
    }

    /// Sees to it that the callbacks of this submission are called.
    pub(super) fn watch(&self, submission: wgpu::SubmissionIndex) {
        if let Some(submissions) = &self.submissions {
            // The thread ends only when the sender does.
            let _ = submissions.send(submission);
        }
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.submissions = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
