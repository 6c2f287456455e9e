//! Tells the crate which compiler builds it: workers name their runtime to the server.
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=QTASKS_RUSTC_VERSION={}", rustc_version());
}

/// Such as `1.95.0`; `unknown` where the compiler does not say.
fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let version = text.unwrap_or_default();
    version.split_whitespace().nth(1).unwrap_or("unknown").to_owned()
}
