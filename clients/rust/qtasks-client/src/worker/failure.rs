//! Whatever an attempt fails with, as a Failure.
use std::error::Error as StdError;

use bytes::Bytes;
use tonic::{Code, Status};

use super::errors::{HandlerError, RetryLater, TaskError};
use crate::duration::to_proto;
use crate::payload::raw_protobuf;
use crate::proto::v1::{Failure, FailureKind};

const MAX_CAUSES: usize = 5;
const MAX_MESSAGE_BYTES: usize = 8 << 10;
const MAX_STACK_BYTES: usize = 16 << 10;
const MAX_TYPE_BYTES: usize = 255;

/// The runtime, such as `rust/1.95.0`.
const SOURCE: &str = concat!("rust/", env!("QTASKS_RUSTC_VERSION"));

/// A failure that the worker itself decided on; no other attempt follows.
pub(crate) fn worker_failure(error_type: &str, message: &str, kind: FailureKind) -> Failure {
    let non_retryable = kind != FailureKind::AttemptTimeout;
    let r#type = error_type.to_owned();
    Failure { r#type, non_retryable, ..described(kind, message) }
}

/// The failure of a handler that gave an error.
pub(crate) fn of_error(error: &HandlerError) -> Failure {
    let mut failure = described(FailureKind::Application, &error.error.to_string());
    failure.r#type = clip(error.type_name, MAX_TYPE_BYTES);
    failure.cause = cause_of(error.error.as_ref(), 0);
    if let Some(error) = error.error.downcast_ref::<TaskError>() {
        add_task_error(&mut failure, error);
    }
    if let Some(later) = error.error.downcast_ref::<RetryLater>() {
        failure.retry_delay = Some(to_proto(later.delay));
    }
    failure
}

/// The failure of a servicer that ended with a status.
pub(crate) fn of_status(status: &Status) -> Failure {
    let mut failure = described(FailureKind::Application, status.message());
    failure.code = status.code() as i32;
    failure.r#type = format!("grpc.{}", code_name(status.code()));
    if !status.details().is_empty() {
        let details = Bytes::copy_from_slice(status.details());
        failure.details = Some(raw_protobuf(details, "google.rpc.Status"));
    }
    failure
}

/// The failure of a handler that panicked.
pub(crate) fn of_panic(message: &str, stack_trace: &str) -> Failure {
    Failure {
        code: Code::Unknown as i32,
        r#type: "rust.Panic".to_owned(),
        stack_trace: clip(stack_trace, MAX_STACK_BYTES),
        ..described(FailureKind::Application, message)
    }
}

/// The input is not what the handler takes.
pub(crate) fn rejected(error_type: &str, message: &str) -> Failure {
    worker_failure(error_type, message, FailureKind::Rejected)
}

fn described(kind: FailureKind, message: &str) -> Failure {
    Failure {
        kind: kind.into(),
        message: clip(message, MAX_MESSAGE_BYTES),
        source: SOURCE.to_owned(),
        ..Failure::default()
    }
}

fn add_task_error(failure: &mut Failure, error: &TaskError) {
    failure.code = error.code as i32;
    failure.details.clone_from(&error.details);
    failure.non_retryable = error.terminal;
    if !error.error_type.is_empty() {
        failure.r#type = clip(&error.error_type, MAX_TYPE_BYTES);
    }
}

fn cause_of(error: &dyn StdError, depth: usize) -> Option<Box<Failure>> {
    let source = error.source().filter(|_| depth < MAX_CAUSES)?;
    let mut failure = described(FailureKind::Application, &source.to_string());
    failure.cause = cause_of(source, depth + 1);
    Some(Box::new(failure))
}

/// At most so many bytes, cut at a character.
pub(crate) fn clip(text: &str, max_bytes: usize) -> String {
    let fits = (0..=max_bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text[..fits.unwrap_or(0)].to_owned()
}

/// As in `google.rpc.Code`.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character() {
        assert_eq!(clip("hällo", 5), "häll");
        assert_eq!(clip("hällo", 2), "h");
        assert_eq!(clip("hällo", 100), "hällo");
        assert_eq!(clip("", 0), "");
    }
}
