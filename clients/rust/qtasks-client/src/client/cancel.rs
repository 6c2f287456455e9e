//! A cancel with its options.
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use super::Client;
use crate::duration::to_proto;
use crate::error::Result;
use crate::proto::v1::{CancelTaskRequest, Task};

/// A task to cancel; made by [`Client::cancel`]. Await it to cancel: the answer is the task, CANCELED where it was
/// waiting, CANCELING where it runs, unchanged where it has ended.
#[must_use = "nothing is canceled before it is awaited"]
#[derive(Clone, Debug)]
pub struct Cancel {
    pub(crate) client: Client,
    pub(crate) request: CancelTaskRequest,
}

impl Cancel {
    /// Kept with the task, for people.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.request.reason = reason.into();
        self
    }

    /// The task is CANCELED this long after, whatever its handler does; zero: at once. Default: never.
    pub fn force_after(mut self, delay: Duration) -> Self {
        self.request.force_after = Some(to_proto(delay));
        self
    }
}

impl IntoFuture for Cancel {
    type Output = Result<Task>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.client.cancel_request(self.request).await })
    }
}
