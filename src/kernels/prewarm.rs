//! Pipelines compiled ahead, several at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{KernelError, Kernels, Prepared};

/// What [`Kernels::prewarm`] prepares: `&|kernels| kernels.forward(&gelu, &input, &output)`.
pub type Preparation<'a> = &'a (dyn Fn(&Kernels) -> Result<Prepared, KernelError> + Sync);

impl Kernels {
    /// Prepares operations of any family, and compiles their pipelines in parallel: before the first frame,
    /// so that none waits for a compiler. Gives them in the same order, or the first error.
    ///
    /// A pipeline depends on what is computed, on the dtypes, on whether tensors start at a multiple of four
    /// elements and share a buffer, and for rows on their length, but not on how many elements there are. So
    /// where the tensors do not exist yet, small ones of the same kind do as well: five elements take both the
    /// kernel for vectors of four and that for the rest.
    ///
    /// Alone among all methods it starts threads, as many as the machine runs at once and none in a browser,
    /// which end before it returns. To use threads of your own instead, prepare in those.
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
        let workers = workers().min(operations.len());
        if workers < 2 {
            return operations.iter().map(|prepare| prepare(self)).collect();
        }
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
            let started: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let results = started.into_iter().map(|worker| match worker.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            results.flatten().collect::<Vec<_>>()
        });
        done.sort_unstable_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, prepared)| prepared).collect()
    }
}

/// How many pipelines are compiled at the same time.
fn workers() -> usize {
    if cfg!(target_family = "wasm") {
        return 1;
    }
    thread::available_parallelism().map_or(1, Into::into)
}
