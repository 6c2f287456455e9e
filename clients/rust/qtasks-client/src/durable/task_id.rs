//! Gives each call a task id of its own.
use http::HeaderMap;
use http::header::HeaderValue;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::{Request, Status};
use uuid::Uuid;

use super::metadata::TASK_ID;

/// An interceptor that sets `qtasks-task-id` to a new UUIDv7 where none is set. A call with an id can be repeated:
/// the repeat joins the task. [`DurableChannel`](super::DurableChannel) does this too, and repeats.
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskId;

impl Interceptor for TaskId {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if !request.metadata().contains_key(TASK_ID) {
            let id = MetadataValue::try_from(new_task_id())
                .map_err(|_| Status::internal("a task id is no metadata"))?;
            request.metadata_mut().insert(TASK_ID, id);
        }
        Ok(request)
    }
}

/// Sets a task id where none is set.
pub(super) fn ensure(headers: &mut HeaderMap) {
    if headers.contains_key(TASK_ID) {
        return;
    }
    if let Ok(id) = HeaderValue::from_str(&new_task_id()) {
        headers.insert(TASK_ID, id);
    }
}

fn new_task_id() -> String {
    Uuid::now_v7().to_string()
}
