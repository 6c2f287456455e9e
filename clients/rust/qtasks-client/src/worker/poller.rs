//! Keeps polls parked at the server while there are free slots.
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::backoff;
use super::core::Core;
use crate::error::Result;

/// Polls parked at once. The first brings word of leases even while no slot is free; slots that become free are
/// offered by the next ones, and those that become free when all are parked by the one that follows.
const MAX_PARKED: usize = 3;
/// One poll offers half of the slots at most, or so many where half is fewer: the server hands out to one half while it
/// records the outcomes of the other. Polls of a few slots would cost more than waiting does.
const MIN_SHARE: usize = 200;
/// Longest wait of a poll; the server may want less.
const WAIT: Duration = Duration::from_secs(30);
/// An empty answer sooner than this counts as a failure, so that no server is asked in a tight loop.
const HASTY: Duration = Duration::from_millis(25);

struct Answered {
    credit: usize,
    /// Whether the server had anything to say, or took its time.
    answer: Result<bool>,
}

/// Polls until the worker drains and all that is parked has answered.
pub(crate) async fn run(core: Arc<Core>) {
    let mut parked = JoinSet::new();
    let (mut offered, mut failures) = (0, 0);
    loop {
        offered += park(&core, &mut parked, offered);
        if core.is_draining() && parked.is_empty() {
            return;
        }
        tokio::select! {
            // Slots that become free in this turn of the runtime are offered together.
            () = core.freed.notified() => tokio::task::yield_now().await,
            Some(Ok(Answered { credit, answer })) = parked.join_next() => {
                offered -= credit;
                failures = rest(&core, answer, failures).await;
            }
        }
    }
}

/// Opens polls for slots that no parked poll offers; how many those are.
fn park(core: &Arc<Core>, parked: &mut JoinSet<Answered>, offered: usize) -> usize {
    let share = MIN_SHARE.max(core.slots.div_ceil(2));
    let mut added = 0;
    while parked.len() < MAX_PARKED && !core.is_draining() {
        let credit = share.min(core.free_slots().saturating_sub(offered + added));
        if credit == 0 && !parked.is_empty() {
            break;
        }
        parked.spawn(poll(core.clone(), credit));
        added += credit;
    }
    added
}

async fn poll(core: Arc<Core>, credit: usize) -> Answered {
    let asked_at = Instant::now();
    let answer = core.session.poll(i32::try_from(credit).unwrap_or(i32::MAX), WAIT).await;
    let answer = answer.map(|answer| {
        let said = !answer.tasks.is_empty() || !answer.lease_statuses.is_empty();
        for leased in answer.tasks {
            core.take(leased);
        }
        core.hear(answer.lease_statuses, answer.directives);
        said || asked_at.elapsed() >= HASTY
    });
    Answered { credit, answer }
}

/// Waits before the next poll where that is wise; how many have failed in a row.
async fn rest(core: &Core, answer: Result<bool>, failures: u32) -> u32 {
    if let Some(until) = core.polls_rest_until() {
        sleep_until(until).await;
    }
    let failures = failures + 1;
    match answer {
        Ok(true) => return 0,
        Ok(false) => sleep(backoff::pause(failures)).await,
        Err(_) if core.is_draining() => {}
        Err(error) => {
            backoff::tell("poll", failures, &error);
            sleep(error.retry_delay().unwrap_or_else(|| backoff::pause(failures))).await;
        }
    }
    failures
}
