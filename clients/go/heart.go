package qtasks

import (
	"context"
	"sync"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	maxRenewals     = 1000
	maxRenewalBytes = 1 << 20
)

// heart sends heartbeats: they renew every lease that is held and carry its new checkpoint.
type heart struct {
	run    *workerRun
	ctx    context.Context
	cancel context.CancelFunc

	// mu is held while a heartbeat is under way: one at a time.
	mu       sync.Mutex
	draining bool
	failures int
}

func newHeart(run *workerRun) *heart {
	h := &heart{run: run}
	h.ctx, h.cancel = context.WithCancel(run.ctx)
	return h
}

// loop beats until it is stopped.
func (h *heart) loop() {
	for pause := h.run.session.heartbeatInterval(); sleep(h.ctx, pause); {
		pause = h.beat()
	}
}

// drain tells the server, at once and from then on, that this worker takes no more.
func (h *heart) drain() {
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	h.beat()
}

// beat sends one heartbeat and gives the time until the next. One that failed is repeated sooner than the next
// is due, while the leases last.
func (h *heart) beat() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	interval := h.run.session.heartbeatInterval()
	err := h.sendAll()
	if err == nil || h.ctx.Err() != nil {
		h.failures = 0
		return interval
	}
	h.failures++
	logFailure(h.run.logger, h.failures, "a heartbeat failed; trying again", err)
	return min(interval, repeatPause(h.failures))
}

// sendAll sends at least one heartbeat, also while nothing is held.
func (h *heart) sendAll() error {
	held := h.run.runner.heldAttempts()
	for {
		count := h.fit(held)
		if err := h.send(held[:count]); err != nil {
			return err
		}
		if held = held[count:]; len(held) == 0 {
			return nil
		}
	}
}

func (h *heart) fit(held []*Attempt) int {
	bytes := 0
	for at, a := range held {
		bytes += payloadSize(a.newCheckpoint())
		if at >= maxRenewals || bytes > maxRenewalBytes && at > 0 {
			return at
		}
	}
	return len(held)
}

func (h *heart) send(held []*Attempt) error {
	renewals := make([]*api.LeaseRenewal, len(held))
	for at, a := range held {
		renewals[at] = &api.LeaseRenewal{LeaseToken: a.leased.LeaseToken, Checkpoint: a.newCheckpoint()}
	}
	if err := h.run.session.beat(h.ctx, renewals, h.run.runner.freeSlots(), h.draining); err != nil {
		return err
	}
	for at, a := range held {
		if checkpoint := renewals[at].Checkpoint; checkpoint != nil {
			a.confirmCheckpoint(checkpoint)
		}
	}
	return nil
}
