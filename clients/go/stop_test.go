package qtasks_test

import (
	"context"
	"errors"
	"testing"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// abortOf waits for the end of a handler's context and tells why.
func abortOf(ctx context.Context) qtasks.AbortCause {
	<-ctx.Done()
	var aborted *qtasks.AbortedError
	if errors.As(context.Cause(ctx), &aborted) {
		return aborted.Why
	}
	return ""
}

func TestALostLeaseEndsTheHandler(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	begun, why := make(chan struct{}), make(chan qtasks.AbortCause, 1)
	qtasks.Handle(worker, b.name("revoked"), func(ctx context.Context, _ any) (any, error) {
		close(begun)
		why <- abortOf(ctx)
		return nil, qtasks.AttemptFromContext(ctx).Output("of nobody's interest")
	})
	b.start(worker)
	handle := b.enqueue(b.name("revoked"), nil)
	<-begun
	task, err := handle.Cancel(b.ctx, qtasks.ForceAfter(0))
	b.check(err)
	equal(b, "state", task.State, api.TaskState_TASK_STATE_CANCELED)
	equal(b, "cause", <-why, qtasks.AbortLost)
}

func TestWhatIsLeftAfterTheGraceGoesBack(t *testing.T) {
	b := setup(t)
	begun, why := make(chan struct{}, 2), make(chan qtasks.AbortCause, 2)
	deaf := make(chan struct{})
	defer close(deaf)
	stopped := b.worker(qtasks.WorkerOptions{Grace: -1})
	qtasks.Handle(stopped, b.name("heeds"), func(ctx context.Context, _ any) (string, error) {
		begun <- struct{}{}
		why <- abortOf(ctx)
		return "", ctx.Err()
	})
	qtasks.Handle(stopped, b.name("deaf"), func(context.Context, any) (string, error) {
		begun <- struct{}{}
		<-deaf
		return "", nil
	})
	b.check(stopped.Start(b.ctx))
	handles := []*qtasks.TaskHandle{b.enqueue(b.name("heeds"), nil), b.enqueue(b.name("deaf"), nil)}
	<-begun
	<-begun
	stopped.Stop()
	stopped.Stop()
	equal(b, "cause", <-why, qtasks.AbortStopping)

	other := b.worker(qtasks.WorkerOptions{})
	for _, name := range []string{"heeds", "deaf"} {
		qtasks.Handle(other, b.name(name), func(context.Context, any) (string, error) { return "elsewhere", nil })
	}
	b.start(other)
	results, err := qtasks.Gather[string](b.ctx, handles)
	b.check(err)
	equal(b, "results", results[0]+" "+results[1], "elsewhere elsewhere")
	task, err := handles[0].Get(b.ctx)
	b.check(err)
	equal(b, "attempts that count", task.AttemptCount, 1)
}

func TestAWorkerThatNeverReachesAServerCanBeStopped(t *testing.T) {
	t.Parallel()
	b := setupAt(t, freePort(t))
	worker := b.worker(qtasks.WorkerOptions{})
	qtasks.Handle(worker, b.name("never"), func(context.Context, any) (any, error) { return nil, nil })
	ctx, cancel := context.WithTimeout(b.ctx, 200*time.Millisecond)
	defer cancel()
	b.check(worker.Run(ctx))
	worker.Stop()
}
