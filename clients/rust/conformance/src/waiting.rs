//! Waits for what a task does, by watching it.
use qtasks_client::proto::v1::TaskState;
use qtasks_client::{TaskChange, TaskHandle, WatchOptions};

use crate::Outcome;

/// Ready once the task runs.
pub async fn until_running(handle: &TaskHandle) -> Outcome<()> {
    let mut changes = handle.watch(WatchOptions::default());
    while let Some(change) = changes.next().await {
        let TaskChange::Task(task) = change? else { continue };
        match task.state() {
            TaskState::Running => return Ok(()),
            TaskState::Scheduled | TaskState::Pending | TaskState::Retrying => {}
            state => return Err(format!("expected a task that runs, found {}", state.as_str_name()).into()),
        }
    }
    Err("the watch ended before the task ran".into())
}
