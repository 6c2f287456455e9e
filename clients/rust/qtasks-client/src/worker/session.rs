//! A worker's registration, and the calls that are made in its name.
use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};

use super::backoff::{is_final, until, until_answered};
use super::schema::Schema;
use crate::client::connection::{Connection, System, Workers, system, within, workers};
use crate::duration::{to_proto, to_std};
use crate::error::{Error, Result};
use crate::locked::locked;
use crate::proto::v1::{
    ApplyTaskDefinitionsRequest, AttemptEvents, HeartbeatRequest, HeartbeatResponse, LeaseRenewal, Outcome,
    PollTasksRequest, PollTasksResponse, RecordEventsRequest, RecordEventsResponse, RegisterWorkerRequest,
    RegisterWorkerResponse, ReportOutcomesRequest, ReportOutcomesResponse, UnregisterWorkerRequest,
};

/// What one call may take; a call without an answer by then is repeated.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How much longer than its wait a poll may take, so that the server answers before the deadline.
const POLL_MARGIN: Duration = Duration::from_secs(10);

/// What the server wants of its workers.
#[derive(Clone, Copy, Debug)]
struct Intervals {
    heartbeat: Duration,
    max_wait: Duration,
}

/// The session of one start of a worker.
#[derive(Debug)]
pub(crate) struct Session {
    workers: Workers,
    system: System,
    registration: RegisterWorkerRequest,
    schema: Option<Schema>,
    intervals: Mutex<Intervals>,
    /// Held while a registration is under way.
    registering: tokio::sync::Mutex<()>,
    /// Ends every call of the session.
    pub(crate) closed: CancellationToken,
}

impl Session {
    pub(crate) fn new(
        connection: &Connection,
        registration: RegisterWorkerRequest,
        schema: Option<Schema>,
    ) -> Self {
        let intervals = Intervals { heartbeat: Duration::from_secs(5), max_wait: Duration::from_secs(30) };
        Self {
            workers: workers(connection),
            system: system(connection),
            registration,
            schema,
            intervals: Mutex::new(intervals),
            registering: tokio::sync::Mutex::default(),
            closed: CancellationToken::new(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.registration.session_id
    }

    /// Time between heartbeats, as the server wants it.
    pub(crate) fn heartbeat_interval(&self) -> Duration {
        locked(&self.intervals).heartbeat
    }

    /// Opens the session. Where the server is not to be trusted that is an error; later it would be waited for.
    pub(crate) async fn open(&self) -> Result<()> {
        self.register_until(|error| is_final(error) || error.is_distrust()).await
    }

    /// Renews the session; when that is under way already, waits for it. Repeated while the server is away.
    pub(crate) async fn register(&self) -> Result<()> {
        let Ok(_registering) = self.registering.try_lock() else {
            drop(self.registering.lock().await);
            return Ok(());
        };
        self.register_until(is_final).await
    }

    async fn register_until(&self, is_final: fn(&Error) -> bool) -> Result<()> {
        let answer = until(&self.closed, "register", is_final, || {
            let mut workers = self.workers.clone();
            let request = within(CALL_TIMEOUT, self.registration.clone());
            async move { workers.register_worker(request).await }
        });
        let answer = answer.await?;
        let schema_wanted = answer.schema_wanted;
        self.take_intervals(answer);
        if schema_wanted { self.send_schema().await } else { Ok(()) }
    }

    fn take_intervals(&self, answer: RegisterWorkerResponse) {
        let mut intervals = locked(&self.intervals);
        if let Some(heartbeat) = answer.heartbeat_interval {
            intervals.heartbeat = to_std(heartbeat).max(Duration::from_millis(10));
        }
        if let Some(max_wait) = answer.max_wait {
            intervals.max_wait = to_std(max_wait);
        }
    }

    async fn send_schema(&self) -> Result<()> {
        let Some(schema) = &self.schema else { return Ok(()) };
        let message = ApplyTaskDefinitionsRequest {
            definitions: self.registration.definitions.clone(),
            file_descriptor_set: schema.file_descriptor_set.clone(),
        };
        let answer = until_answered(&self.closed, "send the schemas", || {
            let (mut system, message) = (self.system.clone(), message.clone());
            async move { system.apply_task_definitions(within(CALL_TIMEOUT, message)).await }
        });
        answer.await.map(|_| ())
    }

    /// One poll, not repeated.
    pub(crate) async fn poll(&self, max_tasks: i32, wait: Duration) -> Result<PollTasksResponse> {
        let wait = wait.min(locked(&self.intervals).max_wait);
        let session_id = self.id().to_owned();
        let wait_time = Some(to_proto(wait));
        let message = PollTasksRequest { session_id, max_tasks, wait: wait_time, ..Default::default() };
        self.known(|| {
            let (mut workers, message) = (self.workers.clone(), message.clone());
            async move { once(workers.poll_tasks(within(wait + POLL_MARGIN, message)).await) }
        })
        .await
    }

    /// One heartbeat, not repeated: the next one carries the same.
    pub(crate) async fn heartbeat(
        &self,
        renewals: Vec<LeaseRenewal>,
        free_slots: i32,
        draining: bool,
    ) -> Result<HeartbeatResponse> {
        let message = HeartbeatRequest { session_id: self.id().to_owned(), renewals, free_slots, draining };
        self.known(|| {
            let (mut workers, message) = (self.workers.clone(), message.clone());
            async move { once(workers.heartbeat(within(CALL_TIMEOUT, message)).await) }
        })
        .await
    }

    /// Reports outcomes, repeated until answered or refused as a whole.
    pub(crate) async fn report(&self, outcomes: Vec<Outcome>) -> Result<ReportOutcomesResponse> {
        let message = ReportOutcomesRequest { session_id: self.id().to_owned(), outcomes };
        self.known(|| {
            until_answered(&self.closed, "report outcomes", || {
                let (mut workers, message) = (self.workers.clone(), message.clone());
                async move { workers.report_outcomes(within(CALL_TIMEOUT, message)).await }
            })
        })
        .await
    }

    /// Records events, repeated until answered or refused as a whole.
    pub(crate) async fn record(&self, attempts: Vec<AttemptEvents>) -> Result<RecordEventsResponse> {
        let message = RecordEventsRequest { session_id: self.id().to_owned(), attempts };
        self.known(|| {
            until_answered(&self.closed, "record events", || {
                let (mut workers, message) = (self.workers.clone(), message.clone());
                async move { workers.record_events(within(CALL_TIMEOUT, message)).await }
            })
        })
        .await
    }

    /// Ends the session; what is not reported is released. Not repeated.
    pub(crate) async fn unregister(&self, timeout: Duration) -> Result<i32> {
        let message = UnregisterWorkerRequest { session_id: self.id().to_owned() };
        let answer = self.workers.clone().unregister_worker(within(timeout, message)).await?;
        Ok(answer.into_inner().released_count)
    }

    /// Makes the call and, where the server does not know the session, registers and makes it again.
    async fn known<T, F, Fut>(&self, call: F) -> Result<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        match call().await {
            Err(error) if error.reason() == Some("SESSION_NOT_FOUND") => {
                tracing::info!("the server does not know this session: registering again");
                self.register().await?;
                call().await
            }
            answer => answer,
        }
    }
}

fn once<T>(answer: Result<Response<T>, Status>) -> Result<T> {
    answer.map(Response::into_inner).map_err(Error::from)
}
