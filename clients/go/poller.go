package qtasks

import (
	"context"
	"sync"
	"time"
)

const (
	// maxParked polls at once. The first brings word of leases even while no slot is free; slots that become free
	// are offered by the next ones, and those that become free when all are parked by the one that follows.
	maxParked = 3
	// minShare: one poll offers half of the slots at most, or so many where half is fewer. The server hands out to
	// one half while it records the outcomes of the other; polls of a few slots would cost more than waiting does.
	minShare = 200
	pollWait = 30 * time.Second
	// hasty: an empty answer sooner than this counts as a failure, so that no server is asked in a tight loop.
	hasty = 25 * time.Millisecond
)

// poller keeps polls parked at the server while there are free slots.
type poller struct {
	run    *workerRun
	share  int
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	parked   int
	offered  int
	failures int
	draining bool
	pausing  bool
	idle     chan struct{}
}

func newPoller(run *workerRun) *poller {
	p := &poller{run: run, share: max(minShare, (run.worker.options.Slots+1)/2), idle: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(run.ctx)
	return p
}

// wake opens polls for slots that no parked poll offers.
func (p *poller) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.draining && !p.pausing && p.parked < maxParked && p.ctx.Err() == nil {
		credit := min(p.share, p.run.runner.freeSlots()-p.offered)
		if credit <= 0 && p.parked > 0 {
			return
		}
		credit = max(0, credit)
		p.parked++
		p.offered += credit
		go p.poll(credit)
	}
}

// pause: no new poll for so long.
func (p *poller) pause(pause time.Duration) {
	p.mu.Lock()
	already := p.pausing
	p.pausing = true
	p.mu.Unlock()
	if already {
		return
	}
	sleep(p.ctx, pause)
	p.mu.Lock()
	p.pausing = false
	p.mu.Unlock()
	p.wake()
}

// drain: no new polls; the channel is closed when those that are parked have answered.
func (p *poller) drain() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.draining && p.parked == 0 {
		close(p.idle)
	}
	p.draining = true
	return p.idle
}

func (p *poller) poll(credit int) {
	pause := p.ask(credit)
	p.mu.Lock()
	p.parked--
	p.offered -= credit
	if p.draining && p.parked == 0 {
		close(p.idle)
	}
	p.mu.Unlock()
	if pause > 0 {
		p.pause(pause)
	} else {
		p.wake()
	}
}

// ask takes what a poll brings, and gives how long to wait before the next one.
func (p *poller) ask(credit int) time.Duration {
	asked := time.Now()
	answer, err := p.run.session.poll(p.ctx, credit, pollWait)
	if err != nil {
		return p.failed(err)
	}
	for _, leased := range answer.Tasks {
		p.run.runner.take(leased)
	}
	isEmpty := len(answer.Tasks) == 0 && len(answer.LeaseStatuses) == 0
	if isEmpty && time.Since(asked) < hasty {
		return repeatPause(p.failAgain())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures = 0
	return 0
}

func (p *poller) failed(err error) time.Duration {
	if p.ctx.Err() != nil {
		return 0
	}
	failures := p.failAgain()
	failed := callError(p.ctx, err, nil)
	logFailure(p.run.logger, failures, "a poll failed; trying again", failed)
	return max(failed.RetryDelay, repeatPause(failures))
}

func (p *poller) failAgain() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures++
	return p.failures
}
