//! Sends heartbeats: they renew every lease that is held and carry its new checkpoint.
use std::sync::Arc;

use tokio::time::sleep;

use super::backoff;
use super::core::Core;
use super::lease::Lease;
use crate::error::Result;
use crate::payload::size;
use crate::proto::v1::LeaseRenewal;

const MAX_RENEWALS: usize = 1_000;
const MAX_BYTES: usize = 1 << 20;

/// Beats until the session ends. A failed renewal is repeated sooner than the next one is due, while the lease lasts.
pub(crate) async fn run(core: Arc<Core>) {
    let mut failures = 0;
    loop {
        let interval = core.session.heartbeat_interval();
        let pause = if failures == 0 { interval } else { interval.min(backoff::pause(failures)) };
        tokio::select! {
            () = core.closed().cancelled() => return,
            () = core.beat.notified() => {}
            () = sleep(pause) => {}
        }
        match beat(&core).await {
            Ok(()) => failures = 0,
            Err(error) => {
                failures += 1;
                backoff::tell("send a heartbeat", failures, &error);
            }
        }
    }
}

/// One heartbeat, in several calls where much is held.
pub(crate) async fn beat(core: &Arc<Core>) -> Result<()> {
    for leases in chunks(core.held.all()) {
        send(core, leases).await?;
    }
    Ok(())
}

async fn send(core: &Arc<Core>, leases: Vec<Arc<Lease>>) -> Result<()> {
    let renewals: Vec<LeaseRenewal> = leases.iter().map(|lease| renewal(lease)).collect();
    let free_slots = i32::try_from(core.free_slots()).unwrap_or(i32::MAX);
    let answer = core.session.heartbeat(renewals.clone(), free_slots, core.is_draining()).await?;
    for (lease, renewal) in leases.iter().zip(&renewals) {
        if let Some(checkpoint) = &renewal.checkpoint {
            lease.confirm_checkpoint(checkpoint);
        }
    }
    core.hear(answer.lease_statuses, answer.directives);
    Ok(())
}

fn renewal(lease: &Lease) -> LeaseRenewal {
    LeaseRenewal { lease_token: lease.token().clone(), checkpoint: lease.new_checkpoint() }
}

/// At least one chunk, so that a heartbeat is sent while nothing is held.
fn chunks(leases: Vec<Arc<Lease>>) -> Vec<Vec<Arc<Lease>>> {
    let (mut chunks, mut last, mut bytes) = (Vec::new(), Vec::new(), 0);
    for lease in leases {
        let size = size(lease.new_checkpoint().as_ref());
        if last.len() >= MAX_RENEWALS || bytes + size > MAX_BYTES {
            chunks.push(std::mem::take(&mut last));
            bytes = 0;
        }
        bytes += size;
        last.push(lease);
    }
    chunks.push(last);
    chunks
}
