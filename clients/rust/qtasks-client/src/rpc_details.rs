//! The messages of `google.rpc` that come with errors, as far as they are read here.
use std::collections::HashMap;

use prost::Message;
use prost_types::{Any, Duration};

use crate::rpc_error::FieldViolation;

/// google.rpc.Status
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub code: i32,
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<Any>,
}

/// google.rpc.ErrorInfo
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ErrorInfo {
    #[prost(string, tag = "1")]
    pub reason: String,
    #[prost(string, tag = "2")]
    pub domain: String,
    #[prost(map = "string, string", tag = "3")]
    pub metadata: HashMap<String, String>,
}

/// google.rpc.BadRequest
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BadRequest {
    #[prost(message, repeated, tag = "1")]
    pub field_violations: Vec<BadField>,
}

/// google.rpc.BadRequest.FieldViolation
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BadField {
    #[prost(string, tag = "1")]
    pub field: String,
    #[prost(string, tag = "2")]
    pub description: String,
}

/// google.rpc.RetryInfo
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    pub retry_delay: Option<Duration>,
}

impl ErrorInfo {
    pub(crate) fn unpack(any: &Any) -> Option<Self> {
        unpack(any, "google.rpc.ErrorInfo")
    }
}

impl BadRequest {
    pub(crate) fn unpack(any: &Any) -> Option<Self> {
        unpack(any, "google.rpc.BadRequest")
    }
}

impl RetryInfo {
    pub(crate) fn unpack(any: &Any) -> Option<Self> {
        unpack(any, "google.rpc.RetryInfo")
    }
}

impl From<BadField> for FieldViolation {
    fn from(bad: BadField) -> Self {
        Self { field: bad.field, description: bad.description }
    }
}

fn unpack<M: Message + Default>(any: &Any, name: &str) -> Option<M> {
    let found = any.type_url.rsplit('/').next()?;
    if found == name { M::decode(any.value.as_slice()).ok() } else { None }
}
