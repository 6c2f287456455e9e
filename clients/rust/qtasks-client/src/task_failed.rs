//! How a task that ended without success reaches the program that awaits it.
use std::fmt;

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::payload;
use crate::proto::v1::{Failure, FailureKind, Task, TaskState};

/// The task ended FAILED, EXPIRED or CANCELED.
#[derive(Clone, Debug)]
pub struct TaskFailed {
    task: Task,
    failure: Failure,
}

impl TaskFailed {
    pub(crate) fn new(mut task: Task) -> Self {
        let failure = task.failure.take().unwrap_or_else(|| unexplained(&task));
        task.failure = Some(failure.clone());
        Self { task, failure }
    }

    /// The task as it ended.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Its id.
    pub fn task_id(&self) -> &str {
        &self.task.task_id
    }

    /// Failed, Expired or Canceled.
    pub fn state(&self) -> TaskState {
        self.task.state()
    }

    /// All that is known of why.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// What kind of end it was.
    pub fn kind(&self) -> FailureKind {
        self.failure.kind()
    }

    /// The code that the handler chose; `Unknown` where it chose none.
    pub fn code(&self) -> tonic::Code {
        match self.failure.code {
            0 => tonic::Code::Unknown,
            code => tonic::Code::from_i32(code),
        }
    }

    /// Application error type, such as `acme.mail.BadAddress`; may be empty.
    pub fn error_type(&self) -> &str {
        &self.failure.r#type
    }

    /// What the handler said.
    pub fn message(&self) -> &str {
        &self.failure.message
    }

    /// The facts that a JSON handler gave with its error; `null` where there are none.
    pub fn details<T: DeserializeOwned>(&self) -> Result<T> {
        payload::to_value(self.failure.details.as_ref())
    }

    /// The encoded google.rpc.Status of a durable call that failed, where it has details.
    pub fn status_details(&self) -> Option<&[u8]> {
        let details = self.failure.details.as_ref()?;
        if details.schema == "google.rpc.Status" { payload::data(details) } else { None }
    }
}

impl std::error::Error for TaskFailed {}

impl fmt::Display for TaskFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.task.spec.as_ref().map_or("task", |spec| spec.name.as_str());
        let state = state_word(self.state());
        write!(f, "{name} {} {state}: {}", self.task_id(), self.message())
    }
}

fn unexplained(task: &Task) -> Failure {
    let kind = match task.state() {
        TaskState::Canceled => FailureKind::Canceled,
        TaskState::Expired => FailureKind::Expired,
        _ => FailureKind::Unspecified,
    };
    let message = match task.cancel_reason.as_str() {
        "" => "no reason was given".to_owned(),
        reason => reason.to_owned(),
    };
    Failure { kind: kind.into(), message, ..Failure::default() }
}

fn state_word(state: TaskState) -> String {
    let name = state.as_str_name();
    name.strip_prefix("TASK_STATE_").unwrap_or(name).to_lowercase()
}
