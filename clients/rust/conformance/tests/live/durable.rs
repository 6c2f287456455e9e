//! Durable calls by stock stubs.
use std::time::Duration;

use qtasks_client::proto::v1::TaskFilter;
use qtasks_client::{Client, Worker, metadata};
use qtasks_conformance::Servicer;
use qtasks_conformance::v1::conformance_tasks_client::ConformanceTasksClient;
use qtasks_conformance::v1::conformance_tasks_server::ConformanceTasksServer;
use qtasks_conformance::v1::{CountRequest, EchoRequest, FILE_DESCRIPTOR_SET, WaitRequest};
use tonic::{Code, Request};

use crate::Outcome;
use crate::setup::Server;

fn worker(client: &Client) -> Worker {
    Worker::new(client).service(FILE_DESCRIPTOR_SET, ConformanceTasksServer::new(Servicer))
}

async fn waiting(client: &Client) -> Outcome<i64> {
    let names = vec!["conformance.v1.ConformanceTasks/Wait".to_owned()];
    Ok(client.count(TaskFilter { names, ..TaskFilter::default() }).await?.count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_survives_the_server_as_one_task() -> Outcome {
    let mut server = Server::durable().await?;
    let client = server.client()?;
    let running = worker(&client).start().await?;
    let mut stub = ConformanceTasksClient::new(client.durable());
    let call = tokio::spawn(async move { stub.wait(WaitRequest { delay_ms: 1_000 }).await });
    while waiting(&client).await? == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.kill()?;
    server.start_again().await?;
    let response = call.await??;
    let state = response.metadata().get(metadata::TASK_STATE).ok_or("no state")?.to_str()?;
    assert_eq!(state, "succeeded");
    assert_eq!(waiting(&client).await?, 1, "one task");
    running.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_waits_for_a_worker_and_joins_by_its_id() -> Outcome {
    let server = Server::start().await?;
    let client = server.client()?;
    worker(&client).apply().await?;
    let stub = ConformanceTasksClient::new(client.durable());
    let calls: Vec<_> = (0..2)
        .map(|_| {
            let mut stub = stub.clone();
            tokio::spawn(async move {
                let mut request = Request::new(EchoRequest { text: "one".to_owned() });
                let id = "my-own-id".parse().map_err(|_| tonic::Status::internal("no id"))?;
                request.metadata_mut().insert(metadata::TASK_ID, id);
                stub.echo(request).await
            })
        })
        .collect();
    let running = worker(&client).start().await?;
    for call in calls {
        let response = call.await??;
        let id = response.metadata().get(metadata::TASK_ID).ok_or("no id")?.to_str()?;
        assert_eq!(id, "my-own-id");
        assert_eq!(response.into_inner().text, "one");
    }
    let mut answers = stub.clone().count(CountRequest { count: 4, delay_ms: 1 }).await?.into_inner();
    let mut values = Vec::new();
    while let Some(answer) = answers.message().await? {
        values.push(answer.value);
    }
    assert_eq!(values, [0, 1, 2, 3]);
    running.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_ends_the_waiting_also_while_no_server_answers() -> Outcome {
    let mut server = Server::durable().await?;
    let client = server.client()?;
    worker(&client).apply().await?;
    let mut stub = ConformanceTasksClient::new(client.durable());
    let mut late = Request::new(WaitRequest { delay_ms: 1 });
    late.set_timeout(Duration::from_millis(700));
    let status = stub.wait(late).await.err().ok_or("no worker, yet it ended")?;
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
    assert_eq!(waiting(&client).await?, 1);

    server.kill()?;
    let mut lost = Request::new(WaitRequest { delay_ms: 1 });
    lost.set_timeout(Duration::from_millis(400));
    let begun = std::time::Instant::now();
    let status = stub.wait(lost).await.err().ok_or("no server, yet it ended")?;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_ne!(status.code(), Code::Ok);
    Ok(())
}
