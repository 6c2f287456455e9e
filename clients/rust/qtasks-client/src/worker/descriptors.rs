//! The files that describe services, gathered from the sets that generated code carries.
use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DescriptorPool, ServiceDescriptor};
use prost_types::FileDescriptorProto;

use crate::error::{Error, Result};
use crate::proto::v1::FILE_DESCRIPTOR_SET;

/// google.protobuf.FileDescriptorSet with its files as they are: decoding would drop the options of methods.
#[derive(Clone, PartialEq, Message)]
struct RawSet {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    files: Vec<Bytes>,
}

#[derive(Debug)]
struct File {
    raw: Bytes,
    proto: FileDescriptorProto,
}

/// Files by name: those that were added, the contracts of QTasks, and what they import of google.protobuf.
#[derive(Debug, Default)]
pub(crate) struct Descriptors {
    files: HashMap<String, File>,
}

impl Descriptors {
    /// Adds the files of an encoded FileDescriptorSet. Two different files of one name are refused.
    pub(crate) fn add(&mut self, set: &[u8]) -> Result<()> {
        for file in decode(set)? {
            let name = file.proto.name().to_owned();
            match self.files.get(&name) {
                Some(known) if described(known) != described(&file) => {
                    let problem = format!("there are two different files {name}: one worker can have one");
                    return Err(Error::invalid("descriptors", problem));
                }
                _ => self.files.insert(name, file),
            };
        }
        Ok(())
    }

    /// Adds what generated code does not carry.
    pub(crate) fn complete(&mut self) -> Result<()> {
        let known = DescriptorPool::global().encode_to_vec();
        for file in decode(FILE_DESCRIPTOR_SET)?.into_iter().chain(decode(&known)?) {
            self.files.entry(file.proto.name().to_owned()).or_insert(file);
        }
        Ok(())
    }

    /// The service as its methods can be looked at.
    pub(crate) fn service(&self, name: &str) -> Result<ServiceDescriptor> {
        let mut pool = DescriptorPool::global();
        let options = "qtasksapi/v1/options.proto".to_owned();
        let set = self.closure([options, self.file_of(name)?])?;
        pool.decode_file_descriptor_set(set)
            .map_err(|error| Error::invalid("descriptors", error.to_string()))?;
        pool.get_service_by_name(name).ok_or_else(|| unknown(name))
    }

    /// An encoded FileDescriptorSet of the files that define these services, imports first.
    pub(crate) fn closure_of(&self, services: &[&'static str]) -> Result<Bytes> {
        let files: Result<Vec<String>> = services.iter().map(|name| self.file_of(name)).collect();
        self.closure(files?)
    }

    fn file_of(&self, service: &str) -> Result<String> {
        let defines = |file: &&File| {
            file.proto.service.iter().any(|s| qualified(file.proto.package(), s.name()) == service)
        };
        let file = self.files.values().find(defines).ok_or_else(|| unknown(service))?;
        Ok(file.proto.name().to_owned())
    }

    fn closure(&self, roots: impl IntoIterator<Item = String>) -> Result<Bytes> {
        let mut order = Vec::new();
        for root in roots {
            self.visit(&root, "the worker", &mut order)?;
        }
        let files = order.iter().filter_map(|name| self.files.get(name)).map(|file| file.raw.clone());
        Ok(RawSet { files: files.collect() }.encode_to_vec().into())
    }

    fn visit(&self, name: &str, importer: &str, order: &mut Vec<String>) -> Result<()> {
        if order.iter().any(|known| known == name) {
            return Ok(());
        }
        let file = self.files.get(name).ok_or_else(|| {
            let problem =
                format!("{name}, imported by {importer}, is missing: add its set by Worker::descriptors");
            Error::invalid("descriptors", problem)
        })?;
        for import in &file.proto.dependency {
            self.visit(import, name, order)?;
        }
        order.push(name.to_owned());
        Ok(())
    }
}

fn decode(set: &[u8]) -> Result<Vec<File>> {
    let broken = |error: prost::DecodeError| {
        Error::invalid("descriptors", format!("expected an encoded FileDescriptorSet: {error}"))
    };
    let raw = RawSet::decode(set).map_err(broken)?;
    let files = raw.files.into_iter().map(|raw| {
        let proto = FileDescriptorProto::decode(raw.clone()).map_err(broken)?;
        Ok(File { raw, proto })
    });
    files.collect()
}

/// What a file describes, without where it says so.
fn described(file: &File) -> FileDescriptorProto {
    FileDescriptorProto { source_code_info: None, ..file.proto.clone() }
}

fn qualified(package: &str, name: &str) -> String {
    if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") }
}

fn unknown(service: &str) -> Error {
    Error::invalid("descriptors", format!("no file of the set defines the service {service}"))
}
