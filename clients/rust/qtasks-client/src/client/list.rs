//! Walks through what a server gives in pages: the next one is asked for when the one before was read.
use std::future::Future;

use futures_util::stream::{self, TryStreamExt, try_unfold};

use super::Client;
use super::connection::within;
use super::patience::briefly;
use super::stream::Items;
use crate::error::Result;
use crate::proto::v1::{
    ListTaskEventsRequest, ListTaskEventsResponse, ListTasksRequest, ListTasksResponse, Task, TaskEvent,
    TaskFilter,
};

const EVENTS_OF_A_PAGE: i32 = 1_000;

impl Client {
    /// Every match, newest first, in the BASIC view.
    pub fn list(&self, filter: TaskFilter) -> Items<Task> {
        let request = ListTasksRequest { filter: Some(filter), ..ListTasksRequest::default() };
        let client = self.clone();
        pages(request, move |request| tasks_page(client.clone(), request))
    }

    /// One page of matches, newest first. Reason `PAGE_TOKEN_INVALID` for a token of another list.
    pub async fn list_page(&self, request: ListTasksRequest) -> Result<ListTasksResponse> {
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.list_tasks(within(self.timeout, request)).await }
        });
        Ok(answer.await?.into_inner())
    }

    /// Outputs and logs that are kept for a task after this sequence, oldest first; 0: all.
    pub fn events(&self, task_id: &str, after_sequence: i64) -> Items<TaskEvent> {
        let task_id = task_id.to_owned();
        let request = ListTaskEventsRequest { task_id, after_sequence, page_size: EVENTS_OF_A_PAGE };
        let client = self.clone();
        pages(request, move |request| events_page(client.clone(), request))
    }

    async fn list_events(&self, request: ListTaskEventsRequest) -> Result<ListTaskEventsResponse> {
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.list_task_events(within(self.timeout, request)).await }
        });
        Ok(answer.await?.into_inner())
    }
}

/// The items of a page, and the request for the next one.
type Page<T, R> = Result<(Vec<T>, Option<R>)>;

async fn tasks_page(client: Client, mut request: ListTasksRequest) -> Page<Task, ListTasksRequest> {
    let page = client.list_page(request.clone()).await?;
    request.page_token = page.next_page_token;
    let next = (!request.page_token.is_empty()).then_some(request);
    Ok((page.tasks, next))
}

async fn events_page(
    client: Client,
    mut request: ListTaskEventsRequest,
) -> Page<TaskEvent, ListTaskEventsRequest> {
    let page = client.list_events(request.clone()).await?;
    request.after_sequence = page.events.last().map_or(0, |event| event.sequence);
    let next = (page.more && !page.events.is_empty()).then_some(request);
    Ok((page.events, next))
}

fn pages<T, R, F, Fut>(first: R, page: F) -> Items<T>
where
    T: Send + 'static,
    R: Send + 'static,
    F: Fn(R) -> Fut + Send + 'static,
    Fut: Future<Output = Page<T, R>> + Send + 'static,
{
    let pages = try_unfold(Some(first), move |next| {
        let asked = next.map(&page);
        async move {
            let Some(asked) = asked else { return Ok(None) };
            let (items, next) = asked.await?;
            Ok::<_, crate::Error>(Some((stream::iter(items.into_iter().map(Ok)), next)))
        }
    });
    Items::new(pages.try_flatten())
}
