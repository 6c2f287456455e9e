//! Between the durations and times of Rust and those of protobuf.
use std::time::{Duration, SystemTime};

/// Longer ones are cut to it: over 10,000 years, which is what protobuf can hold.
const MAX_SECONDS: u64 = 315_576_000_000;

pub(crate) fn to_proto(duration: Duration) -> prost_types::Duration {
    let seconds = i64::try_from(duration.as_secs().min(MAX_SECONDS)).unwrap_or(i64::MAX);
    let nanos = i32::try_from(duration.subsec_nanos()).unwrap_or(0);
    prost_types::Duration { seconds, nanos }
}

/// A negative one is zero.
pub(crate) fn to_std(duration: prost_types::Duration) -> Duration {
    let seconds = u64::try_from(duration.seconds).unwrap_or(0);
    Duration::new(seconds, u32::try_from(duration.nanos).unwrap_or(0))
}

pub(crate) fn timestamp(time: SystemTime) -> prost_types::Timestamp {
    prost_types::Timestamp::from(time)
}
