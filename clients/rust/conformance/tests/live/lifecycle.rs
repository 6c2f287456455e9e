//! Workers and servers that are stopped, killed and restarted.
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use qtasks_client::proto::v1::admin_service_client::AdminServiceClient;
use qtasks_client::proto::v1::{DrainWorkerRequest, TaskState};
use qtasks_client::{Client, TaskHandle, Worker};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::Outcome;
use crate::process::Process;
use crate::setup::{Server, until};

/// The conformance worker as a process of its own, registered.
async fn worker_process(server: &Server) -> Outcome<Process> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qtasks-conformance"));
    command.arg("worker").env("QTASKS_ADDRESS", &server.address);
    let mut process = Process::start(&mut command)?;
    process.line("ready").await?;
    Ok(process)
}

async fn wait_task(client: &Client, ms: u64) -> Outcome<TaskHandle> {
    Ok(client.enqueue("conformance.wait", &json!({ "delay_ms": ms })).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sigterm_a_worker_finishes_and_takes_nothing_more() -> Outcome {
    let server = Server::start().await?;
    let client = server.client()?;
    let mut worker = worker_process(&server).await?;
    let handle = wait_task(&client, 400).await?;
    until(&handle, TaskState::Running).await?;
    assert_eq!(worker.terminate().await?, Some(0));
    assert_eq!(handle.result::<Value>().await?["attempt"], 1);
    let late = wait_task(&client, 1).await?;
    assert_eq!(late.get().await?.state(), TaskState::Pending);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_task_of_a_killed_worker_runs_elsewhere() -> Outcome {
    let server = Server::fast().await?;
    let client = server.client()?;
    let mut killed = worker_process(&server).await?;
    let handle = wait_task(&client, 1_000).await?;
    until(&handle, TaskState::Running).await?;
    // Its first heartbeat confirms the delivery; a task that did not arrive comes back without a trace.
    tokio::time::sleep(Duration::from_millis(700)).await;
    killed.kill()?;
    let _other = worker_process(&server).await?;
    assert_eq!(handle.result::<Value>().await?["attempt"], 2);
    assert_eq!(handle.get().await?.lost_lease_count, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_server_costs_no_attempt_and_no_enqueue() -> Outcome {
    let mut server = Server::durable().await?;
    let client = server.client()?;
    let begun = Arc::new(Notify::new());
    let told = begun.clone();
    let worker = Worker::new(&client)
        .task("t.sleep", move |ms: u64, attempt| {
            told.notify_one();
            async move {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                Ok(attempt.number())
            }
        })
        .start()
        .await?;
    let under_way = client.enqueue("t.sleep", &1_500).await?;
    begun.notified().await;
    let mut watched = under_way.watch(qtasks_client::WatchOptions::default());
    assert!(watched.next().await.is_some());
    server.kill()?;
    let meanwhile = client.clone();
    let enqueued = tokio::spawn(async move { meanwhile.run::<i32>("t.sleep", &1).await });
    server.start_again().await?;
    assert_eq!(under_way.result::<i32>().await?, 1);
    assert_eq!(enqueued.await??, 1);
    let changes = watched.collect().await?;
    assert!(!changes.is_empty(), "the watch goes on over the restart");
    assert_eq!(client.run::<i32>("t.sleep", &1).await?, 1);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_drains_a_worker() -> Outcome {
    let server = Server::start().await?;
    let client = server.client()?;
    let worker = Worker::new(&client).task("t.any", |_: Value, _| async { Ok(()) }).start().await?;
    let session_id = worker.session_id().to_owned();
    let request = DrainWorkerRequest { session_id, reason: "maintenance".to_owned() };
    AdminServiceClient::new(client.connection()).drain_worker(request).await?;
    worker.drain_requested().await;
    worker.stop().await;
    let left = client.enqueue("t.any", &1).await?;
    assert_eq!(left.get().await?.state(), TaskState::Pending);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_is_an_error_after_the_patience() -> Outcome {
    let mut server = Server::start().await?;
    server.kill()?;
    let client = Client::builder().address(&server.address).patience(Duration::from_millis(300)).connect()?;
    let error = client.enqueue("t.any", &1).await.err().ok_or("nobody was there")?;
    assert_eq!(error.reason(), Some("SERVER_UNREACHABLE"));
    Ok(())
}
