//! What a program imports to enqueue, await, watch and cancel tasks.
use std::sync::Arc;
use std::time::Duration;

use prost::{Message, Name};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::durable::DurableChannel;
use crate::error::{Error, Result};
use crate::payload;
use crate::proto::v1::{AwaitTaskRequest, EnqueueTaskRequest, Payload, Task};

mod awaiter;
mod builder;
mod cancel;
pub(crate) mod connection;
mod enqueue;
mod enqueuer;
mod existing;
mod handle;
mod list;
mod lone_run;
mod patience;
mod stream;
mod waits;
mod watch;

pub use builder::ClientBuilder;
pub use cancel::Cancel;
pub use connection::{BearerToken, Connection};
pub use enqueue::{Enqueue, TaskRequest};
pub use handle::TaskHandle;
pub use stream::Items;
pub use watch::{TaskChange, WatchOptions};

use awaiter::Awaiter;
use connection::{Tasks, within};
use enqueuer::Enqueuer;
use handle::result_of;
use lone_run::LoneRunner;

/// A client on a server. Clones share one connection; concurrent enqueues and awaits are gathered into batches.
///
/// Calls are repeated while the server is away, for the patience of [`ClientBuilder::patience`].
#[derive(Clone, Debug)]
pub struct Client {
    connection: Connection,
    tasks: Tasks,
    timeout: Duration,
    patience: Duration,
    enqueuer: Enqueuer,
    awaiter: Awaiter,
    lone_runner: Arc<LoneRunner>,
}

impl Client {
    /// A client with options.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client on a server at `HOST:PORT`, without TLS or token; see [`ClientBuilder::connect`].
    pub fn connect(address: impl Into<String>) -> Result<Self> {
        Self::builder().address(address).connect()
    }

    pub(crate) fn new(connection: Connection, timeout: Duration, patience: Duration) -> Self {
        let tasks = connection::tasks(&connection);
        Self {
            enqueuer: Enqueuer::new(tasks.clone(), timeout, patience),
            awaiter: Awaiter::new(tasks.clone(), patience),
            lone_runner: Arc::default(),
            connection,
            tasks,
            timeout,
            patience,
        }
    }

    /// A task with a JSON input: any value that serde can write. Set options on it and await it.
    pub fn enqueue<T: Serialize + ?Sized>(&self, name: &str, input: &T) -> Enqueue {
        let item = payload::json(input).map(|payload| TaskRequest::of(name, payload));
        Enqueue { client: self.clone(), item }
    }

    /// A typed task: a method, such as `acme.mail.v1.MailTasks/SendEmail`, and its request.
    pub fn enqueue_message<M: Message + Name>(&self, method: &str, request: &M) -> Enqueue {
        self.enqueue_payload(method, payload::protobuf(request))
    }

    /// A task with a payload as it is.
    pub fn enqueue_payload(&self, name: &str, payload: Payload) -> Enqueue {
        Enqueue { client: self.clone(), item: Ok(TaskRequest::of(name, payload)) }
    }

    /// Enqueues many, in batches of up to 1000; each has a handle or an error of its own, in order.
    pub async fn enqueue_many(&self, requests: Vec<TaskRequest>) -> Vec<Result<TaskHandle>> {
        let requests = requests.into_iter().map(|request| request.0).collect();
        let verdicts = self.enqueuer.add_all(requests).await.into_iter();
        let handle =
            |enqueued: enqueuer::Enqueued| TaskHandle::new(self.clone(), enqueued.task_id, enqueued.created);
        verdicts.map(|verdict| verdict.map(handle)).collect()
    }

    /// Enqueues a task and waits for its result; see [`Enqueue::run`].
    pub async fn run<T: DeserializeOwned>(&self, name: &str, input: &(impl Serialize + ?Sized)) -> Result<T> {
        self.enqueue(name, input).run().await
    }

    /// The results of many tasks, each for itself, in order. [`Error::StillRunning`] for those that have not ended
    /// within the timeout; none: no limit.
    pub async fn gather<T: DeserializeOwned>(
        &self,
        handles: &[TaskHandle],
        timeout: Option<Duration>,
    ) -> Vec<Result<T>> {
        let waits = handles.iter().map(|handle| handle.result_payload(timeout));
        let payloads = futures_util::future::join_all(waits).await;
        payloads.into_iter().map(|payload| payload::to_value(payload?.as_ref())).collect()
    }

    /// A handle to a task that exists, or may; nothing is asked.
    pub fn handle(&self, task_id: impl Into<String>) -> TaskHandle {
        TaskHandle::new(self.clone(), task_id.into(), false)
    }

    /// The task once it has ended, with its result. [`Error::StillRunning`] after the timeout; zero asks once, none
    /// waits without a limit. The task goes on in any case.
    pub async fn wait(&self, task_id: &str, timeout: Option<Duration>) -> Result<Task> {
        match timeout {
            Some(Duration::ZERO) => self.ask_once(task_id).await,
            _ => self.awaiter.wait(task_id, timeout).await,
        }
    }

    /// The task as it is, then each change until it has ended; goes on over lost connections.
    pub fn watch(&self, task_id: &str, options: WatchOptions) -> Items<TaskChange> {
        watch::watch(self.tasks.clone(), task_id.to_owned(), options, self.patience)
    }

    /// The connection, for stock stubs of the services in [`crate::proto`].
    pub fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// A channel for stock stubs of your own services, whose calls are then durable; see [`DurableChannel`].
    pub fn durable(&self) -> DurableChannel<Connection> {
        DurableChannel::new(self.connection.clone()).patience(self.patience)
    }

    pub(crate) async fn enqueue_request(&self, request: EnqueueTaskRequest) -> Result<TaskHandle> {
        let enqueued = self.enqueuer.add(request).await?;
        Ok(TaskHandle::new(self.clone(), enqueued.task_id, enqueued.created))
    }

    pub(crate) async fn run_request(
        &self,
        request: EnqueueTaskRequest,
        timeout: Option<Duration>,
    ) -> Result<Option<Payload>> {
        let until = timeout.map(|timeout| tokio::time::Instant::now() + timeout);
        let handle = match self.lone_runner.turn() {
            None => self.enqueue_request(request).await?,
            Some(turn) => {
                let ran = turn.run(&self.tasks, request, timeout, self.patience).await?;
                let task = ran.task.ok_or_else(no_task)?;
                if ran.done {
                    return result_of(task);
                }
                TaskHandle::new(self.clone(), task.task_id, ran.created)
            }
        };
        let left = until.map(|until| until.saturating_duration_since(tokio::time::Instant::now()));
        handle.result_payload(left).await
    }

    async fn ask_once(&self, task_id: &str) -> Result<Task> {
        let request = AwaitTaskRequest { task_id: task_id.to_owned(), ..AwaitTaskRequest::default() };
        let answer = patience::briefly(self.patience, || {
            let (mut tasks, request) = (self.tasks.clone(), request.clone());
            async move { tasks.await_task(within(self.timeout, request)).await }
        });
        let answer = answer.await?.into_inner();
        if !answer.done {
            return Err(Error::StillRunning { task_id: task_id.to_owned(), waited: Duration::ZERO });
        }
        answer.task.ok_or_else(no_task)
    }
}

pub(crate) fn no_task() -> Error {
    tonic::Status::internal("the server's answer has no task").into()
}
