package qtasks

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Attempt is one execution of a task, seen from its handler: what it was told, and what it can tell. It is
// safe for use by many goroutines. See [AttemptFromContext].
type Attempt struct {
	leased *api.LeasedTask
	run    *workerRun
	key    string
	ctx    context.Context
	cancel context.CancelCauseFunc
	events eventBuffer

	mu         sync.Mutex
	over       bool
	settled    bool
	checkpoint *api.Payload
	// confirmed is the checkpoint that the server has.
	confirmed *api.Payload
	children  map[string]int
}

type attemptKey struct{}

// AttemptFromContext gives the attempt whose handler has this context; nil outside of a handler.
func AttemptFromContext(ctx context.Context) *Attempt {
	attempt, _ := ctx.Value(attemptKey{}).(*Attempt)
	return attempt
}

// newAttempt begins with the lease; its context ends with the attempt.
func newAttempt(run *workerRun, leased *api.LeasedTask) *Attempt {
	a := &Attempt{leased: leased, run: run, key: string(leased.LeaseToken)}
	ctx := context.WithValue(context.Background(), attemptKey{}, a)
	ctx, a.cancel = context.WithCancelCause(ctx)
	a.ctx = ctx
	if leased.AttemptTtl != nil {
		a.limit(leased.AttemptTtl.AsDuration())
	}
	return a
}

// limit ends the attempt by its own timer; the server would take the lease a little later.
func (a *Attempt) limit(ttl time.Duration) {
	aborted := &AbortedError{AbortTimeout, fmt.Sprintf("the attempt took longer than its %s", ttl)}
	cancel := a.cancel
	limited, stop := context.WithTimeoutCause(a.ctx, ttl, aborted)
	a.ctx, a.cancel = limited, func(cause error) { cancel(cause); stop() }
	context.AfterFunc(a.ctx, func() {
		if context.Cause(a.ctx) == error(aborted) {
			a.end(timedOut(aborted))
		}
	})
}

// TaskID of the task.
func (a *Attempt) TaskID() string { return a.leased.TaskId }

// Name of the task.
func (a *Attempt) Name() string { return a.leased.Spec.GetName() }

// Queue that the task came from.
func (a *Attempt) Queue() string { return a.leased.Spec.GetOptions().GetQueue() }

// Number of this attempt, from 1.
func (a *Attempt) Number() int { return int(a.leased.Attempt) }

// FencingToken grows with each lease of the task: hand it to stores that can refuse older writers.
func (a *Attempt) FencingToken() int64 { return a.leased.FencingToken }

// Headers as the caller gave them; a copy.
func (a *Attempt) Headers() map[string]string { return maps.Clone(a.leased.Spec.GetHeaders()) }

// ParentTaskID names the task from whose handler this one was enqueued; empty where there is none.
func (a *Attempt) ParentTaskID() string { return a.leased.Spec.GetParentTaskId() }

// PreviousFailure says why the attempt before failed; nil at the first.
func (a *Attempt) PreviousFailure() *api.Failure { return a.leased.PreviousFailure }

// OutputCount is how many outputs earlier attempts have recorded, for handlers that can resume.
func (a *Attempt) OutputCount() int64 { return a.leased.OutputCount }

// abort tells the handler to stop; how it ends is up to it.
func (a *Attempt) abort(why AbortCause, message string) {
	a.cancel(&AbortedError{why, message})
}

// lose ends it without a report: the lease is gone.
func (a *Attempt) lose() {
	a.abort(AbortLost, "the lease of this attempt was lost")
	a.events.close()
	a.end(nil)
}

// giveUp gives the task back, whatever its handler does.
func (a *Attempt) giveUp() { a.end(release(stopping, 0)) }

// settle says how its handler ended, or why it is not run.
func (a *Attempt) settle(outcome *api.Outcome) {
	a.mu.Lock()
	a.settled = true
	a.mu.Unlock()
	a.end(outcome)
	a.cancel(nil)
}

// end decides how the attempt ends, once: by its handler, its time, the loss of its lease, or its worker. A
// handler may go on after that; what comes of it no longer counts.
func (a *Attempt) end(outcome *api.Outcome) {
	a.mu.Lock()
	first := !a.over
	a.over = true
	a.mu.Unlock()
	if first {
		a.run.runner.ended(a, outcome)
	}
}

func (a *Attempt) isOver() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.over
}

func (a *Attempt) isSettled() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settled
}
