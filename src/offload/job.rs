use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;

use super::work::Work;
use crate::dtype::{Dtype, Element};

/// Where a tensor comes from.
pub struct Input<'a> {
    pub(super) dtype: Dtype,
    pub(super) source: Source<'a>,
}

pub(super) enum Source<'a> {
    Bytes(&'a [u8]),
    Reader(&'a mut (dyn Read + Send)),
}

impl<'a> Input<'a> {
    /// From memory.
    pub fn slice<T: Element>(elements: &'a [T]) -> Self {
        Self::bytes(T::DTYPE, bytemuck::cast_slice(elements))
    }

    /// From memory that need not be aligned, such as a mapped file: elements in the machine's byte
    /// order.
    pub fn bytes(dtype: Dtype, bytes: &'a [u8]) -> Self {
        let source = Source::Bytes(bytes);
        Self { dtype, source }
    }

    /// From a stream of elements in the machine's byte order. It cannot go back, so what could pass in blocks is
    /// on the device as a whole ([`Offload::MEMORY`](super::Offload::MEMORY)).
    pub fn reader(dtype: Dtype, reader: &'a mut (dyn Read + Send)) -> Self {
        let source = Source::Reader(reader);
        Self { dtype, source }
    }
}

/// Where a tensor goes to.
pub struct Output<'a> {
    pub(super) dtype: Dtype,
    pub(super) sink: Sink<'a>,
}

pub(super) enum Sink<'a> {
    Bytes(&'a mut [u8]),
    Writer(&'a mut (dyn Write + Send)),
    Seekable(Seekable<'a>),
    /// Two results of one length: of each chunk, the elements of one come before those of the other.
    Pair(Box<[Output<'a>; 2]>),
}

impl<'a> Output<'a> {
    /// Into memory.
    pub fn slice<T: Element>(elements: &'a mut [T]) -> Self {
        let sink = Sink::Bytes(bytemuck::cast_slice_mut(elements));
        Self {
            dtype: T::DTYPE,
            sink,
        }
    }

    /// Into a stream of elements in the machine's byte order. It cannot go back, so what could pass in blocks is
    /// on the device as a whole ([`Offload::MEMORY`](super::Offload::MEMORY)).
    pub fn writer(dtype: Dtype, writer: &'a mut (dyn Write + Send)) -> Self {
        let sink = Sink::Writer(writer);
        Self { dtype, sink }
    }

    /// Into a stream that can go back and forth, such as a file, from where it stands: elements in the machine's
    /// byte order. Unlike a [`writer`](Self::writer) it takes what passes in blocks, in pieces as short as
    /// these; only there it is made to seek.
    pub fn seekable<W: Write + Seek + Send>(dtype: Dtype, stream: &'a mut W) -> Self {
        let sink = Sink::Seekable(Seekable { stream, at: 0 });
        Self { dtype, sink }
    }

    /// Of a job whose result stays on the device.
    pub(super) fn none(dtype: Dtype) -> Self {
        let sink = Sink::Bytes(&mut []);
        Self { dtype, sink }
    }
}

/// A stream that can go back and forth.
pub(super) struct Seekable<'a> {
    stream: &'a mut (dyn WriteSeek + Send),
    /// How many bytes beyond its start it stands.
    at: u64,
}

trait WriteSeek: Write + Seek {}

impl<T: Write + Seek> WriteSeek for T {}

impl Seekable<'_> {
    /// Writes so many bytes beyond its start.
    pub(super) fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        if at != self.at {
            let distance = at.wrapping_sub(self.at).cast_signed();
            self.stream.seek(SeekFrom::Current(distance))?;
        }
        self.stream.write_all(bytes)?;
        self.at = at + bytes.len() as u64;
        Ok(())
    }
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Elements written so far, or taken where only statistics are made of them.
    pub done: u64,
    /// Elements of the result, or of the input of statistics.
    pub total: u64,
}

/// Called after every part that has passed through the device; `Break` cancels the job.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress) -> ControlFlow<()> + Send);

/// Tensors to push through the GPU, each with a dtype of its own.
pub struct Job<'a> {
    pub(super) work: Box<dyn Work + 'a>,
    pub(super) inputs: Vec<Input<'a>>,
    pub(super) output: Output<'a>,
    pub(super) progress: Option<OnProgress<'a>>,
}

impl<'a> Job<'a> {
    pub(super) fn new(work: impl Work + 'a, inputs: Vec<Input<'a>>, output: Output<'a>) -> Self {
        Self {
            work: Box::new(work),
            inputs,
            output,
            progress: None,
        }
    }

    /// Calls `progress` after every part that has passed; when it returns `Break`, the job ends with
    /// [`OffloadError::Cancelled`](super::OffloadError::Cancelled).
    #[must_use]
    pub fn progress(mut self, progress: OnProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}
