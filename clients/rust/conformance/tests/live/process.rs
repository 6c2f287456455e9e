//! Processes that tests start, and that end with them.
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::Outcome;

const PATIENCE: Duration = Duration::from_secs(30);

/// A process whose lines are read, by threads, so that it may outlive the runtime of the test that started it. Killed
/// when it is dropped.
pub struct Process {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Process {
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        let mut child = piped.spawn()?;
        let (sender, lines) = mpsc::unbounded_channel();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        forward(stdout.ok_or("no stdout")?, sender.clone());
        forward(stderr.ok_or("no stderr")?, sender);
        Ok(Self { child, lines })
    }

    /// The rest of the first line that begins like this.
    pub async fn line(&mut self, beginning: &str) -> Outcome<String> {
        let mut seen = Vec::new();
        let found = timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                if let Some(rest) = line.strip_prefix(beginning) {
                    return Some(rest.to_owned());
                }
                seen.push(line);
            }
            None
        });
        let found = found.await.ok().flatten();
        found.ok_or_else(|| format!("no line \"{beginning}\" but:\n{}", seen.join("\n")).into())
    }

    /// Ends it without warning.
    pub fn kill(&mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends SIGTERM; the exit code, once it has ended.
    pub async fn terminate(&mut self) -> Outcome<Option<i32>> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let ended = timeout(PATIENCE, async {
            loop {
                match self.child.try_wait() {
                    Ok(None) => sleep(Duration::from_millis(10)).await,
                    ended => return ended,
                }
            }
        });
        Ok(ended.await??.and_then(|status| status.code()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.kill();
    }
}

fn forward(output: impl Read + Send + 'static, lines: mpsc::UnboundedSender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Nobody listens to what comes after the test.
            let _ = lines.send(line);
        }
    });
}

/// The repository that the package lies in.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}
