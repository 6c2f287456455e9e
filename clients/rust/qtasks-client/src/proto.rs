//! The generated messages and stubs, for all that the client has no method of its own for.

/// The contracts of the service, package `qtasksapi.v1`.
#[allow(missing_docs, clippy::all, rustdoc::all)]
pub mod v1 {
    include!("gen/qtasksapi.v1.rs");
}
