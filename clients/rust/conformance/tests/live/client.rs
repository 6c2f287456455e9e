//! Enqueues, and the calls about existing tasks.
use std::time::{Duration, SystemTime};

use qtasks_client::proto::v1::{ConflictPolicy, TaskFilter, TaskState};
use qtasks_client::{Client, Error, TaskHandle};
use serde_json::json;

use crate::Outcome;
use crate::setup::{Server, define, setup, work};

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_enqueues_each_get_their_own_task() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.many").await?;
    let enqueues = (0..300).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.enqueue("t.many", &n).task_id(format!("many-{n}")).await })
    });
    for (n, enqueue) in enqueues.collect::<Vec<_>>().into_iter().enumerate() {
        let handle = enqueue.await??;
        assert_eq!(handle.id(), format!("many-{n}"));
        assert!(handle.created());
    }
    assert_eq!(
        client.count(TaskFilter { names: vec!["t.many".into()], ..TaskFilter::default() }).await?.count,
        300
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn options_reach_the_record() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.options").await?;
    let handle = client
        .enqueue("t.options", &json!({ "a": 1 }))
        .queue("mail")
        .priority(7)
        .delay(Duration::from_secs(3_600))
        .max_attempts(5)
        .attempt_timeout(Duration::from_millis(1_500))
        .total_timeout(Duration::from_secs(60))
        .pending_timeout(Duration::from_secs(30))
        .retention(Duration::from_secs(120))
        .label("team", "a")
        .header("traceparent", "00-1")
        .unique_key("k")
        .parent_task_id("parent")
        .await?;
    let task = handle.get().await?;
    assert_eq!(task.state(), TaskState::Scheduled);
    let spec = task.spec.ok_or("no spec")?;
    let options = spec.options.ok_or("no options")?;
    assert_eq!((options.queue.as_str(), options.priority), ("mail", Some(7)));
    assert_eq!(options.attempt_timeout.map(|d| (d.seconds, d.nanos)), Some((1, 500_000_000)));
    assert_eq!(options.retry_policy.and_then(|policy| policy.max_attempts), Some(5));
    assert_eq!(options.labels.get("team").map(String::as_str), Some("a"));
    assert_eq!(spec.headers.get("traceparent").map(String::as_str), Some("00-1"));
    assert_eq!((spec.parent_task_id.as_str(), spec.unique.ok_or("no key")?.key.as_str()), ("parent", "k"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_item_says_why_and_leaves_the_others() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.good").await?;
    let good = client.enqueue("t.good", &1).request()?;
    let bad = client.enqueue("t.good", &1).priority(5_000).request()?;
    let results = client.enqueue_many(vec![good, bad]).await;
    assert!(results[0].is_ok());
    let error = results[1].as_ref().err().ok_or("it was taken")?;
    assert_eq!(error.reason(), Some("FIELD_VIOLATION"));
    assert!(error.to_string().contains("priority"), "{error}");

    let unfit = client.enqueue("t.good", &std::collections::HashMap::from([((1, 2), 3)])).await;
    assert!(matches!(unfit, Err(Error::Invalid { ref field, .. }) if field == "input"), "{unfit:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_key_finds_its_holder_or_refuses() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.unique").await?;
    let first = client.enqueue("t.unique", &1).unique_key("k").await?;
    let second = client.enqueue("t.unique", &2).unique_key("k").await?;
    assert_eq!((second.id(), second.created()), (first.id(), false));
    let refused = client.enqueue("t.unique", &3).unique_key("k").on_conflict(ConflictPolicy::Reject).await;
    let error = refused.err().ok_or("it was taken")?;
    assert_eq!(error.reason(), Some("UNIQUE_KEY_HELD"));
    let holder = error.rpc().and_then(|error| error.metadata.get("task_id").cloned());
    assert_eq!(holder.as_deref(), Some(first.id()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_reads_page_after_page() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.list").await?;
    let requests: Result<Vec<_>, _> = (0..120).map(|n| client.enqueue("t.list", &n).request()).collect();
    for enqueued in client.enqueue_many(requests?).await {
        enqueued?;
    }
    let filter = TaskFilter { names: vec!["t.list".into()], ..TaskFilter::default() };
    let tasks = client.list(filter).collect().await?;
    assert_eq!(tasks.len(), 120);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_tasks_are_moved_canceled_retried_and_deleted() -> Outcome {
    let (_server, client) = setup().await?;
    define(&client, "t.moved").await?;
    let soon = SystemTime::now() + Duration::from_secs(60);
    let handle = client.enqueue("t.moved", &1).schedule_at(soon).await?;
    let later = client.reschedule(handle.id(), Duration::from_secs(7_200)).await?;
    assert_eq!(later.state(), TaskState::Scheduled);
    let urgent = client.reprioritize(handle.id(), 9).await?;
    let priority = urgent.spec.and_then(|spec| spec.options).and_then(|options| options.priority);
    assert_eq!(priority, Some(9));

    assert_eq!(reason_of(handle.delete().await), Some("TASK_NOT_TERMINAL".to_owned()));
    let canceled = handle.cancel().reason("enough").await?;
    assert_eq!((canceled.state(), canceled.cancel_reason.as_str()), (TaskState::Canceled, "enough"));
    assert_eq!(handle.retry().await?.state(), TaskState::Pending);
    handle.cancel().await?;
    handle.delete().await?;
    assert_eq!(reason_of(handle.get().await), Some("TASK_NOT_FOUND".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_sent_and_kept_off_the_open_network() -> Outcome {
    let server = Server::start_with(&["--url", "memory:", "--token", "secret"]).await?;
    let stranger = server.client()?;
    let refused = stranger.enqueue("t.token", &1).await;
    assert_eq!(reason_of(refused), Some("TOKEN_INVALID".to_owned()));
    let friend = Client::builder().address(&server.address).token("secret").connect()?;
    define(&friend, "t.token").await?;
    assert!(friend.enqueue("t.token", &1).await?.created());

    let open = Client::builder().address("example.com:50051").token("secret").connect();
    assert!(matches!(open, Err(Error::Invalid { ref field, .. }) if field == "token"), "{open:?}");
    for address in ["nowhere", "host:0", "http://host:1", "host:99999", ":1"] {
        let wrong = Client::connect(address);
        assert!(matches!(wrong, Err(Error::Invalid { ref field, .. }) if field == "address"), "{address}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_and_logs_are_read_as_they_come_and_afterwards() -> Outcome {
    let (_server, client, worker) = work(|worker| {
        worker.streaming("t.stream", |count: i32, attempt| async move {
            attempt.log("started");
            for n in 0..count {
                attempt.output(&n).await?;
            }
            Ok(())
        })
    })
    .await?;
    let handle = client.enqueue("t.stream", &2_500).await?;
    let outputs = handle.outputs::<i32>().collect().await?;
    assert_eq!(outputs, (0..2_500).collect::<Vec<_>>());
    let kept = client.events(handle.id(), 0).collect().await?;
    assert_eq!(kept.len(), 2_501);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_may_be_known_by_its_id_alone() -> Outcome {
    let (_server, client, worker) = work(|w| w.task("t.twice", |n: i64, _| async move { Ok(n * 2) })).await?;
    let task_id = client.enqueue("t.twice", &21).await?.id().to_owned();
    let handle: TaskHandle = client.handle(task_id);
    assert_eq!(handle.result::<i64>().await?, 42);
    let wrong = handle.result::<String>().await;
    assert!(matches!(wrong, Err(Error::Payload(_))), "{wrong:?}");
    worker.stop().await;
    Ok(())
}

fn reason_of<T>(result: qtasks_client::Result<T>) -> Option<String> {
    result.err().and_then(|error| error.reason().map(ToOwned::to_owned))
}
