package qtasks

import (
	"context"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// wait is all those in this process who wait for one task. The awaiter's lock guards all but done.
type wait struct {
	taskID  string
	done    chan struct{}
	task    *api.Task
	err     error
	waiters map[*waiter]struct{}
}

// waiter is one of them, with the end of its patience; zero: none.
type waiter struct{ until time.Time }

func newWait(taskID string) *wait {
	return &wait{taskID: taskID, done: make(chan struct{}), waiters: map[*waiter]struct{}{}}
}

func (w *wait) join(ctx context.Context) *waiter {
	until, _ := ctx.Deadline()
	joined := &waiter{until}
	w.waiters[joined] = struct{}{}
	return joined
}

// remaining is the time until the last waiter gives up, at most limit.
func (w *wait) remaining(limit time.Duration) time.Duration {
	longest := time.Duration(0)
	for waiter := range w.waiters {
		if waiter.until.IsZero() {
			return limit
		}
		longest = max(longest, time.Until(waiter.until))
	}
	return min(longest, limit)
}

func (w *wait) settle(task *api.Task, err error) {
	w.task, w.err = task, err
	close(w.done)
}
