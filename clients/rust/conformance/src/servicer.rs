//! The servicer of ConformanceTasks, written as for a gRPC server: it knows nothing of tasks but the metadata.
use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt};

use crate::v1::conformance_tasks_server::ConformanceTasks;
use crate::v1::{
    CountRequest, CountResponse, EchoRequest, EchoResponse, FailRequest, FailResponse, MissingRequest,
    MissingResponse, UploadRequest, UploadResponse, WaitRequest, WaitResponse,
};

/// Metadata that Echo answers with, beside all that begins with `x-conformance`.
const TOLD: [&str; 3] = ["qtasks-task-id", "qtasks-attempt", "qtasks-fencing-token"];

/// Stateless.
#[derive(Clone, Copy, Debug, Default)]
pub struct Servicer;

#[tonic::async_trait]
impl ConformanceTasks for Servicer {
    async fn echo(&self, request: Request<EchoRequest>) -> Result<Response<EchoResponse>, Status> {
        let metadata = told(request.metadata());
        let has_deadline = request.metadata().contains_key("grpc-timeout");
        let text = request.into_inner().text;
        Ok(Response::new(EchoResponse { text, metadata, has_deadline }))
    }

    type CountStream = Pin<Box<Counting>>;

    async fn count(&self, request: Request<CountRequest>) -> Result<Response<Self::CountStream>, Status> {
        let CountRequest { count, delay_ms } = request.into_inner();
        let (answers, counted) = mpsc::channel(16);
        tokio::spawn(async move {
            for value in 0..count {
                tokio::time::sleep(millis(delay_ms)).await;
                if answers.send(CountResponse { value }).await.is_err() {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(Counting(counted))))
    }

    async fn fail(&self, request: Request<FailRequest>) -> Result<Response<FailResponse>, Status> {
        let FailRequest { code, message, reason } = request.into_inner();
        let code = Code::from_i32(code);
        if reason.is_empty() {
            return Err(Status::new(code, message));
        }
        let details = ErrorDetails::with_error_info(reason, "conformance", HashMap::new());
        Err(Status::with_error_details(code, message, details))
    }

    async fn wait(&self, request: Request<WaitRequest>) -> Result<Response<WaitResponse>, Status> {
        let attempt = told(request.metadata()).get("qtasks-attempt").and_then(|text| text.parse().ok());
        tokio::time::sleep(millis(request.into_inner().delay_ms)).await;
        let pid = i32::try_from(std::process::id()).unwrap_or(0);
        Ok(Response::new(WaitResponse { attempt: attempt.unwrap_or(0), pid }))
    }

    async fn missing(&self, _: Request<MissingRequest>) -> Result<Response<MissingResponse>, Status> {
        Err(Status::unimplemented("left out"))
    }

    async fn upload(&self, _: Request<Streaming<UploadRequest>>) -> Result<Response<UploadResponse>, Status> {
        Err(Status::unimplemented("left out"))
    }
}

/// The answers of Count.
pub struct Counting(mpsc::Receiver<CountResponse>);

impl tonic::codegen::tokio_stream::Stream for Counting {
    type Item = Result<CountResponse, Status>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|answer| answer.map(Ok))
    }
}

fn told(metadata: &MetadataMap) -> HashMap<String, String> {
    let mut told = HashMap::new();
    for entry in metadata.iter() {
        let KeyAndValueRef::Ascii(key, value) = entry else { continue };
        if TOLD.contains(&key.as_str()) || key.as_str().starts_with("x-conformance") {
            told.insert(key.to_string(), value.to_str().unwrap_or_default().to_owned());
        }
    }
    told
}

fn millis(ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
