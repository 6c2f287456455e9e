//! The connection to a server: one channel, shared by all calls over it.
use std::time::Duration;

use tonic::metadata::Ascii;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::proto::v1::system_service_client::SystemServiceClient;
use crate::proto::v1::task_service_client::TaskServiceClient;
use crate::proto::v1::worker_service_client::WorkerServiceClient;

/// The server caps its answers by a limit of its own, which may be set above the default of 4 MiB.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// A channel that sends the client's token with each call. Stock stubs take it as they take a channel.
pub type Connection = InterceptedService<Channel, BearerToken>;

/// Sets `authorization: Bearer …`, where there is a token.
#[derive(Clone, Debug, Default)]
pub struct BearerToken(pub(crate) Option<MetadataValue<Ascii>>);

impl Interceptor for BearerToken {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

pub(crate) type Tasks = TaskServiceClient<Connection>;
pub(crate) type Workers = WorkerServiceClient<Connection>;
pub(crate) type System = SystemServiceClient<Connection>;

pub(crate) fn tasks(connection: &Connection) -> Tasks {
    TaskServiceClient::new(connection.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
}

pub(crate) fn workers(connection: &Connection) -> Workers {
    WorkerServiceClient::new(connection.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
}

pub(crate) fn system(connection: &Connection) -> System {
    SystemServiceClient::new(connection.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
}

/// A request with a deadline.
pub(crate) fn within<T>(timeout: Duration, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}
