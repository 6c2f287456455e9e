//! The scenario of failures: as the status of a durable call, and as the error of an awaited task.
use qtasks_client::{Client, metadata};
use qtasks_conformance::v1::FailRequest;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::stubs::{stub, told};
use crate::{Outcome, check};

const MESSAGE: &str = "no such thing";

pub async fn failure(client: &Client) -> Outcome<Value> {
    let task_id = failed_call(client).await?;
    let json_task_id = failed_task(client).await?;
    Ok(json!({ "task_id": task_id, "json_task_id": json_task_id }))
}

async fn failed_call(client: &Client) -> Outcome<String> {
    let request =
        FailRequest { code: Code::NotFound as i32, message: MESSAGE.to_owned(), reason: "GONE".to_owned() };
    let status = match stub(client).fail(request).await {
        Ok(_) => return Err("expected a status, the call succeeded".into()),
        Err(status) => status,
    };
    check(is_gone(&status), format!("NOT_FOUND, the message and the reason, got {status:?}"))?;
    told(status.metadata(), metadata::TASK_ID)
}

fn is_gone(status: &Status) -> bool {
    let reason = status.get_details_error_info().map(|info| info.reason);
    status.code() == Code::NotFound && status.message() == MESSAGE && reason.as_deref() == Some("GONE")
}

async fn failed_task(client: &Client) -> Outcome<String> {
    let (error_type, details) = ("conformance.Gone", json!({ "id": 7 }));
    let input = json!({ "code": 5, "type": error_type, "message": MESSAGE, "details": details });
    let handle = client.enqueue("conformance.fail", &input).await?;
    let error = match handle.result::<Value>().await {
        Ok(_) => return Err("expected a failure, the task succeeded".into()),
        Err(error) => error,
    };
    let failed = error.task_failed().ok_or_else(|| format!("expected a failed task, got: {error}"))?;
    check(failed.code() == Code::NotFound, format!("NOT_FOUND, got {:?}", failed.code()))?;
    check(failed.error_type() == error_type, format!("{error_type}, got {}", failed.error_type()))?;
    check(failed.message() == MESSAGE, format!("\"{MESSAGE}\", got \"{}\"", failed.message()))?;
    let got: Value = failed.details()?;
    check(got == details, format!("the details {details}, got {got}"))?;
    Ok(handle.id().to_owned())
}
