//! What can go wrong, seen from the program that calls.
use crate::rpc_error::RpcError;
use crate::task_failed::TaskFailed;

/// The result of a call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call gave no result.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The call itself could not be done: a gRPC code, a stable reason, a message.
    #[error(transparent)]
    Rpc(Box<RpcError>),
    /// The task was awaited and ended otherwise than SUCCEEDED.
    #[error(transparent)]
    TaskFailed(Box<TaskFailed>),
    /// The wait is over; the task goes on and can be awaited again.
    #[error("task {task_id} has not ended after {waited:?}; it goes on")]
    StillRunning {
        /// The task that was waited for.
        task_id: String,
        /// How long.
        waited: std::time::Duration,
    },
    /// An argument that can't be sent.
    #[error("{field}: {problem}")]
    Invalid {
        /// The argument or option.
        field: String,
        /// What is wrong, with what is expected.
        problem: String,
    },
    /// A payload that is not what it was taken for.
    #[error("payload: {0}")]
    Payload(String),
    /// The runtime that the client was made in has ended.
    #[error("the client's runtime has ended")]
    Closed,
}

impl Error {
    /// An argument or option that can't be used.
    pub(crate) fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), problem: problem.into() }
    }

    /// The error of the call, where it is one.
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            Self::Rpc(error) => Some(error),
            _ => None,
        }
    }

    /// The stable reason of an RPC error, such as `TASK_NOT_FOUND`; `STILL_RUNNING` of a wait that is over.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Rpc(error) => Some(&error.reason),
            Self::StillRunning { .. } => Some("STILL_RUNNING"),
            _ => None,
        }
    }

    /// The failure of the awaited task, where that is the error.
    pub fn task_failed(&self) -> Option<&TaskFailed> {
        match self {
            Self::TaskFailed(failed) => Some(failed),
            _ => None,
        }
    }

    /// No server answered: a repeat may succeed.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.rpc().is_some_and(|error| error.code == tonic::Code::Unavailable)
    }

    /// The server is not the one that the client trusts: no repeat changes that.
    pub(crate) fn is_distrust(&self) -> bool {
        self.rpc().is_some_and(|error| error.is_distrust)
    }

    /// How long the server asks to wait before a repeat.
    pub(crate) fn retry_delay(&self) -> Option<std::time::Duration> {
        self.rpc().and_then(|error| error.retry_delay)
    }
}

impl From<tonic::Status> for Error {
    fn from(status: tonic::Status) -> Self {
        Self::Rpc(Box::new(RpcError::from(status)))
    }
}

impl From<RpcError> for Error {
    fn from(error: RpcError) -> Self {
        Self::Rpc(Box::new(error))
    }
}
