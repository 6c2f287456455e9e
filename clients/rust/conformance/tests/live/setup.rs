//! The servers of the tests: one that many share, and those that are killed or told apart.
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Weak};

use qtasks_client::proto::v1::{Task, TaskState};
use qtasks_client::{Client, RunningWorker, TaskChange, TaskHandle, WatchOptions, Worker};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Outcome;
use crate::process::{Process, root};

/// Leases that run out soon, so that what a killed worker held comes back soon.
const FAST: &str = "{ heartbeatIntervalMs: 300, deliveryTimeoutMs: 1500, leaseMs: 1500, sessionTtlMs: 2000, \
                    sweepIntervalMs: 300 }";

/// Held by the tests that use it: it ends with the last of them.
static SHARED: Mutex<Weak<Server>> = Mutex::const_new(Weak::new());

/// `qtasks serve` in a folder of its own; both are gone with the value.
pub struct Server {
    process: Process,
    folder: PathBuf,
    arguments: Vec<String>,
    /// `HOST:PORT`, the same after a restart.
    pub address: String,
}

impl Server {
    pub async fn start() -> Outcome<Self> {
        Self::start_with(&["--url", "memory:"]).await
    }

    /// The one that tests share whose tasks have names of their own.
    pub async fn shared() -> Outcome<Arc<Self>> {
        let mut shared = SHARED.lock().await;
        if let Some(server) = shared.upgrade() {
            return Ok(server);
        }
        let server = Arc::new(Self::start().await?);
        *shared = Arc::downgrade(&server);
        Ok(server)
    }

    /// On a file that outlives the process.
    pub async fn durable() -> Outcome<Self> {
        Self::start_with(&["--url", "sqlite:./tasks.db"]).await
    }

    pub async fn start_with(arguments: &[&str]) -> Outcome<Self> {
        Self::start_in(new_folder()?, arguments).await
    }

    /// With short leases.
    pub async fn fast() -> Outcome<Self> {
        let folder = new_folder()?;
        let index = root().join("src/index.ts").canonicalize()?;
        let app = format!(
            "import {{ QueueTasks }} from {index:?};\nexport const app = new QueueTasks({{ timings: {FAST} }});\n"
        );
        std::fs::write(folder.join("app.ts"), app)?;
        Self::start_in(folder, &["--url", "memory:", "--app", "app.ts"]).await
    }

    /// In a folder that is prepared.
    pub async fn start_in(folder: PathBuf, arguments: &[&str]) -> Outcome<Self> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let (process, address) = serve(&folder, &arguments, "127.0.0.1:0").await?;
        Ok(Self { process, folder, arguments, address })
    }

    /// Ends it without warning.
    pub fn kill(&mut self) -> Outcome {
        self.process.kill()
    }

    /// Starts it again on the same data and port.
    pub async fn start_again(&mut self) -> Outcome {
        (self.process, _) = serve(&self.folder, &self.arguments, &self.address).await?;
        Ok(())
    }

    pub fn client(&self) -> Outcome<Client> {
        Ok(Client::connect(&self.address)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What can't be removed is left to the system.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The shared server with a client on it.
pub async fn setup() -> Outcome<(Arc<Server>, Client)> {
    let server = Server::shared().await?;
    let client = server.client()?;
    Ok((server, client))
}

/// As [`setup`], with a worker.
pub async fn work(add: impl FnOnce(Worker) -> Worker) -> Outcome<(Arc<Server>, Client, RunningWorker)> {
    let (server, client) = setup().await?;
    let worker = add(Worker::new(&client)).start().await?;
    Ok((server, client, worker))
}

/// Has the server know a task that no worker runs.
pub async fn define(client: &Client, name: &str) -> Outcome {
    Ok(Worker::new(client).task(name, |_: Value, _| async { Ok(()) }).apply().await?)
}

/// The task, as soon as it is in this state.
pub async fn until(handle: &TaskHandle, state: TaskState) -> Outcome<Task> {
    let mut changes = handle.watch(WatchOptions::default());
    while let Some(change) = changes.next().await {
        match change? {
            TaskChange::Task(task) if task.state() == state => return Ok(*task),
            _ => {}
        }
    }
    Err(format!("the task ended before it was {}", state.as_str_name()).into())
}

async fn serve(folder: &Path, arguments: &[String], grpc: &str) -> Outcome<(Process, String)> {
    let mut command = Command::new("node");
    command.current_dir(folder).arg(root().join("bin/qtasks.js").canonicalize()?).arg("serve");
    command.args(arguments).args(["--grpc", grpc, "--http", "127.0.0.1:0"]);
    let mut process = Process::start(&mut command)?;
    let line = process.line("QTasks serves gRPC on ").await?;
    let address = line.split(',').next().ok_or("no address")?.to_owned();
    Ok((process, address))
}

/// A folder for one server.
pub fn new_folder() -> Outcome<PathBuf> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("qtasks-rust-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
