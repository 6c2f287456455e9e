//! A gRPC status with the details that a QTasks server sends.
use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use prost::Message;
use tonic::{Code, Status, TimeoutExpired};

use crate::distrust::is_distrust;
use crate::duration::to_std;
use crate::proto::v1::ItemError;
use crate::rpc_details::{BadRequest, ErrorInfo, RetryInfo, RpcStatus};

/// The call itself could not be done. `reason` is for programs: stable, one of the list in the project's docs.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}: {message}")]
#[non_exhaustive]
pub struct RpcError {
    /// The gRPC code.
    pub code: Code,
    /// Such as `TASK_NOT_FOUND`; `SERVER_UNREACHABLE` where no server answered.
    pub reason: String,
    /// For people; not stable.
    pub message: String,
    /// Each field of the request that is wrong, with what is expected.
    pub fields: Vec<FieldViolation>,
    /// Facts such as `task_id`.
    pub metadata: HashMap<String, String>,
    /// How long to wait before a repeat, where the server says.
    pub retry_delay: Option<Duration>,
    /// The server is not the one that the client trusts.
    pub(crate) is_distrust: bool,
}

/// A field that the server refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Its path in the request.
    pub field: String,
    /// What is expected.
    pub description: String,
}

impl RpcError {
    fn new(code: Code, message: String) -> Self {
        let reason = reason_of(code).to_owned();
        let (fields, metadata) = (Vec::new(), HashMap::new());
        Self { code, reason, message, fields, metadata, retry_delay: None, is_distrust: false }
    }

    /// The error that one item of a batch carries.
    pub(crate) fn of_item(item: ItemError, task_id: &str) -> Self {
        let mut error = Self::new(Code::from_i32(item.code), item.message);
        if !item.reason.is_empty() {
            error.reason = item.reason;
        }
        if !task_id.is_empty() {
            error.metadata.insert("task_id".to_owned(), task_id.to_owned());
        }
        error
    }

    /// The server will never accept this request, however often it is repeated.
    pub(crate) fn is_refusal(&self) -> bool {
        match self.code {
            Code::InvalidArgument
            | Code::FailedPrecondition
            | Code::AlreadyExists
            | Code::Unimplemented
            | Code::Unauthenticated
            | Code::PermissionDenied => true,
            Code::ResourceExhausted => self.reason != "RATE_LIMITED" && self.reason != "QUEUE_FULL",
            _ => false,
        }
    }

    fn add_details(&mut self, details: &[u8]) {
        // Another server's details may be anything; the status itself still says what happened.
        let Ok(status) = RpcStatus::decode(details) else { return };
        for any in &status.details {
            if let Some(info) = ErrorInfo::unpack(any) {
                self.reason = info.reason;
                self.metadata = info.metadata;
            } else if let Some(request) = BadRequest::unpack(any) {
                self.fields = request.field_violations.into_iter().map(Into::into).collect();
            } else if let Some(info) = RetryInfo::unpack(any) {
                self.retry_delay = info.retry_delay.map(to_std);
            }
        }
    }
}

impl From<Status> for RpcError {
    fn from(status: Status) -> Self {
        let mut error = Self::new(code_of(&status), message_of(&status));
        if let Some(reason) = status.metadata().get("qtasks-reason").and_then(|v| v.to_str().ok()) {
            error.reason = reason.to_owned();
        }
        error.add_details(status.details());
        error.is_distrust = is_distrust(&status);
        error
    }
}

/// What a status without a reason is taken for: gRPC itself, a proxy or a newer server made it.
fn reason_of(code: Code) -> &'static str {
    match code {
        Code::Cancelled => "CALL_CANCELED",
        Code::InvalidArgument => "MESSAGE_MALFORMED",
        Code::DeadlineExceeded => "STILL_RUNNING",
        Code::ResourceExhausted => "PAYLOAD_TOO_LARGE",
        Code::Unimplemented => "METHOD_NOT_FOUND",
        Code::Unavailable => "SERVER_UNREACHABLE",
        Code::Unauthenticated => "TOKEN_INVALID",
        Code::PermissionDenied => "SCOPE_MISSING",
        _ => "INTERNAL",
    }
}

/// A status that was made here, from an error of the transport, has a source: the code that tonic gives it differs
/// with how the connection broke, what it means does not.
fn code_of(status: &Status) -> Code {
    match status.source() {
        None => status.code(),
        Some(_) if is_timeout(status) => Code::DeadlineExceeded,
        Some(_) => Code::Unavailable,
    }
}

fn is_timeout(status: &Status) -> bool {
    causes(status).any(|cause| cause.is::<TimeoutExpired>())
}

fn message_of(status: &Status) -> String {
    if status.source().is_none() {
        return status.message().to_owned();
    }
    let causes: Vec<String> = causes(status).map(ToString::to_string).collect();
    format!("no QTasks server answers ({})", causes.join(": "))
}

fn causes(status: &Status) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(status.source(), |cause: &&(dyn std::error::Error + 'static)| (*cause).source())
}
