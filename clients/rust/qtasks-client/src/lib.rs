//! Client and worker for [QTasks](https://github.com/qtasks/qtasks), durable task queues as a gRPC service.
//!
//! - [`Client`] enqueues tasks, awaits, watches and cancels them.
//! - [`Worker`] executes them: async functions on JSON, and stock tonic servicers.
//! - [`DurableChannel`] makes calls of stock stubs durable: a method of your own service is a task.
//!
//! Everything needs a tokio runtime.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod client;
mod distrust;
mod durable;
mod duration;
mod error;
mod locked;
pub mod payload;
pub mod proto;
mod rpc_details;
mod rpc_error;
mod task_failed;
#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
pub mod tls;
mod worker;

pub use client::{
    BearerToken, Cancel, Client, ClientBuilder, Connection, Enqueue, Items, TaskChange, TaskHandle,
    TaskRequest, WatchOptions,
};
pub use durable::{DurableChannel, TaskId, metadata};
pub use error::{Error, Result};
pub use rpc_error::{FieldViolation, RpcError};
pub use task_failed::TaskFailed;
pub use worker::{
    Attempt, HandlerError, RetryLater, RunningWorker, Servicer, Snooze, TaskError, Worker, trace_panics,
};
