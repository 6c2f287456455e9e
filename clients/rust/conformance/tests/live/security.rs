//! TLS and tokens.
use std::time::Duration;

use qtasks_client::tls::{Certificate, ClientTlsConfig};
use qtasks_client::{Client, ClientBuilder, Error, Worker, metadata};
use qtasks_conformance::Servicer;
use qtasks_conformance::v1::conformance_tasks_client::ConformanceTasksClient;
use qtasks_conformance::v1::conformance_tasks_server::ConformanceTasksServer;
use qtasks_conformance::v1::{EchoRequest, FILE_DESCRIPTOR_SET};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};

use crate::Outcome;
use crate::setup::{Server, new_folder};

const TOKEN: &str = "a-secret-of-the-tests";
/// Longer than a test may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that speaks TLS only and wants a token, and the certificate that it shows.
async fn secured() -> Outcome<(Server, String)> {
    let CertifiedKey { cert, signing_key } = self_signed()?;
    let folder = new_folder()?;
    std::fs::write(folder.join("cert.pem"), cert.pem())?;
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem())?;
    let arguments =
        ["--url", "memory:", "--token", TOKEN, "--tls-cert", "./cert.pem", "--tls-key", "./key.pem"];
    Ok((Server::start_in(folder, &arguments).await?, cert.pem()))
}

fn self_signed() -> Outcome<CertifiedKey<KeyPair>> {
    Ok(generate_simple_self_signed(["127.0.0.1".to_owned()])?)
}

fn trusting(server: &Server, authority: &str) -> ClientBuilder {
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
    Client::builder().address(&server.address).tls(tls).patience(Duration::ZERO)
}

fn worker(client: &Client) -> Worker {
    Worker::new(client)
        .task("t.double", |n: i64, _| async move { Ok(n * 2) })
        .service(FILE_DESCRIPTOR_SET, ConformanceTasksServer::new(Servicer))
}

/// A worker, an enqueue and a durable call all fail like this, and do not wait for better times.
async fn refused(client: &Client, reason: &str, text: &str) -> Outcome {
    let started = worker(client).start().await.err().ok_or("the worker was let in")?;
    let enqueued = client.enqueue("t.double", &1).await.err().ok_or("the enqueue was let in")?;
    for error in [started, enqueued] {
        assert_eq!(error.reason(), Some(reason), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let called = ConformanceTasksClient::new(client.durable()).echo(EchoRequest::default()).await;
    let error = Error::from(called.err().ok_or("the call was let in")?);
    assert_eq!(error.reason(), Some(reason), "{error}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_and_durable_calls_over_tls_with_a_token() -> Outcome {
    let (server, authority) = secured().await?;
    let client = trusting(&server, &authority).token(TOKEN).connect()?;
    let worker = worker(&client).start().await?;
    let handle = client.enqueue("t.double", &21).await?;
    assert_eq!(handle.result::<i64>().await?, 42);

    let mut stub = ConformanceTasksClient::new(client.durable());
    let response = stub.echo(EchoRequest { text: "over TLS".to_owned() }).await?;
    let state = response.metadata().get(metadata::TASK_STATE).ok_or("no state")?.to_str()?;
    assert_eq!((state, response.get_ref().text.as_str()), ("succeeded", "over TLS"));
    assert_eq!(worker.stop().await, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_at_once() -> Outcome {
    let (server, authority) = secured().await?;
    worker(&trusting(&server, &authority).token(TOKEN).connect()?).apply().await?;
    for wrong in [trusting(&server, &authority), trusting(&server, &authority).token("another")] {
        refused(&wrong.patience(PATIENCE).connect()?, "TOKEN_INVALID", "token").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_others_is_refused_at_once() -> Outcome {
    let (server, _) = secured().await?;
    let other = self_signed()?.cert.pem();
    let client = trusting(&server, &other).token(TOKEN).patience(PATIENCE).connect()?;
    refused(&client, "SERVER_UNREACHABLE", "invalid peer certificate").await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_a_server_that_wants_it_is_none() -> Outcome {
    let (server, _) = secured().await?;
    let client =
        Client::builder().address(&server.address).token(TOKEN).patience(Duration::ZERO).connect()?;
    let error = client.get("x").await.err().ok_or("it was answered")?;
    assert_eq!(error.reason(), Some("SERVER_UNREACHABLE"), "{error}");
    Ok(())
}
