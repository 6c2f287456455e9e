//! Handlers on JSON: what they give, fail with, and tell on the way.
use std::sync::Arc;
use std::time::Duration;

use qtasks_client::proto::v1::{AttemptState, FailureKind, TaskState};
use qtasks_client::{Client, Error, RetryLater, Snooze, TaskError, TaskFailed, Worker};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tonic::Code;

use crate::Outcome;
use crate::setup::{setup, until, work};

/// How a task that fails at once ended.
async fn failed(client: &Client, name: &str, input: &Value) -> Outcome<TaskFailed> {
    match client.enqueue(name, input).max_attempts(1).run::<Value>().await {
        Err(Error::TaskFailed(failed)) => Ok(*failed),
        other => Err(format!("expected a failed task, got {other:?}").into()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_become_failures_with_all_they_say() -> Outcome {
    qtasks_client::trace_panics();
    let (_server, client, worker) = work(|worker| {
        worker
            .task("t.task-error", |_: Value, _| async {
                let error = TaskError::new("gone").code(Code::NotFound).error_type("t.Gone");
                Err::<(), _>(error.details(&json!({ "id": 7 })).source("the cause").into())
            })
            .task("t.plain", |_: Value, _| async { Ok("x".parse::<i32>()?) })
            .task("t.panic", |_: Value, _| async {
                if true {
                    panic!("the handler fell over");
                }
                Ok(())
            })
            .task("t.sum", |(x, y): (i64, i64), _| async move { Ok(x + y) })
    })
    .await?;

    let gone = failed(&client, "t.task-error", &Value::Null).await?;
    assert_eq!((gone.code(), gone.error_type(), gone.message()), (Code::NotFound, "t.Gone", "gone"));
    assert_eq!(gone.details::<Value>()?, json!({ "id": 7 }));
    assert_eq!(gone.failure().cause.as_ref().map(|cause| cause.message.as_str()), Some("the cause"));

    let plain = failed(&client, "t.plain", &Value::Null).await?;
    assert!(plain.error_type().ends_with("ParseIntError"), "{}", plain.error_type());

    let panicked = failed(&client, "t.panic", &Value::Null).await?;
    assert_eq!((panicked.code(), panicked.message()), (Code::Unknown, "the handler fell over"));
    let full = client.get(panicked.task_id()).await?;
    let trace = full.failure.ok_or("no failure")?.stack_trace;
    assert!(trace.contains("handlers.rs"), "{trace}");

    let rejected = failed(&client, "t.sum", &json!(["a", 1])).await?;
    assert_eq!(rejected.kind(), FailureKind::Rejected);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_decide_on_the_next_attempt() -> Outcome {
    let (_server, client, worker) = work(|worker| {
        worker
            .task("t.terminal", |_: Value, _| async { Err::<(), _>(TaskError::terminal("never").into()) })
            .task("t.later", |_: Value, attempt| async move {
                match attempt.number() {
                    1 => Err(RetryLater::after(Duration::from_millis(20), "not yet").into()),
                    n => Ok(json!([n, attempt.previous_failure().map(|failure| failure.message.clone())])),
                }
            })
            .task("t.snooze", |_: Value, attempt| async move {
                match attempt.number() {
                    1 => Err(Snooze::lasting(Duration::from_millis(20), "asleep").into()),
                    n => Ok(n),
                }
            })
    })
    .await?;
    let never = client.run::<Value>("t.terminal", &1).await.err().ok_or("it succeeded")?;
    let never = never.task_failed().ok_or("no failure")?;
    assert_eq!(never.task().attempt_count, 1);
    assert_eq!(client.run::<Value>("t.later", &1).await?, json!([2, "not yet"]));
    let snoozed = client.enqueue("t.snooze", &1).await?;
    assert_eq!(snoozed.result::<i32>().await?, 2);
    assert_eq!(snoozed.get().await?.attempt_count, 1);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_left_to_the_next_attempt() -> Outcome {
    let (_server, client, worker) = work(|worker| {
        worker.task("t.checkpoint", |input: Value, attempt| async move {
            if let Some(saved) = attempt.checkpoint::<Value>()? {
                return Ok(saved);
            }
            attempt.save_checkpoint(&input)?;
            assert!(attempt.save_checkpoint(&"x".repeat(70_000)).is_err());
            Err(RetryLater::after(Duration::ZERO, "again").into())
        })
    })
    .await?;
    let saved: Value = client.run("t.checkpoint", &json!({ "page": 3 })).await?;
    assert_eq!(saved, json!({ "page": 3 }));
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_takes_too_long_is_dropped() -> Outcome {
    let dropped = Arc::new(Notify::new());
    let guard = dropped.clone();
    let (_server, client, worker) = work(|worker| {
        worker.task("t.slow", move |_: Value, _| {
            let guard = OnDrop(guard.clone());
            async move {
                let _guard = guard;
                std::future::pending::<()>().await;
                Ok(())
            }
        })
    })
    .await?;
    let slow = client.enqueue("t.slow", &1).attempt_timeout(Duration::from_millis(80)).max_attempts(1);
    let error = slow.run::<Value>().await.err().ok_or("it succeeded")?;
    assert_eq!(error.task_failed().map(TaskFailed::kind), Some(FailureKind::AttemptTimeout));
    dropped.notified().await;
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_drops_the_handler_or_is_heeded_by_it() -> Outcome {
    let dropped = Arc::new(Notify::new());
    let guard = dropped.clone();
    let (_server, client, worker) = work(|worker| {
        worker
            .task("t.dropped", move |_: Value, _| {
                let guard = OnDrop(guard.clone());
                async move {
                    let _guard = guard;
                    std::future::pending::<()>().await;
                    Ok(())
                }
            })
            .task("t.heeds", |ends_well: bool, attempt| async move {
                let reason = attempt.canceled().await;
                if ends_well { Ok(reason) } else { Err(TaskError::new("stopped").into()) }
            })
    })
    .await?;
    let running = client.enqueue("t.dropped", &1).await?;
    until(&running, TaskState::Running).await?;
    running.cancel().reason("enough").await?;
    dropped.notified().await;
    assert_eq!(running.done(None).await?.state(), TaskState::Canceled);

    for (ends_well, state) in [(true, TaskState::Succeeded), (false, TaskState::Canceled)] {
        let handle = client.enqueue("t.heeds", &ends_well).await?;
        until(&handle, TaskState::Running).await?;
        handle.cancel().reason("enough").await?;
        let ended = handle.done(None).await?;
        assert_eq!(ended.state(), state);
        if ends_well {
            assert_eq!(handle.result::<String>().await?, "enough");
        }
    }
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_too_large_fails_the_task() -> Outcome {
    let (_server, client, worker) =
        work(|w| w.task("t.large", |n: usize, _| async move { Ok("x".repeat(n)) })).await?;
    let failed = failed(&client, "t.large", &json!(1_200_000)).await?;
    assert_eq!(failed.error_type(), "qtasks.ResultTooLarge");
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_gives_back_what_does_not_end() -> Outcome {
    let (_server, client) = setup().await?;
    let worker = Worker::new(&client).grace(Duration::from_millis(50));
    let worker = worker.task("t.forever", |_: Value, _| async {
        std::future::pending::<()>().await;
        Ok(())
    });
    let worker = worker.start().await?;
    let handle = client.enqueue("t.forever", &1).await?;
    until(&handle, TaskState::Running).await?;
    assert_eq!(worker.stop().await, 0, "all was given back by the worker");
    let task = handle.get().await?;
    assert_eq!(task.state(), TaskState::Pending);
    assert_eq!(task.attempts.last().map(|attempt| attempt.state()), Some(AttemptState::Released));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_worker_is_said_at_its_start() -> Outcome {
    let (_server, client) = setup().await?;
    let doubled = Worker::new(&client)
        .task("t.same", |_: Value, _| async { Ok(1) })
        .task("t.same", |_: Value, _| async { Ok(2) });
    let error = doubled.start().await.err().ok_or("it started")?;
    assert!(error.to_string().contains("t.same"), "{error}");
    let none = Worker::new(&client).task("t", |_: Value, _| async { Ok(1) }).slots(0);
    let error = none.start().await.err().ok_or("it started")?;
    assert!(error.to_string().contains("slots"), "{error}");
    let unnamed = Worker::new(&client).task("two words", |_: Value, _| async { Ok(1) });
    let error = unnamed.start().await.err().ok_or("it started")?;
    assert_eq!(error.reason(), Some("FIELD_VIOLATION"));
    Ok(())
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
