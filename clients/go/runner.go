package qtasks

import (
	"sync"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// unknownDelay: a task whose handler this worker lacks goes back for this long, for others to take.
const unknownDelay = time.Second

// stopping is why tasks go back when a worker ends.
const stopping = "the worker is stopping"

// runner has the attempts that this worker holds, and decides what becomes of each.
type runner struct {
	run *workerRun

	mu       sync.Mutex
	held     map[string]*Attempt
	draining bool
	empty    chan struct{}
}

// take runs the attempt; while draining, it gives it back.
func (r *runner) take(leased *api.LeasedTask) {
	a := newAttempt(r.run, leased)
	r.mu.Lock()
	_, twice := r.held[a.key]
	draining := r.draining
	if !twice {
		r.held[a.key] = a
	}
	r.mu.Unlock()
	switch handler := r.run.worker.registry.get(a.Name()); {
	case twice:
		// An answer that was sent twice must not run a task twice.
		a.cancel(nil)
	case draining:
		a.settle(release(stopping, 0))
	case handler == nil:
		r.warn(a, "no handler for the task: it goes back")
		a.settle(release("no handler for the task", unknownDelay))
	default:
		go r.execute(a, handler)
	}
}

// execute runs the handler; whatever it does becomes an outcome.
func (r *runner) execute(a *Attempt, handler *handler) {
	returned := false
	defer func() {
		if returned {
			return
		}
		failure := panicked(recover())
		outcome := abortedOutcome(a.ctx)
		if outcome == nil {
			outcome = failed(failure)
		}
		a.settle(outcome)
	}()
	result, err := handler.run(a.ctx, a)
	returned = true
	a.settle(outcomeOf(a.ctx, result, err))
}

// ended reports how the attempt ended; nil is a lost lease, of which nobody wants to hear.
func (r *runner) ended(a *Attempt, outcome *api.Outcome) {
	if outcome != nil {
		r.run.reporter.report(a, outcome)
		return
	}
	r.warn(a, "the lease of an attempt was lost")
	r.free([]*Attempt{a})
}

// free frees the slots of attempts whose outcomes are recorded, or never will be.
func (r *runner) free(attempts []*Attempt) {
	r.mu.Lock()
	for _, a := range attempts {
		delete(r.held, a.key)
	}
	if len(r.held) == 0 && r.empty != nil {
		close(r.empty)
		r.empty = nil
	}
	r.mu.Unlock()
	for _, a := range attempts {
		if !a.isSettled() {
			// The slot is free all the same, or one bad handler after the other would take all.
			r.warn(a, "a handler goes on although its attempt is over: it should heed its context")
		}
	}
	r.run.poller.wake()
}

// apply tells attempts what the server said of their leases.
func (r *runner) apply(statuses []*api.LeaseStatus) {
	for _, status := range statuses {
		r.mu.Lock()
		a := r.held[string(status.LeaseToken)]
		r.mu.Unlock()
		if a == nil {
			continue
		}
		switch status.Verdict {
		case api.LeaseVerdict_LEASE_VERDICT_LOST:
			a.lose()
		case api.LeaseVerdict_LEASE_VERDICT_CANCEL_REQUESTED:
			a.abort(AbortCanceled, status.CancelReason)
		}
	}
}

// drain: what comes from now on is given back.
func (r *runner) drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
}

// heldAttempts are those whose leases must be renewed: they run, or their outcome is not recorded yet.
func (r *runner) heldAttempts() []*Attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	held := make([]*Attempt, 0, len(r.held))
	for _, a := range r.held {
		held = append(held, a)
	}
	return held
}

func (r *runner) freeSlots() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, r.run.worker.options.Slots-len(r.held))
}

// waitEmpty waits until nothing is held, but no longer than that.
func (r *runner) waitEmpty(limit time.Duration) {
	r.mu.Lock()
	if len(r.held) == 0 {
		r.mu.Unlock()
		return
	}
	if r.empty == nil {
		r.empty = make(chan struct{})
	}
	empty := r.empty
	r.mu.Unlock()
	within(limit, empty)
}

func (r *runner) warn(a *Attempt, message string) {
	r.run.logger.Warn(message, "task_id", a.TaskID(), "task", a.Name(), "attempt", a.Number())
}

// within waits for the channel, but no longer than that.
func within(limit time.Duration, done <-chan struct{}) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}
