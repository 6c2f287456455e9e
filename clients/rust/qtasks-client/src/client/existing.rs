//! The calls about tasks that exist.
use std::time::Duration;

use super::cancel::Cancel;
use super::connection::{system, within};
use super::patience::{briefly, with_patience};
use super::{Client, no_task};
use crate::duration::to_proto;
use crate::error::Result;
use crate::proto::v1::reschedule_task_request::Start;
use crate::proto::v1::{
    ApplyTaskDefinitionsRequest, CancelTaskRequest, CountTasksRequest, CountTasksResponse, DeleteTaskRequest,
    GetTaskRequest, RescheduleTaskRequest, RetryTaskRequest, Task, TaskFilter, TaskView,
};

impl Client {
    /// The task, in full. Reason `TASK_NOT_FOUND` where there is none.
    pub async fn get(&self, task_id: &str) -> Result<Task> {
        let request = GetTaskRequest { task_id: task_id.to_owned(), view: TaskView::Full.into() };
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.get_task(within(self.timeout, request)).await }
        });
        answer.await?.into_inner().task.ok_or_else(no_task)
    }

    /// How many match, in all and by state.
    pub async fn count(&self, filter: TaskFilter) -> Result<CountTasksResponse> {
        let request = CountTasksRequest { filter: Some(filter) };
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.count_tasks(within(self.timeout, request)).await }
        });
        Ok(answer.await?.into_inner())
    }

    /// Asks a task to end. A waiting one is CANCELED; of a running one the handler decides.
    pub fn cancel(&self, task_id: &str) -> Cancel {
        let request = CancelTaskRequest { task_id: task_id.to_owned(), ..CancelTaskRequest::default() };
        Cancel { client: self.clone(), request }
    }

    pub(crate) async fn cancel_request(&self, request: CancelTaskRequest) -> Result<Task> {
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.cancel_task(within(self.timeout, request)).await }
        });
        answer.await?.into_inner().task.ok_or_else(no_task)
    }

    /// Runs an ended task again, with fresh attempts. Reason `TASK_NOT_TERMINAL` before its end. Not repeated when
    /// the connection breaks: a second call may come after the task has run again.
    pub async fn retry(&self, task_id: &str) -> Result<Task> {
        let request = RetryTaskRequest { task_id: task_id.to_owned(), expected_revision: None };
        let answer = self.tasks.clone().retry_task(within(self.timeout, request)).await?;
        answer.into_inner().task.ok_or_else(no_task)
    }

    /// Moves a waiting task to this long from now, by the server's clock. Reason `TASK_ALREADY_STARTED` where it no
    /// longer waits.
    pub async fn reschedule(&self, task_id: &str, delay: Duration) -> Result<Task> {
        let start = Some(Start::Delay(to_proto(delay)));
        self.reschedule_request(task_id, start, None).await
    }

    /// Changes the priority of a waiting task, -1000 to 1000. Reason `TASK_ALREADY_STARTED` where it no longer waits.
    pub async fn reprioritize(&self, task_id: &str, priority: i32) -> Result<Task> {
        self.reschedule_request(task_id, None, Some(priority)).await
    }

    async fn reschedule_request(
        &self,
        task_id: &str,
        start: Option<Start>,
        priority: Option<i32>,
    ) -> Result<Task> {
        let task_id = task_id.to_owned();
        let request = RescheduleTaskRequest { task_id, start, priority, expected_revision: None };
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.reschedule_task(within(self.timeout, request)).await }
        });
        answer.await?.into_inner().task.ok_or_else(no_task)
    }

    /// Deletes an ended task with its events. Reason `TASK_NOT_TERMINAL` before its end; one that is gone is no error.
    pub async fn delete(&self, task_id: &str) -> Result<()> {
        let request = DeleteTaskRequest { task_id: task_id.to_owned() };
        let answer = briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.delete_task(within(self.timeout, request)).await }
        });
        answer.await.map(|_| ())
    }

    /// Makes tasks known before any of their workers is up.
    pub(crate) async fn apply_definitions(&self, request: ApplyTaskDefinitionsRequest) -> Result<()> {
        let system = system(&self.connection);
        let answer = with_patience(self.patience, || {
            let (mut system, request) = (system.clone(), request.clone());
            async move { system.apply_task_definitions(within(self.timeout, request)).await }
        });
        answer.await.map(|_| ())
    }
}
