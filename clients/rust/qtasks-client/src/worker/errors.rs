//! Errors by which handlers steer what becomes of their attempt.
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use tonic::Code;

use crate::payload;
use crate::proto::v1::Payload;

/// Whatever a handler fails with. Every error converts into it by `?`; [`TaskError`], [`RetryLater`] and [`Snooze`]
/// keep their meaning.
pub struct HandlerError {
    pub(crate) error: Box<dyn StdError + Send + Sync>,
    pub(crate) type_name: &'static str,
}

impl<E: StdError + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self { error: Box::new(error), type_name: std::any::type_name::<E>() }
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// A failure with a stable type, a code and details; the retry policy decides whether another attempt follows, unless
/// it is [`terminal`](Self::terminal).
#[derive(Debug)]
pub struct TaskError {
    pub(crate) message: String,
    pub(crate) code: Code,
    pub(crate) error_type: String,
    pub(crate) details: Option<Payload>,
    pub(crate) terminal: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TaskError {
    /// A failure with the code UNKNOWN.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: Code::Unknown,
            error_type: String::new(),
            details: None,
            terminal: false,
            source: None,
        }
    }

    /// A failure that no other attempt follows, whatever the retry policy says.
    pub fn terminal(message: impl Into<String>) -> Self {
        Self { terminal: true, ..Self::new(message) }
    }

    /// INVALID_ARGUMENT, NOT_FOUND and their like end the task without a retry.
    pub fn code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    /// Stable type, such as `acme.mail.BadAddress`; retry policies match it.
    pub fn error_type(mut self, error_type: impl Into<String>) -> Self {
        self.error_type = error_type.into();
        self
    }

    /// Facts for the caller, as JSON. What can't be JSON is left out, and said so.
    pub fn details(mut self, details: &(impl Serialize + ?Sized)) -> Self {
        let payload = payload::json(details);
        self.details = payload.or_else(|_| payload::json("the details can't be encoded as JSON")).ok();
        self
    }

    /// What led to it.
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TaskError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Fails the attempt and asks for the next one after a delay instead of the policy's backoff. It counts as an attempt.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RetryLater {
    pub(crate) delay: Duration,
    pub(crate) message: String,
}

impl RetryLater {
    /// Again after this delay.
    pub fn after(delay: Duration, message: impl Into<String>) -> Self {
        Self { delay, message: message.into() }
    }
}

/// Puts the task back for a while; no failure, and not counted as an attempt.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Snooze {
    pub(crate) delay: Duration,
    pub(crate) reason: String,
}

impl Snooze {
    /// Back to the queue for this long.
    pub fn lasting(delay: Duration, reason: impl Into<String>) -> Self {
        Self { delay, reason: reason.into() }
    }
}
