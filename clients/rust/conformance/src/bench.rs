//! How fast this client enqueues, and how fast this worker runs tasks.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use qtasks_client::{Client, Worker};
use serde_json::{Value, json};

use crate::Outcome;
use crate::handlers::slots;

const BATCH: usize = 500;
const TASK: &str = "conformance.bench";
/// How often it is asked whether the last outcome is recorded.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Enqueues so many tasks with no worker up, then runs them.
pub async fn run(client: &Client, count: usize) -> Outcome<()> {
    Worker::new(client).task(TASK, |_: Value, _| async { Ok(()) }).apply().await?;
    let started = Instant::now();
    enqueue(client, count).await?;
    let enqueue_per_second = per_second(count, started);
    let started = Instant::now();
    work(client, count).await?;
    let tasks_per_second = per_second(count, started);
    let facts = json!({
        "batch": BATCH,
        "enqueue_per_second": enqueue_per_second,
        "tasks_per_second": tasks_per_second,
    });
    println!("{facts}");
    Ok(())
}

async fn enqueue(client: &Client, count: usize) -> Outcome<()> {
    for from in (0..count).step_by(BATCH) {
        let batch = from..count.min(from + BATCH);
        let requests: Result<Vec<_>, _> = batch.map(|n| client.enqueue(TASK, &n).request()).collect();
        for enqueued in client.enqueue_many(requests?).await {
            enqueued?;
        }
    }
    Ok(())
}

async fn work(client: &Client, count: usize) -> Outcome<()> {
    let done = Arc::new(AtomicUsize::new(0));
    let counted = done.clone();
    let running = Worker::new(client)
        .slots(slots(1_000))
        .task(TASK, move |_: Value, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            async { Ok(()) }
        })
        .start()
        .await?;
    // What is held has no recorded outcome yet.
    while done.load(Ordering::Relaxed) < count || running.held() > 0 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    running.stop().await;
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn per_second(count: usize, started: Instant) -> f64 {
    (count as f64 / started.elapsed().as_secs_f64()).round()
}
