use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::KernelError;

/// Runs `work` so that what wgpu finds wrong becomes an error instead of a panic.
///
/// Native back ends report at once. In a browser the report comes later and goes to the device's
/// own handler: waiting for it here would block the caller.
pub(super) fn scoped<T>(device: &wgpu::Device, work: impl FnOnce() -> T) -> Result<T, KernelError> {
    let filters = [
        wgpu::ErrorFilter::Internal,
        wgpu::ErrorFilter::OutOfMemory,
        wgpu::ErrorFilter::Validation,
    ];
    let scopes = filters.map(|filter| device.push_error_scope(filter));
    let value = work();
    // Scopes are popped in the reverse order.
    let mut error = None;
    for scope in scopes.into_iter().rev() {
        if let Poll::Ready(Some(found)) =
            pin!(scope.pop()).poll(&mut Context::from_waker(Waker::noop()))
        {
            error.get_or_insert(found);
        }
    }
    match error {
        None => Ok(value),
        Some(wgpu::Error::OutOfMemory { .. }) => Err(KernelError::OutOfMemory),
        Some(error) => Err(KernelError::Device {
            message: error.to_string(),
        }),
    }
}
