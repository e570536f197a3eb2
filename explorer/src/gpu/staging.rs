//! Buffers that the CPU reads some frames after the GPU wrote them.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// A buffer to be read, with whatever says what is in it.
#[derive(Debug)]
pub(super) struct Staging<T> {
    buffer: wgpu::Buffer,
    pending: Option<Pending<T>>,
}

#[derive(Debug)]
struct Pending<T> {
    what: T,
    arrival: Receiver<bool>,
}

/// What has become of a read.
pub(super) enum Arrived<T> {
    /// Nothing is on its way.
    Idle,
    /// It is still on its way.
    Waiting,
    /// It is here.
    Bytes(T, Vec<u8>),
    /// It will not come.
    Failed,
}

impl<T> Staging<T> {
    pub(super) fn new(device: &wgpu::Device, label: &str, size: u64) -> Self {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            buffer,
            pending: None,
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.pending.is_none()
    }

    /// Where commands copy to, while it is idle.
    pub(super) fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    /// Asks for what the commands just submitted have copied.
    pub(super) fn read(&mut self, bytes: u64, what: T) {
        let (sender, arrival): (Sender<bool>, _) = channel();
        self.buffer
            .map_async(wgpu::MapMode::Read, ..bytes, move |outcome| {
                // Nobody may be waiting any more.
                let _ = sender.send(outcome.is_ok());
            });
        self.pending = Some(Pending { what, arrival });
    }

    /// What has arrived, once: afterwards it is idle again.
    pub(super) fn take(&mut self, bytes: impl FnOnce(&T) -> u64) -> Arrived<T> {
        let Some(pending) = self.pending.take() else {
            return Arrived::Idle;
        };
        match pending.arrival.try_recv() {
            Err(TryRecvError::Empty) => {
                self.pending = Some(pending);
                Arrived::Waiting
            }
            Ok(true) => {
                let view = self.buffer.get_mapped_range(..bytes(&pending.what));
                let bytes = view.map(|view| view.to_vec());
                self.buffer.unmap();
                bytes.map_or(Arrived::Failed, |bytes| Arrived::Bytes(pending.what, bytes))
            }
            Ok(false) | Err(TryRecvError::Disconnected) => Arrived::Failed,
        }
    }
}
