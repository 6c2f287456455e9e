//! The deadline of a call that is made several times: it is one for all of them.
use std::time::Duration;

use http::HeaderMap;
use http::header::HeaderValue;
use tokio::time::Instant;

const GRPC_TIMEOUT: &str = "grpc-timeout";

/// When the caller's time is over; none: never.
pub(super) fn of(headers: &HeaderMap) -> Option<Instant> {
    let text = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    Instant::now().checked_add(parse(text)?)
}

/// Sets what is left of the caller's time.
pub(super) fn set(headers: &mut HeaderMap, deadline: Option<Instant>) {
    let Some(deadline) = deadline else { return };
    let left = deadline.saturating_duration_since(Instant::now());
    if let Ok(value) = HeaderValue::from_str(&format(left)) {
        headers.insert(GRPC_TIMEOUT, value);
    }
}

/// Up to eight digits and a unit, as gRPC has it.
pub(crate) fn format(timeout: Duration) -> String {
    const MAX: u128 = 99_999_999;
    match timeout {
        _ if timeout.as_micros() <= MAX => format!("{}u", timeout.as_micros()),
        _ if timeout.as_millis() <= MAX => format!("{}m", timeout.as_millis()),
        _ => format!("{}S", u128::from(timeout.as_secs()).min(MAX)),
    }
}

fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count.saturating_mul(3_600)),
        "M" => Duration::from_secs(count.saturating_mul(60)),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_formatted_is_parsed() {
        for (timeout, text) in [
            (Duration::from_millis(1_500), "1500000u"),
            (Duration::from_secs(3_600), "3600000m"),
            (Duration::from_secs(200_000), "200000S"),
        ] {
            assert_eq!(format(timeout), text);
            assert_eq!(parse(text), Some(timeout));
        }
        assert_eq!(parse("2H"), Some(Duration::from_secs(7_200)));
        assert_eq!(parse(""), None);
        assert_eq!(parse("1x"), None);
    }
}
