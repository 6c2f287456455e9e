//! Awaits: gathered into few calls, over restarts, with timeouts.
use std::time::Duration;

use qtasks_client::Error;
use serde_json::Value;

use crate::Outcome;
use crate::setup::{define, setup, work};

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_ends_and_the_task_goes_on() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.never").await?;
    let handle = client.enqueue("t.never", &1).await?;
    for timeout in [Duration::ZERO, Duration::from_millis(50)] {
        let waited = handle.result_within::<Value>(timeout).await;
        assert!(matches!(waited, Err(Error::StillRunning { .. })), "{waited:?}");
    }
    let ran = client.enqueue("t.never", &1).run_within::<Value>(Duration::from_millis(50)).await;
    assert!(matches!(ran, Err(Error::StillRunning { .. })), "{ran:?}");
    let missing = client.handle("no-such-task").result::<Value>().await;
    assert_eq!(
        missing.err().and_then(|error| error.reason().map(ToOwned::to_owned)).as_deref(),
        Some("TASK_NOT_FOUND")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_id_fails_nobody_else() -> Outcome {
    let (_server, client, worker) = work(|w| w.task("t.echo", |n: i64, _| async move { Ok(n) })).await?;
    let handle = client.enqueue("t.echo", &5).delay(Duration::from_millis(300)).await?;
    let malformed = client.handle("{braces}");
    let (good, bad) = tokio::join!(handle.result::<i64>(), malformed.result::<i64>());
    assert_eq!(good?, 5);
    assert_eq!(
        bad.err().and_then(|error| error.reason().map(ToOwned::to_owned)).as_deref(),
        Some("FIELD_VIOLATION")
    );
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_awaits_and_runs_each_get_their_own() -> Outcome {
    let (_server, client, worker) = work(|w| w.task("t.echo", |n: i64, _| async move { Ok(n) })).await?;
    let runs = (0..2_500_i64).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.run::<i64>("t.echo", &n).await })
    });
    for (n, run) in runs.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(run.await??, i64::try_from(n)?);
    }
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_wait_for_one_task_both_get_it() -> Outcome {
    let (_server, client, worker) = work(|w| w.task("t.echo", |n: i64, _| async move { Ok(n) })).await?;
    let handle = client.enqueue("t.echo", &1).delay(Duration::from_millis(200)).await?;
    let (one, other) =
        tokio::join!(handle.result::<i64>(), handle.result_within::<i64>(Duration::from_secs(20)));
    assert_eq!((one?, other?), (1, 1));
    worker.stop().await;
    Ok(())
}
