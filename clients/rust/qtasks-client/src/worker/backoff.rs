//! Calls of a worker that are repeated until the server has answered.
use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};

use crate::error::{Error, Result};

const FIRST: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(5);

/// The pause before a repeat: doubling from 100 ms to 5 s, half of it random, so that workers don't come back in step.
pub(crate) fn pause(failures: u32) -> Duration {
    let whole = MAX.min(FIRST * 2_u32.pow(failures.saturating_sub(1).min(10)));
    whole.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// Repeats a call that may be repeated until it is answered, refused, or `closed`.
pub(crate) async fn until_answered<T, F, Fut>(closed: &CancellationToken, what: &str, call: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Response<T>, Status>>,
{
    until(closed, what, is_final, call).await
}

/// As [`until_answered`], with another view of what ends it.
pub(crate) async fn until<T, F, Fut>(
    closed: &CancellationToken,
    what: &str,
    is_final: fn(&Error) -> bool,
    mut call: F,
) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Response<T>, Status>>,
{
    for failures in 1_u32.. {
        let error = tokio::select! {
            () = closed.cancelled() => return Err(Error::Closed),
            answer = call() => match answer {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => Error::from(status),
            },
        };
        if is_final(&error) {
            return Err(error);
        }
        tell(what, failures, &error);
        tokio::select! {
            () = closed.cancelled() => return Err(Error::Closed),
            () = tokio::time::sleep(error.retry_delay().unwrap_or_else(|| pause(failures))) => {}
        }
    }
    Err(Error::Closed)
}

/// A repeat of the same call would end the same way.
pub(crate) fn is_final(error: &Error) -> bool {
    error.rpc().is_none_or(|error| error.is_refusal() || error.reason == "SESSION_NOT_FOUND")
}

/// Once as a warning, then for those who look closer.
pub(crate) fn tell(what: &str, failures: u32, error: &Error) {
    if failures == 1 {
        tracing::warn!(%error, "could not {what}; trying again");
    } else {
        tracing::debug!(%error, failures, "could not {what}; trying again");
    }
}
