//! The services that clients and workers are tried with: generated code, and the servicer that workers run.

mod servicer;

pub use servicer::Servicer;

/// Package `conformance.v1`.
#[allow(missing_docs, clippy::all, rustdoc::all)]
pub mod v1 {
    include!("gen/conformance.v1.rs");
}
