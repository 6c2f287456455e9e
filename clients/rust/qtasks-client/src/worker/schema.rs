//! The descriptors of a worker's typed tasks, as the server keeps them.
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::descriptors::Descriptors;
use crate::error::Result;

#[derive(Clone, Debug)]
pub(crate) struct Schema {
    /// An encoded google.protobuf.FileDescriptorSet, imports first.
    pub(crate) file_descriptor_set: Bytes,
    /// Its SHA-256.
    pub(crate) digest: Bytes,
}

impl Schema {
    /// The schema of these services; none where there are none.
    pub(crate) fn of(descriptors: &Descriptors, services: &[&'static str]) -> Result<Option<Self>> {
        if services.is_empty() {
            return Ok(None);
        }
        let file_descriptor_set = descriptors.closure_of(services)?;
        let digest = Bytes::copy_from_slice(&Sha256::digest(&file_descriptor_set));
        Ok(Some(Self { file_descriptor_set, digest }))
    }
}
