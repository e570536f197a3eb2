use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs `work` so that what wgpu finds wrong becomes an error instead of a panic.
///
/// Native back ends report at once. In a browser the report comes later and goes to the device's
/// own handler: waiting for it here would block the caller.
pub(crate) fn scoped<T>(device: &wgpu::Device, work: impl FnOnce() -> T) -> Result<T, wgpu::Error> {
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
    error.map_or(Ok(value), Err)
}

/// What wgpu says, as one line.
pub(crate) fn one_line(error: &impl ToString) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
