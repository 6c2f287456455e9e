//! What the client plays: each scenario checks what it gets, and prints its facts.
use std::time::Duration;

use qtasks_client::proto::v1::TaskState;
use qtasks_client::{Client, TaskHandle};
use qtasks_conformance::v1::{EchoRequest, EchoResponse, WaitRequest};
use serde_json::{Value, json};

use crate::waiting::until_running;
use crate::{Outcome, check, failures, stubs};

const ECHO: &str = "conformance.v1.ConformanceTasks/Echo";
const WAIT: &str = "conformance.v1.ConformanceTasks/Wait";

/// Plays a scenario and prints one line of JSON.
pub async fn play(client: &Client, name: &str) -> Outcome<()> {
    let mut facts = match name {
        "json" => plain(client).await?,
        "typed" => typed(client).await?,
        "call" => stubs::call(client).await?,
        "stream" => stubs::stream(client).await?,
        "failure" => failures::failure(client).await?,
        "cancel" => cancel(client).await?,
        "gather" => gather(client).await?,
        "wait" => stubs::wait(client).await?,
        _ => return Err(format!("there is no scenario {name}").into()),
    };
    facts["scenario"] = name.into();
    println!("{facts}");
    Ok(())
}

async fn plain(client: &Client) -> Outcome<Value> {
    let input = json!({ "text": "hällo", "n": 1.5, "none": null });
    let handle = client.enqueue("conformance.echo", &input).await?;
    let echoed: Value = handle.result().await?;
    check(echoed == input, format!("{input}, got {echoed}"))?;
    let sum: i64 = client.run("conformance.sum", &json!({ "x": 1, "y": 2 })).await?;
    check(sum == 3, format!("1 + 2 = 3, got {sum}"))?;
    Ok(json!({ "task_id": handle.id() }))
}

async fn typed(client: &Client) -> Outcome<Value> {
    let request = EchoRequest { text: "typed".to_owned() };
    let task_id = client.enqueue_message(ECHO, &request).await?.id().to_owned();
    let answer: EchoResponse = client.handle(&task_id).result_message().await?;
    check(answer.text == request.text, format!("\"typed\", got \"{}\"", answer.text))?;
    Ok(json!({ "task_id": task_id }))
}

async fn cancel(client: &Client) -> Outcome<Value> {
    let plain = client.enqueue("conformance.wait", &json!({ "delay_ms": 60_000 })).await?;
    let typed = client.enqueue_message(WAIT, &WaitRequest { delay_ms: 60_000 }).await?;
    for handle in [&plain, &typed] {
        cancel_running(handle).await?;
    }
    Ok(json!({ "task_id": plain.id(), "typed_task_id": typed.id() }))
}

async fn cancel_running(handle: &TaskHandle) -> Outcome<()> {
    until_running(handle).await?;
    handle.cancel().reason("enough").await?;
    let error = match handle.result_payload(Some(Duration::from_secs(30))).await {
        Ok(_) => return Err("expected a canceled task, it succeeded".into()),
        Err(error) => error,
    };
    let failed = error.task_failed().ok_or_else(|| format!("expected a failed task, got: {error}"))?;
    check(failed.state() == TaskState::Canceled, format!("a canceled task, got: {failed}"))?;
    let reason = &failed.task().cancel_reason;
    check(reason == "enough", format!("the reason \"enough\", got \"{reason}\""))
}

async fn gather(client: &Client) -> Outcome<Value> {
    const COUNT: usize = 1_000;
    let requests: Result<Vec<_>, _> =
        (0..COUNT).map(|n| client.enqueue("conformance.echo", &n).request()).collect();
    let handles: Result<Vec<_>, _> = client.enqueue_many(requests?).await.into_iter().collect();
    let results = client.gather::<usize>(&handles?, None).await;
    check(results.len() == COUNT, format!("{COUNT} results, got {}", results.len()))?;
    for (expected, result) in results.into_iter().enumerate() {
        let result = result?;
        check(result == expected, format!("{expected} in its place, got {result}"))?;
    }
    Ok(json!({ "count": COUNT }))
}
