//! What a worker tells of where it runs.
use crate::proto::v1::RuntimeInfo;

pub(crate) fn runtime() -> RuntimeInfo {
    RuntimeInfo {
        language: "rust".to_owned(),
        language_version: env!("QTASKS_RUSTC_VERSION").to_owned(),
        sdk_name: env!("CARGO_PKG_NAME").to_owned(),
        sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
        host: host(),
        pid: i32::try_from(std::process::id()).unwrap_or(0),
    }
}

/// For people: host, pid, and something random.
pub(crate) fn worker_id() -> String {
    format!("{}:{}:{:06x}", host(), std::process::id(), fastrand::u32(..1 << 24))
}

// The standard library does not tell; the kernel does on Linux, the environment on many others.
fn host() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let names = [kernel, std::env::var("HOSTNAME").ok(), std::env::var("COMPUTERNAME").ok()];
    let name = names.into_iter().flatten().map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
    name.unwrap_or_else(|| "unknown".to_owned())
}
