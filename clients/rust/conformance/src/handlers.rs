//! The plain functions that the worker runs, and the worker itself.
use std::time::Duration;

use qtasks_client::{Attempt, Client, HandlerError, TaskError, Worker, trace_panics};
use qtasks_conformance::Servicer;
use qtasks_conformance::v1::FILE_DESCRIPTOR_SET;
use qtasks_conformance::v1::conformance_tasks_server::ConformanceTasksServer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tonic::Code;

use crate::Outcome;

const REPORT_EVERY: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
struct Sum {
    x: i64,
    y: i64,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
    #[serde(default)]
    delay_ms: u64,
}

#[derive(Deserialize)]
struct Fail {
    code: i32,
    #[serde(rename = "type")]
    error_type: String,
    message: String,
    #[serde(default)]
    details: Value,
}

#[derive(Deserialize)]
struct Wait {
    delay_ms: u64,
}

#[derive(Serialize)]
struct Waited {
    attempt: i32,
    pid: u32,
}

/// Runs until SIGTERM.
pub async fn work(client: &Client) -> Outcome<()> {
    trace_panics();
    let worker = Worker::new(client)
        .slots(slots(100))
        .task("conformance.echo", |input: Value, _| async { Ok(input) })
        .task("conformance.sum", |Sum { x, y }: Sum, _| async move { Ok(x + y) })
        .streaming("conformance.count", count)
        .task("conformance.fail", fail)
        .task("conformance.wait", wait)
        .task("conformance.checkpoint", checkpoint)
        .task("conformance.bench", |_: Value, _| async { Ok(()) })
        .service(FILE_DESCRIPTOR_SET, ConformanceTasksServer::new(Servicer));
    worker.run_with(|_| println!("ready")).await?;
    Ok(())
}

/// Attempts at once.
pub fn slots(default: usize) -> usize {
    std::env::var("CONFORMANCE_SLOTS").ok().and_then(|slots| slots.parse().ok()).unwrap_or(default)
}

async fn count(Count { count, delay_ms }: Count, attempt: Attempt) -> Result<(), HandlerError> {
    for value in 0..count {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        attempt.output(&value).await?;
    }
    Ok(())
}

async fn fail(input: Fail, _: Attempt) -> Result<(), HandlerError> {
    let error = TaskError::new(input.message).code(Code::from_i32(input.code));
    Err(error.error_type(input.error_type).details(&input.details).into())
}

async fn wait(Wait { delay_ms }: Wait, attempt: Attempt) -> Result<Waited, HandlerError> {
    attempt.log("started");
    let mut ticks = tokio::time::interval(REPORT_EVERY);
    let (started, whole) = (tokio::time::Instant::now(), Duration::from_millis(delay_ms));
    while started.elapsed() < whole {
        ticks.tick().await;
        attempt.progress(started.elapsed().as_secs_f64(), whole.as_secs_f64(), "waiting");
    }
    Ok(Waited { attempt: attempt.number(), pid: std::process::id() })
}

async fn checkpoint(input: Value, attempt: Attempt) -> Result<Value, HandlerError> {
    if let Some(saved) = attempt.checkpoint::<Value>()? {
        return Ok(json!({ "checkpoint": saved, "attempt": attempt.number() }));
    }
    attempt.save_checkpoint(&input)?;
    Err(TaskError::new("the first attempt fails").into())
}
