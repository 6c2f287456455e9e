//! A method of a service as the definition of a task.
use bytes::Bytes;
use http::uri::PathAndQuery;
use prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor};

use crate::error::{Error, Result};
use crate::payload;
use crate::proto::v1::payload::Body;
use crate::proto::v1::{Payload, TaskDefinition, TaskOptions};

/// The extension of google.protobuf.MethodOptions that marks a task.
const TASK_EXTENSION: &str = "qtasksapi.v1.task";

#[derive(Clone, Debug)]
pub(crate) struct Method {
    descriptor: MethodDescriptor,
    pub(crate) path: PathAndQuery,
    /// The full name of what it answers with.
    pub(crate) output: String,
}

impl Method {
    pub(crate) fn new(descriptor: MethodDescriptor) -> Result<Self> {
        let path = format!("/{}/{}", descriptor.parent_service().full_name(), descriptor.name());
        let path = path.parse().map_err(|_| Error::invalid("service", format!("no path: {path}")))?;
        let output = descriptor.output().full_name().to_owned();
        Ok(Self { descriptor, path, output })
    }

    /// The task's name, such as `acme.mail.v1.MailTasks/SendEmail`.
    pub(crate) fn name(&self) -> &str {
        self.path.path().trim_start_matches('/')
    }

    pub(crate) fn is_server_streaming(&self) -> bool {
        self.descriptor.is_server_streaming()
    }

    pub(crate) fn definition(&self) -> Result<TaskDefinition> {
        Ok(TaskDefinition {
            name: self.name().to_owned(),
            input_schema: self.descriptor.input().full_name().to_owned(),
            output_schema: self.output.clone(),
            streaming: self.is_server_streaming(),
            options: self.options()?,
            ..TaskDefinition::default()
        })
    }

    fn options(&self) -> Result<Option<TaskOptions>> {
        let pool = self.descriptor.parent_pool();
        let Some(extension) = pool.get_extension_by_name(TASK_EXTENSION) else { return Ok(None) };
        let options = self.descriptor.options();
        if !options.has_extension(&extension) {
            return Ok(None);
        }
        let value = options.get_extension(&extension);
        let Some(message) = value.as_message() else { return Ok(None) };
        let options = message.transcode_to::<TaskOptions>();
        options.map(Some).map_err(|error| Error::invalid(self.name(), format!("its task option: {error}")))
    }

    /// The bytes of a request. JSON is read as protobuf's JSON; [`Error::Payload`] for what is no such message.
    pub(crate) fn request(&self, payload: Option<&Payload>) -> Result<Bytes> {
        let Some(payload) = payload else { return self.parse(b"null") };
        payload::refuse_encodings(Some(payload))?;
        match &payload.body {
            Some(Body::Data(data)) if self.is_own(payload) => Ok(data.clone()),
            _ if payload.schema.is_empty() => self.parse(payload::json_text(payload)?),
            _ => Err(self.malformed(&format!("found {}", payload.schema))),
        }
    }

    /// Whether these bytes are a request: for when the servicer could not read them.
    pub(crate) fn can_decode(&self, data: Bytes) -> bool {
        DynamicMessage::decode(self.descriptor.input(), data).is_ok()
    }

    fn is_own(&self, payload: &Payload) -> bool {
        let is_protobuf = payload.content_type == payload::PROTOBUF;
        is_protobuf && (payload.schema.is_empty() || payload.schema == self.descriptor.input().full_name())
    }

    fn parse(&self, text: &[u8]) -> Result<Bytes> {
        let mut json = serde_json::Deserializer::from_slice(text);
        let message = DynamicMessage::deserialize(self.descriptor.input(), &mut json)
            .and_then(|message| json.end().map(|()| message))
            .map_err(|error| self.malformed(&error.to_string()))?;
        Ok(message.encode_to_vec().into())
    }

    fn malformed(&self, why: &str) -> Error {
        Error::Payload(format!("expected a {}: {why}", self.descriptor.input().full_name()))
    }
}
