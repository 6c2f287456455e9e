//! The conformance program: `worker`, `client NAME` or `bench COUNT`, on the server at `QTASKS_ADDRESS`.
use std::process::ExitCode;

use qtasks_client::Client;

mod bench;
mod failures;
mod handlers;
mod scenarios;
mod stubs;
mod waiting;

/// What went wrong, for people.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const USAGE: &str = "usage: conformance worker | client NAME | bench COUNT";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[&str]) -> Outcome<()> {
    let address = std::env::var("QTASKS_ADDRESS").map_err(|_| "QTASKS_ADDRESS: expected HOST:PORT")?;
    let client = Client::connect(address)?;
    match arguments {
        ["worker"] => handlers::work(&client).await,
        ["client", name] => scenarios::play(&client, name).await,
        ["bench", count] => bench::run(&client, count.parse()?).await,
        _ => Err(USAGE.into()),
    }
}

/// Fails with what was expected unless it holds.
fn check(holds: bool, expected: impl std::fmt::Display) -> Outcome<()> {
    if holds { Ok(()) } else { Err(format!("expected {expected}").into()) }
}
