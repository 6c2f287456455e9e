package qtasks

import (
	"context"
	"runtime"
	"sync"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	// maxLongCalls are parked at once; further ones are short and paced, so that they end and merge by themselves.
	maxLongCalls = 16
	longWait     = 20 * time.Second
	shortWait    = 500 * time.Millisecond
	pace         = 30 * time.Millisecond
	// restPerID: a large group is asked again no sooner than this long after its answer, for each of its ids.
	restPerID = 10 * time.Microsecond
	// emptyRest follows an answer that came too early and says nothing, as from a server that drains.
	emptyRest = 200 * time.Millisecond
	// answerMargin: the answer comes this long after the wait at the latest.
	answerMargin = 10 * time.Second
)

// awaiter gathers concurrent awaits into few long polls, so that ten thousand awaited tasks are ten calls. A
// task joins the next call; a call that has its answer gives back the tasks that have not ended.
type awaiter struct {
	client *Client

	mu        sync.Mutex
	waits     map[string]*wait
	due       []*wait
	partial   int
	departing bool
}

func newAwaiter(client *Client) *awaiter {
	a := &awaiter{client: client, waits: map[string]*wait{}}
	context.AfterFunc(client.closing, a.close)
	return a
}

// await gives the terminal task, or the error of the wait.
func (a *awaiter) await(ctx context.Context, taskID string) (*api.Task, error) {
	awaited, leave := a.join(ctx, taskID)
	defer leave()
	select {
	case <-awaited.done:
		return awaited.task, awaited.err
	case <-ctx.Done():
		return nil, waitError(ctx, taskID)
	}
}

// join begins to wait; it is over once the wait is done or left.
func (a *awaiter) join(ctx context.Context, taskID string) (*wait, func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	awaited, known := a.waits[taskID]
	if !known {
		awaited = newWait(taskID)
		if a.client.closing.Err() != nil {
			awaited.settle(nil, closedError())
			return awaited, func() {}
		}
		a.waits[taskID] = awaited
		a.enter(awaited)
	}
	joined := awaited.join(ctx)
	return awaited, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(awaited.waiters, joined)
	}
}

func (a *awaiter) enter(waits ...*wait) {
	a.due = append(a.due, waits...)
	if len(a.due) == 0 || a.departing {
		return
	}
	a.departing = true
	if a.partial >= maxLongCalls {
		time.AfterFunc(pace, a.leave)
		return
	}
	go func() {
		// Whoever is about to wait leaves with this call.
		runtime.Gosched()
		a.leave()
	}()
}

func (a *awaiter) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.departing = false
	due := a.wanted(a.due)
	a.due = nil
	for len(due) > 0 {
		count := min(len(due), maxBatch)
		a.depart(due[:count:count])
		due = due[count:]
	}
}

// wanted forgets those that all have left; a later await of theirs starts anew.
func (a *awaiter) wanted(group []*wait) []*wait {
	left := make([]*wait, 0, len(group))
	for _, awaited := range group {
		if a.waits[awaited.taskID] != awaited {
			continue
		}
		if len(awaited.waiters) == 0 {
			delete(a.waits, awaited.taskID)
			continue
		}
		left = append(left, awaited)
	}
	return left
}

func (a *awaiter) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for taskID := range a.waits {
		a.end(taskID, nil, closedError())
	}
}
