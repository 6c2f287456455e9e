//! The package on a live server: real sockets, real processes that are killed and restarted.
mod awaiting;
mod client;
mod durable;
mod handlers;
mod lifecycle;
mod process;
mod security;
mod servicer;
mod setup;

/// What a test gives.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
