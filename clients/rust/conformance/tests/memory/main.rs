//! What a client and a worker hold does not grow with what they have done.
use std::time::Duration;

use qtasks_client::{Attempt, Client, HandlerError, RunningWorker, TaskError, Worker};

mod allocator;
// Shared with the other tests, which use more of them.
#[allow(dead_code)]
#[path = "../live/process.rs"]
mod process;
#[allow(dead_code)]
#[path = "../live/setup.rs"]
mod setup;

use allocator::{Live, live};
use setup::Server;

/// What a test gives.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const ROUNDS: usize = 10;
const BATCHES: usize = 10;
const BATCH: usize = 1_000;
/// Some tasks do more than to succeed: one in so many logs and reports, one fails.
const SPECIAL: usize = 20;

/// The rounds after the first two may add this: buffers that had to be larger once, and headers that HTTP/2 remembers.
/// Eight bytes for each task would be 640,000.
const MAX_BYTES: isize = 512 << 10;
/// One block for each task would be 80,000.
const MAX_BLOCKS: isize = 800;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_tasks_leave_nothing_behind() -> Outcome {
    let server = Server::start().await?;
    let client = server.client()?;
    let worker = Worker::new(&client).slots(BATCH).task("t.any", work).start().await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        for _ in 0..BATCHES {
            run_batch(&client).await?;
        }
        rounds.push(at_rest(&worker).await);
    }
    worker.stop().await;
    let (first, last) = (rounds[1], rounds[ROUNDS - 1]);
    assert!(last.bytes - first.bytes < MAX_BYTES, "bytes grow: {rounds:?}");
    assert!(last.blocks - first.blocks < MAX_BLOCKS, "blocks grow: {rounds:?}");
    Ok(())
}

async fn work(n: usize, attempt: Attempt) -> Result<usize, HandlerError> {
    match n % SPECIAL {
        0 => {
            attempt.progress(1.0, 2.0, "half");
            attempt.log("half of it is done");
            attempt.save_checkpoint(&n)?;
            Ok(n)
        }
        1 => Err(TaskError::terminal("one of those that fail").into()),
        _ => Ok(n),
    }
}

/// Enqueues tasks and awaits them.
async fn run_batch(client: &Client) -> Outcome {
    let requests: Result<Vec<_>, _> = (0..BATCH).map(|n| client.enqueue("t.any", &n).request()).collect();
    let handles: Result<Vec<_>, _> = client.enqueue_many(requests?).await.into_iter().collect();
    let results = client.gather::<usize>(&handles?, None).await;
    let failed = results.iter().filter(|result| result.is_err()).count();
    assert_eq!(failed, BATCH / SPECIAL, "{:?}", results.into_iter().find_map(Result::err));
    Ok(())
}

/// What is allocated while nothing runs: the least of some looks, since calls are under way at any time.
async fn at_rest(worker: &RunningWorker) -> Live {
    while worker.held() > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut least = live();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        least = least.min(live());
    }
    least
}
