//! Repeats what may be repeated while no server answers, as when one restarts.
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Result};

const FIRST_DELAY: Duration = Duration::from_millis(100);
const MAX_DELAY: Duration = Duration::from_secs(2);
/// Calls that wait for nothing are repeated about as long as a connection takes to come back.
const SHORT_PATIENCE: Duration = Duration::from_secs(1);

/// Waits between repeats: growing, with jitter, so that clients of a restarted server don't come at once.
pub(crate) struct Backoff {
    delay: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { delay: FIRST_DELAY }
    }

    /// An answer came: the next wait is short again.
    pub(crate) fn reset(&mut self) {
        self.delay = FIRST_DELAY;
    }

    /// Waits, at least as long as the server asked for.
    pub(crate) async fn wait(&mut self, at_least: Option<Duration>) {
        let delay = self.delay.mul_f64(0.5 + fastrand::f64());
        self.delay = MAX_DELAY.min(self.delay * 2);
        sleep(delay.max(at_least.unwrap_or_default())).await;
    }
}

/// The call's answer; it is made again on UNAVAILABLE until the patience ends, unless the server is not to be
/// trusted.
pub(crate) async fn with_patience<T, F, Fut>(patience: Duration, mut call: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, tonic::Status>>,
{
    let mut backoff = Backoff::new();
    let give_up_at = Instant::now() + patience;
    loop {
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(status) => Error::from(status),
        };
        if !error.is_unavailable() || error.is_distrust() || Instant::now() >= give_up_at {
            return Err(error);
        }
        backoff.wait(error.retry_delay()).await;
    }
}

/// As [`with_patience`], for a call that is idempotent and that someone waits for: about a second.
pub(crate) async fn briefly<T, F, Fut>(patience: Duration, call: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, tonic::Status>>,
{
    with_patience(patience.min(SHORT_PATIENCE), call).await
}
