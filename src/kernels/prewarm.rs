//! Pipelines compiled ahead, several at the same time.

#[cfg(not(target_family = "wasm"))]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{KernelError, Kernels, Prepared};

/// What [`Kernels::prewarm`] prepares: `&|kernels| kernels.forward(&gelu, &input, &output)`.
#[cfg(target_family = "wasm")]
pub type Preparation<'a> = &'a dyn Fn(&Kernels) -> Result<Prepared, KernelError>;

/// What [`Kernels::prewarm`] prepares: `&|kernels| kernels.forward(&gelu, &input, &output)`.
#[cfg(not(target_family = "wasm"))]
pub type Preparation<'a> = &'a (dyn Fn(&Kernels) -> Result<Prepared, KernelError> + Sync);

impl Kernels {
    /// Prepares operations of any family, and compiles their pipelines in parallel: before the first frame,
    /// so that none waits for a compiler. Gives them in the same order, or the first error.
    ///
    /// A pipeline depends on what is computed, on the dtypes, and on whether tensors start at a multiple of four
    /// elements and share a buffer. Of elementwise operations and gated units of two views it depends on nothing
    /// else, and of images on the format of the last one. So where these tensors do not exist yet, small ones of
    /// the same kind do as well: five elements take both the kernel for vectors of four and that for the rest. For
    /// rows, halves, losses, statistics and gradients of hyper-parameters give tensors of the shape that is to
    /// come, as their kernels go by that too.
    ///
    /// [`Kernels::with_pipeline_cache`] takes what the driver has compiled from the last run of the program.
    ///
    /// Alone among all methods it starts threads, as many as the machine runs at once with the caller's own and none in a
    /// browser, which end before it returns. To use threads of your own instead, prepare in those.
    ///
    /// ```no_run
    /// use wgpu_activations::{Activation, KernelError, Kernels, Prepared, TensorView};
    ///
    /// fn load(kernels: &Kernels, [x, y]: [&TensorView; 2]) -> Result<Vec<Prepared>, KernelError> {
    ///     let (gelu, silu) = (Activation::gelu(), Activation::silu());
    ///     kernels.prewarm(&[
    ///         &|kernels| kernels.forward(&gelu, x, y),
    ///         &|kernels| kernels.forward(&silu, x, y),
    ///     ])
    /// }
    /// ```
    pub fn prewarm(&self, operations: &[Preparation<'_>]) -> Result<Vec<Prepared>, KernelError> {
        let threads = thread::available_parallelism().map_or(1, Into::into);
        match threads.min(operations.len()) {
            0 | 1 => self.prepare_in_turn(operations),
            workers => self.prepare_in_parallel(operations, workers),
        }
    }

    /// WebGPU's objects belong to one thread.
    #[cfg(target_family = "wasm")]
    fn prepare_in_parallel(
        &self,
        operations: &[Preparation<'_>],
        _workers: usize,
    ) -> Result<Vec<Prepared>, KernelError> {
        self.prepare_in_turn(operations)
    }

    #[cfg(not(target_family = "wasm"))]
    fn prepare_in_parallel(
        &self,
        operations: &[Preparation<'_>],
        workers: usize,
    ) -> Result<Vec<Prepared>, KernelError> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let index = next.fetch_add(1, Ordering::Relaxed)
                && let Some(prepare) = operations.get(index)
            {
                done.push((index, prepare(self)));
            }
            done
        };
        let mut done = thread::scope(|scope| {
            // This thread works too, so that it gets done even where the system refuses every other.
            let start = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
            let others: Vec<_> = (1..workers).map_while(start).collect();
            let mut done = work();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_unstable_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, prepared)| prepared).collect()
    }

    fn prepare_in_turn(
        &self,
        operations: &[Preparation<'_>],
    ) -> Result<Vec<Prepared>, KernelError> {
        operations.iter().map(|prepare| prepare(self)).collect()
    }
}
