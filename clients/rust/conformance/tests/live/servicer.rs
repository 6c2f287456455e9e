//! Stock servicers as workers.
use std::sync::Arc;
use std::time::Duration;

use qtasks_client::proto::v1::system_service_client::SystemServiceClient;
use qtasks_client::proto::v1::{FailureKind, ListTaskDefinitionsRequest, TaskDefinition, TaskState};
use qtasks_client::{Client, Error, RunningWorker, TaskFailed, Worker};
use qtasks_conformance::Servicer;
use qtasks_conformance::v1::conformance_tasks_client::ConformanceTasksClient;
use qtasks_conformance::v1::conformance_tasks_server::ConformanceTasksServer;
use qtasks_conformance::v1::{
    CountRequest, CountResponse, EchoRequest, EchoResponse, FILE_DESCRIPTOR_SET, FailRequest, MissingRequest,
    WaitRequest,
};
use serde_json::json;
use tonic::{Code, Request, Status};

use crate::Outcome;
use crate::setup::{Server, until, work};

const SERVICE: &str = "conformance.v1.ConformanceTasks";

async fn serve() -> Outcome<(Arc<Server>, Client, RunningWorker)> {
    work(|worker| worker.service(FILE_DESCRIPTOR_SET, ConformanceTasksServer::new(Servicer))).await
}

/// On a server that no other test has.
async fn serve_alone() -> Outcome<(Server, Client, RunningWorker)> {
    let server = Server::start().await?;
    let client = server.client()?;
    let worker = Worker::new(&client).service(FILE_DESCRIPTOR_SET, ConformanceTasksServer::new(Servicer));
    let running = worker.start().await?;
    Ok((server, client, running))
}

fn method(name: &str) -> String {
    format!("{SERVICE}/{name}")
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_are_those_of_the_descriptors() -> Outcome {
    let (_server, client, worker) = serve_alone().await?;
    let mut system = SystemServiceClient::new(client.connection());
    let listed = system.list_task_definitions(ListTaskDefinitionsRequest::default()).await?.into_inner();
    let definitions: Vec<TaskDefinition> =
        listed.definitions.into_iter().filter_map(|info| info.definition).collect();
    let find = |name: &str| definitions.iter().find(|definition| definition.name == method(name));

    let fail = find("Fail").and_then(|definition| definition.options.clone()).ok_or("no options")?;
    assert_eq!(fail.retry_policy.and_then(|policy| policy.max_attempts), Some(2));
    assert_eq!(fail.labels.get("suite").map(String::as_str), Some("conformance"));
    let count = find("Count").ok_or("no Count")?;
    assert!(count.streaming);
    assert_eq!(count.input_schema, "conformance.v1.CountRequest");
    assert_eq!(count.output_schema, "conformance.v1.CountResponse");
    assert!(find("Upload").is_none());
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_is_enqueued_as_message_or_as_json() -> Outcome {
    let (_server, client, worker) = serve().await?;
    let request = EchoRequest { text: "hello".to_owned() };
    let echo = client.enqueue_message(&method("Echo"), &request).header("x-conformance-a", "1");
    let answer: EchoResponse = echo.attempt_timeout(Duration::from_secs(20)).run_message().await?;
    assert_eq!(answer.text, "hello");
    assert!(answer.has_deadline);
    assert_eq!(answer.metadata.get("x-conformance-a").map(String::as_str), Some("1"));
    assert_eq!(answer.metadata.get("qtasks-attempt").map(String::as_str), Some("1"));

    let json = client.enqueue(&format!("/{}", method("Echo")), &json!({ "text": "json" }));
    assert_eq!(json.run_message::<EchoResponse>().await?.text, "json");

    let count = client.enqueue_message(&method("Count"), &CountRequest { count: 3, delay_ms: 1 }).await?;
    let outputs = count.output_messages::<CountResponse>().collect().await?;
    assert_eq!(outputs.iter().map(|output| output.value).collect::<Vec<_>>(), [0, 1, 2]);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_decoded_is_rejected() -> Outcome {
    let (_server, client, worker) = serve().await?;
    let mut broken = qtasks_client::payload::protobuf(&EchoRequest { text: "x".to_owned() });
    broken.body = Some(qtasks_client::proto::v1::payload::Body::Data(vec![0x0a, 0x7f].into()));
    let rejected = client.enqueue_payload(&method("Echo"), broken).run_payload(None).await;
    assert_eq!(kind_of(&rejected), Some(FailureKind::Rejected), "{rejected:?}");

    worker.stop().await;
    Ok(())
}

fn kind_of<T>(result: &qtasks_client::Result<T>) -> Option<FailureKind> {
    result.as_ref().err().and_then(Error::task_failed).map(TaskFailed::kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_is_the_failure_and_the_server_decides_on_retries() -> Outcome {
    let (_server, client, worker) = serve().await?;
    for (code, attempts) in [(Code::NotFound, 1), (Code::Unavailable, 2)] {
        let (message, reason) = ("no such thing".to_owned(), "GONE".to_owned());
        let request = FailRequest { code: code as i32, message, reason };
        let error = client.enqueue_message(&method("Fail"), &request).run_payload(None).await.err();
        let failed = error.as_ref().and_then(Error::task_failed).ok_or("it succeeded")?;
        assert_eq!((failed.code(), failed.message()), (code, "no such thing"));
        assert_eq!(failed.task().attempt_count, attempts);
        let details = failed.status_details().ok_or("no details")?;
        assert!(details.windows(4).any(|bytes| bytes == b"GONE"));
        assert!(failed.error_type().starts_with("grpc."), "{}", failed.error_type());
        assert!(failed.failure().source.starts_with("rust/1."), "{}", failed.failure().source);
    }
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_sees_the_status_of_its_handler_once() -> Outcome {
    let (_server, client, worker) = serve_alone().await?;
    let mut stub = ConformanceTasksClient::new(client.durable());
    let request =
        FailRequest { code: Code::Unavailable as i32, message: "busy".to_owned(), reason: String::new() };
    let status = stub.fail(request).await.err().ok_or("it succeeded")?;
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "busy"));
    let id = status.metadata().get(qtasks_client::metadata::TASK_ID).ok_or("no id")?.to_str()?;
    assert_eq!(client.get(id).await?.state(), TaskState::Failed);
    let filter = qtasks_client::proto::v1::TaskFilter { names: vec![method("Fail")], ..Default::default() };
    assert_eq!(client.count(filter).await?.count, 1, "a failed task is not run again");

    let missing = stub.missing(MissingRequest {}).await.err().ok_or("it succeeded")?;
    assert_eq!(missing.code(), Code::Unimplemented);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn interceptors_of_a_server_are_run() -> Outcome {
    let refuse = |request: Request<()>| match request.metadata().get("x-conformance-pass") {
        Some(_) => Ok(request),
        None => Err(Status::permission_denied("no pass")),
    };
    let server = ConformanceTasksServer::with_interceptor(Servicer, refuse);
    let alone = Server::start().await?;
    let client = alone.client()?;
    let worker = Worker::new(&client).service(FILE_DESCRIPTOR_SET, server).start().await?;
    let request = EchoRequest { text: "in".to_owned() };
    let refused = client.enqueue_message(&method("Echo"), &request).run_payload(None).await.err();
    assert_eq!(
        refused.as_ref().and_then(Error::task_failed).map(TaskFailed::code),
        Some(Code::PermissionDenied)
    );
    let passed = client.enqueue_message(&method("Echo"), &request).header("x-conformance-pass", "1");
    assert_eq!(passed.run_message::<EchoResponse>().await?.text, "in");
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_a_method() -> Outcome {
    let (_server, client, worker) = serve().await?;
    let handle = client.enqueue_message(&method("Wait"), &WaitRequest { delay_ms: 60_000 }).await?;
    until(&handle, TaskState::Running).await?;
    handle.cancel().reason("enough").await?;
    assert_eq!(handle.done(None).await?.state(), TaskState::Canceled);
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_its_descriptor_is_refused() -> Outcome {
    let (_server, client) = crate::setup::setup().await?;
    let server = ConformanceTasksServer::new(Servicer);
    let error = Worker::new(&client).service(&[], server).start().await.err();
    let error = error.ok_or("it started")?;
    assert!(error.to_string().contains(SERVICE), "{error}");
    Ok(())
}
