//! What is read one by one: changes, outputs, pages of tasks.
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::StreamExt;

use crate::error::Result;

/// A stream of items. Use it as a `Stream`, or by [`next`](Self::next) alone. Dropping it ends it.
#[must_use = "nothing is asked before it is read"]
pub struct Items<T>(Pin<Box<dyn Stream<Item = Result<T>> + Send>>);

impl<T> Items<T> {
    pub(crate) fn new(stream: impl Stream<Item = Result<T>> + Send + 'static) -> Self {
        Self(Box::pin(stream))
    }

    /// The next item; none at the end. Nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<T>> {
        StreamExt::next(&mut self.0).await
    }

    /// All that is left.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
