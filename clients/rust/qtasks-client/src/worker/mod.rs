//! What a program imports to execute tasks.
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tonic::server::NamedService;
use uuid::Uuid;

use crate::client::Client;
use crate::error::{Error, Result};
use crate::proto::v1::{ApplyTaskDefinitionsRequest, RegisterWorkerRequest, TaskDefinition, TaskOptions};

mod attempt;
mod backoff;
mod core;
mod descriptors;
mod errors;
mod event_buffer;
mod executor;
mod failure;
mod handlers;
mod heart;
mod held;
mod host;
mod lease;
mod method;
mod outcome;
mod panic;
mod poller;
mod raw_codec;
mod recorder;
mod reporter;
mod runner;
mod running;
mod schema;
mod servicer;
mod session;
mod stop_signal;

pub use attempt::Attempt;
pub use errors::{HandlerError, RetryLater, Snooze, TaskError};
pub use panic::trace_panics;
pub use running::RunningWorker;
pub use servicer::Servicer;

use self::core::Core;
use descriptors::Descriptors;
use executor::JsonHandler;
use handlers::{Handlers, definition};
use schema::Schema;
use session::Session;
use stop_signal::StopSignal;

const MAX_SLOTS: usize = 10_000;

/// A worker that is being put together: handlers and servicers under the names of their tasks, and options. What is
/// wrong with any of them comes out at [`start`](Self::start).
#[must_use = "a worker takes no tasks before it is started"]
pub struct Worker {
    client: Client,
    handlers: Handlers,
    descriptors: Vec<Bytes>,
    slots: usize,
    queues: Vec<String>,
    labels: HashMap<String, String>,
    worker_id: String,
    build_id: String,
    grace: Duration,
}

impl Worker {
    /// A worker on the client's connection.
    pub fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            handlers: Handlers::default(),
            descriptors: Vec::new(),
            slots: 100,
            queues: Vec::new(),
            labels: HashMap::new(),
            worker_id: host::worker_id(),
            build_id: String::new(),
            grace: Duration::from_secs(25),
        }
    }

    /// A handler on JSON: an async function of the input, which is read by serde, and of its [`Attempt`]. What it
    /// gives, written by serde, is the task's result; what it fails with fails the attempt.
    ///
    /// It runs on the runtime's threads: computing for long belongs into `tokio::task::spawn_blocking`. A cancel, a
    /// timeout or a lost lease drops it at its next await; see [`Attempt::canceled`].
    pub fn task<In, Out, F, Fut>(self, name: &str, handler: F) -> Self
    where
        F: Fn(In, Attempt) -> Fut + Send + Sync + 'static,
        In: DeserializeOwned + 'static,
        Out: Serialize + 'static,
        Fut: Future<Output = Result<Out, HandlerError>> + Send + 'static,
    {
        self.task_with(name, TaskOptions::default(), handler)
    }

    /// As [`task`](Self::task), with options for all tasks of this name; what an enqueue sets wins.
    pub fn task_with<In, Out, F, Fut>(mut self, name: &str, options: TaskOptions, handler: F) -> Self
    where
        F: Fn(In, Attempt) -> Fut + Send + Sync + 'static,
        In: DeserializeOwned + 'static,
        Out: Serialize + 'static,
        Fut: Future<Output = Result<Out, HandlerError>> + Send + 'static,
    {
        let definition = definition(name, options, false);
        self.handlers.add(definition, Arc::new(JsonHandler::new(handler, false)));
        self
    }

    /// A handler that streams: what it sends by [`Attempt::output`] are the task's outputs; there is no result.
    pub fn streaming<In, F, Fut>(mut self, name: &str, handler: F) -> Self
    where
        F: Fn(In, Attempt) -> Fut + Send + Sync + 'static,
        In: DeserializeOwned + 'static,
        Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        let definition = definition(name, TaskOptions::default(), true);
        self.handlers.add(definition, Arc::new(JsonHandler::new(handler, true)));
        self
    }

    /// A stock servicer: its unary and server-streaming methods are tasks named `pkg.Service/Method`. The set is the
    /// one that the generated code has, such as `FILE_DESCRIPTOR_SET`, with imports or without.
    ///
    /// Its handlers see the attempt in the request's metadata (`qtasks-task-id`, `qtasks-attempt`,
    /// `qtasks-fencing-token`, and `grpc-timeout` where the attempt has one), and as an [`Attempt`] in its extensions.
    /// A cancel drops their future.
    pub fn service<S: Servicer + NamedService>(mut self, file_descriptor_set: &[u8], servicer: S) -> Self {
        self.descriptors.push(Bytes::copy_from_slice(file_descriptor_set));
        self.handlers.add_service(servicer);
        self
    }

    /// Further files that those of the services import, where their sets come without imports.
    pub fn descriptors(mut self, file_descriptor_set: &[u8]) -> Self {
        self.descriptors.push(Bytes::copy_from_slice(file_descriptor_set));
        self
    }

    /// Attempts that it runs at once, 1 to 10,000. Default 100.
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = slots;
        self
    }

    /// Queues that it takes from. Default: those of its definitions.
    pub fn queues<Q: Into<String>>(mut self, queues: impl IntoIterator<Item = Q>) -> Self {
        self.queues = queues.into_iter().map(Into::into).collect();
        self
    }

    /// A label, for people.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Its name, for people. Default: host, pid, and something random.
    pub fn worker_id(mut self, worker_id: impl Into<String>) -> Self {
        self.worker_id = worker_id.into();
        self
    }

    /// The version of the worker's code, for people.
    pub fn build_id(mut self, build_id: impl Into<String>) -> Self {
        self.build_id = build_id.into();
        self
    }

    /// How long [`RunningWorker::stop`] lets handlers finish. Default 25 s.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Registers and takes tasks. While the server is away it goes on trying. [`Error::Invalid`] for what is wrong
    /// with the handlers and options, [`Error::Rpc`] when the server refuses them, or is one that is not trusted.
    pub async fn start(mut self) -> Result<RunningWorker> {
        if !(1..=MAX_SLOTS).contains(&self.slots) {
            let problem = format!("expected 1 to {MAX_SLOTS}, not {}", self.slots);
            return Err(Error::invalid("slots", problem));
        }
        let schema = self.add_services()?;
        let (reports, reported) = mpsc::unbounded_channel();
        let handlers = std::mem::take(&mut self.handlers);
        let registration = self.registration(handlers.definitions, schema.as_ref());
        let session = Session::new(&self.client.connection(), registration, schema);
        let core = Arc::new(Core::new(session, handlers.by_name, self.slots, reports));
        core.session.open().await?;
        Ok(RunningWorker::start(core, reported, self.grace))
    }

    /// Applies its definitions without taking tasks, as a step of a deployment: from then on they can be enqueued,
    /// and wait for a worker.
    pub async fn apply(mut self) -> Result<()> {
        let schema = self.add_services()?;
        let request = ApplyTaskDefinitionsRequest {
            definitions: self.handlers.definitions,
            file_descriptor_set: schema.map(|schema| schema.file_descriptor_set).unwrap_or_default(),
        };
        self.client.apply_definitions(request).await
    }

    /// Starts, and runs until SIGTERM or SIGINT comes or an operator drains it; then stops.
    pub async fn run(self) -> Result<()> {
        self.run_with(|_| ()).await
    }

    /// As [`run`](Self::run); `ready` is called once the worker is registered.
    pub async fn run_with(self, ready: impl FnOnce(&RunningWorker)) -> Result<()> {
        let mut signal = StopSignal::listen()?;
        let running = tokio::select! {
            running = self.start() => running?,
            () = signal.wait() => return Ok(()),
        };
        ready(&running);
        tokio::select! {
            () = signal.wait() => {}
            () = running.drain_requested() => {}
        }
        running.stop().await;
        Ok(())
    }

    fn add_services(&mut self) -> Result<Option<Schema>> {
        let mut descriptors = Descriptors::default();
        for set in &self.descriptors {
            descriptors.add(set)?;
        }
        descriptors.complete()?;
        self.handlers.complete(&descriptors)
    }

    fn registration(
        &mut self,
        definitions: Vec<TaskDefinition>,
        schema: Option<&Schema>,
    ) -> RegisterWorkerRequest {
        RegisterWorkerRequest {
            session_id: Uuid::new_v4().to_string(),
            worker_id: std::mem::take(&mut self.worker_id),
            definitions,
            queues: std::mem::take(&mut self.queues),
            slots: i32::try_from(self.slots).unwrap_or(i32::MAX),
            labels: std::mem::take(&mut self.labels),
            runtime: Some(host::runtime()),
            build_id: std::mem::take(&mut self.build_id),
            schema_digest: schema.map(|schema| schema.digest.clone()).unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.handlers.definitions.iter().map(|d| d.name.as_str()).collect();
        f.debug_struct("Worker").field("tasks", &names).finish_non_exhaustive()
    }
}
