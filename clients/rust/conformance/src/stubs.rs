//! Scenarios of durable calls: the stock stub, on the address of the task service.
use qtasks_client::{Client, Connection, DurableChannel, metadata};
use qtasks_conformance::v1::conformance_tasks_client::ConformanceTasksClient;
use qtasks_conformance::v1::{CountRequest, EchoRequest, WaitRequest};
use serde_json::{Value, json};
use tonic::Request;
use tonic::metadata::MetadataMap;

use crate::{Outcome, check};

/// The stub, with the interceptor and the retries of the package.
pub fn stub(client: &Client) -> ConformanceTasksClient<DurableChannel<Connection>> {
    ConformanceTasksClient::new(client.durable())
}

pub async fn call(client: &Client) -> Outcome<Value> {
    let mut request = Request::new(EchoRequest { text: "called".to_owned() });
    request.metadata_mut().insert("x-conformance", "yes".parse()?);
    let response = stub(client).echo(request).await?;
    let (task_id, state) =
        (told(response.metadata(), metadata::TASK_ID)?, told(response.metadata(), metadata::TASK_STATE)?);
    let answer = response.into_inner();
    check(answer.text == "called", format!("\"called\", got \"{}\"", answer.text))?;
    let sent = answer.metadata.get("x-conformance").map(String::as_str);
    check(sent == Some("yes"), format!("the metadata x-conformance: yes, got {sent:?}"))?;
    Ok(json!({ "task_id": task_id, "state": state }))
}

pub async fn stream(client: &Client) -> Outcome<Value> {
    let expected: Vec<i32> = (0..5).collect();
    let request = CountRequest { count: 5, delay_ms: 0 };
    let mut answers = stub(client).count(request).await?.into_inner();
    let mut values = Vec::new();
    while let Some(answer) = answers.message().await? {
        values.push(answer.value);
    }
    check(values == expected, format!("0 to 4 from the call, got {values:?}"))?;

    let handle = client.enqueue("conformance.count", &json!({ "count": 5, "delay_ms": 0 })).await?;
    let values = handle.outputs::<i32>().collect().await?;
    check(values == expected, format!("0 to 4 from the task, got {values:?}"))?;
    Ok(json!({ "task_id": handle.id() }))
}

pub async fn wait(client: &Client) -> Outcome<Value> {
    let delay_ms = std::env::var("CONFORMANCE_DELAY_MS").map_or(Ok(1_000), |ms| ms.parse())?;
    let response = stub(client).wait(WaitRequest { delay_ms }).await?;
    let task_id = told(response.metadata(), metadata::TASK_ID)?;
    let answer = response.into_inner();
    Ok(json!({ "task_id": task_id, "attempt": answer.attempt, "pid": answer.pid }))
}

/// A value that the answer of a durable call has.
pub fn told(metadata: &MetadataMap, key: &str) -> Outcome<String> {
    let value = metadata.get(key).ok_or_else(|| format!("the answer has no {key}"))?;
    Ok(value.to_str()?.to_owned())
}
