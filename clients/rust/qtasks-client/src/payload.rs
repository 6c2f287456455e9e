//! Between the values of a program and the payloads of tasks.
use bytes::Bytes;
use prost::{Message, Name};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::proto::v1::Payload;
use crate::proto::v1::payload::Body;

pub(crate) const PROTOBUF: &str = "application/protobuf";

/// A value as JSON. [`Error::Invalid`] for what JSON can't hold, such as a map with keys that are no strings.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Payload> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::invalid("input", format!("can't be JSON: {error}")))?;
    Ok(Payload { body: Some(Body::Text(text)), ..Payload::default() })
}

/// A protobuf message, as typed tasks take it.
pub fn protobuf<M: Message + Name>(message: &M) -> Payload {
    raw_protobuf(message.encode_to_vec().into(), M::full_name())
}

/// An encoded protobuf message with its full name.
pub(crate) fn raw_protobuf(data: Bytes, schema: impl Into<String>) -> Payload {
    Payload {
        body: Some(Body::Data(data)),
        content_type: PROTOBUF.to_owned(),
        schema: schema.into(),
        encodings: Vec::new(),
    }
}

/// The value of a JSON payload; no payload is `null`. [`Error::Payload`] where it is no JSON or another type.
pub fn to_value<T: DeserializeOwned>(payload: Option<&Payload>) -> Result<T> {
    match payload.filter(|payload| payload.body.is_some()) {
        None => parse(b"null"),
        Some(payload) => parse(json_text(payload)?),
    }
}

/// The message of a typed payload. [`Error::Payload`] where it is another one.
pub fn to_message<M: Message + Name + Default>(payload: Option<&Payload>) -> Result<M> {
    let expected = M::full_name();
    let found = payload.map_or("nothing", |payload| found(payload));
    let Some(data) = payload.filter(|payload| payload.schema == expected).and_then(data) else {
        return Err(Error::Payload(format!("expected a {expected}, found {found}")));
    };
    refuse_encodings(payload)?;
    M::decode(data).map_err(|error| Error::Payload(format!("no {expected}: {error}")))
}

/// The bytes of a payload that has bytes.
pub(crate) fn data(payload: &Payload) -> Option<&[u8]> {
    match &payload.body {
        Some(Body::Data(data)) => Some(data),
        _ => None,
    }
}

/// Bytes of a payload's body; 0 where there is none.
pub(crate) fn size(payload: Option<&Payload>) -> usize {
    match payload.and_then(|payload| payload.body.as_ref()) {
        Some(Body::Data(data)) => data.len(),
        Some(Body::Text(text)) => text.len(),
        None => 0,
    }
}

/// The JSON of a payload that says it is JSON.
pub(crate) fn json_text(payload: &Payload) -> Result<&[u8]> {
    refuse_encodings(Some(payload))?;
    match &payload.body {
        Some(Body::Text(text)) if payload.content_type.is_empty() => Ok(text.as_bytes()),
        Some(Body::Text(text)) if is_json(&payload.content_type) => Ok(text.as_bytes()),
        Some(Body::Data(data)) if is_json(&payload.content_type) => Ok(data),
        None => Ok(b"null"),
        _ => Err(Error::Payload(format!("expected JSON, found {}", found(payload)))),
    }
}

fn found(payload: &Payload) -> &str {
    [payload.schema.as_str(), payload.content_type.as_str()]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or("a payload without a schema")
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    let subtype = media_type.strip_prefix("application/").unwrap_or("");
    subtype == "json" || subtype.ends_with("+json")
}

pub(crate) fn refuse_encodings(payload: Option<&Payload>) -> Result<()> {
    let encodings = payload.map_or(&[][..], |payload| &payload.encodings);
    // A codec's parameters may name a key, and begin at the semicolon.
    let names: Vec<&str> = encodings.iter().filter_map(|name| name.split(';').next()).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Error::Payload(format!("no codec for the encoding {}", names.join(", "))))
}

// What the parser says of text that is no JSON quotes it; where only the shape is wrong it names the field.
fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|error| {
        Error::Payload(match error.classify() {
            serde_json::error::Category::Data => format!("JSON of another shape: {error}"),
            _ => format!("no JSON, at line {} column {}", error.line(), error.column()),
        })
    })
}
