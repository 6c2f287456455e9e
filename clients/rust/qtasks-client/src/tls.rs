//! What a [`ClientBuilder`](crate::ClientBuilder) takes for TLS: types of tonic, in the version that this crate uses.
pub use tonic::transport::{Certificate, ClientTlsConfig, Identity};
