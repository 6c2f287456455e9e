package qtasks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	qtasks "github.com/qtasks/qtasks/clients/go"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// failureOf awaits a task that must fail.
func (b *bench) failureOf(handle *qtasks.TaskHandle) *qtasks.TaskFailedError {
	b.Helper()
	var failed *qtasks.TaskFailedError
	if err := handle.Result(b.ctx, new(any)); !errors.As(err, &failed) {
		b.Fatalf("expected a failed task, got %v", err)
	}
	return failed
}

func TestFailuresKeepCodeTypeMessageAndDetails(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	handlers := map[string]error{
		"task":     &qtasks.TaskError{Code: codes.NotFound, Type: "x.Gone", Message: "gone", Details: map[string]int{"id": 7}},
		"terminal": qtasks.Terminal(errors.New("for good")),
		"status":   status.Error(codes.InvalidArgument, "bad"),
		"wrapped":  qtasks.Terminal(fmt.Errorf("outer: %w", errors.New("inner"))),
	}
	for name, err := range handlers {
		qtasks.Handle(worker, b.name(name), func(context.Context, any) (any, error) { return nil, err })
	}
	qtasks.Handle(worker, b.name("panic"), func(context.Context, any) (any, error) { panic("oh dear") })
	qtasks.Handle(worker, b.name("unsendable"), func(context.Context, any) (any, error) { return func() {}, nil })
	qtasks.Handle(worker, b.name("typed"), func(context.Context, struct{ X int }) (any, error) { return nil, nil })
	b.start(worker)

	failed := b.failureOf(b.enqueue(b.name("task"), nil))
	var details map[string]int
	b.check(failed.Details(&details))
	equal(b, "details", details["id"], 7)
	equal(b, "code", failed.Code(), codes.NotFound)
	equal(b, "type", failed.Type(), "x.Gone")
	equal(b, "message", failed.Message(), "gone")
	equal(b, "status", status.Code(failed), codes.NotFound)
	equal(b, "source", strings.HasPrefix(failed.Failure.Source, "go/1."), true)

	failed = b.failureOf(b.enqueue(b.name("terminal"), nil))
	equal(b, "attempts", failed.Task.AttemptCount, 1)
	equal(b, "message", failed.Message(), "for good")
	failed = b.failureOf(b.enqueue(b.name("status"), nil))
	equal(b, "type", failed.Type(), "grpc.INVALID_ARGUMENT")
	failed = b.failureOf(b.enqueue(b.name("wrapped"), nil))
	equal(b, "cause", failed.Failure.Cause.Message, "inner")
	failed = b.failureOf(b.enqueue(b.name("panic"), nil, qtasks.MaxAttempts(1)))
	equal(b, "message", failed.Message(), "oh dear")
	full, err := b.client.Get(b.ctx, failed.Task.TaskId)
	b.check(err)
	equal(b, "code", codes.Code(full.Failure.Code), codes.Unknown)
	equal(b, "stack", strings.Contains(full.Failure.StackTrace, "worker_test.go"), true)
	failed = b.failureOf(b.enqueue(b.name("unsendable"), nil))
	equal(b, "type", failed.Type(), "qtasks.ResultNotEncodable")
	failed = b.failureOf(b.enqueue(b.name("typed"), "no object"))
	equal(b, "kind", failed.Failure.Kind, api.FailureKind_FAILURE_KIND_REJECTED)
}

func TestHandlersSteerWhatFollows(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	var later, snoozed atomic.Int32
	qtasks.Handle(worker, b.name("later"), func(ctx context.Context, _ any) (int, error) {
		if later.Add(1) == 1 {
			return 0, qtasks.RetryLater(20*time.Millisecond, errors.New("not yet"))
		}
		attempt := qtasks.AttemptFromContext(ctx)
		equal(b, "why", attempt.PreviousFailure().GetMessage(), "not yet")
		return attempt.Number(), nil
	}, qtasks.MaxAttempts(2))
	qtasks.Handle(worker, b.name("snooze"), func(context.Context, any) (string, error) {
		if snoozed.Add(1) == 1 {
			return "", qtasks.Snooze(20 * time.Millisecond)
		}
		return "awake", nil
	}, qtasks.MaxAttempts(1))
	b.start(worker)
	attempt, err := qtasks.Run[int](b.ctx, b.client, b.name("later"), nil)
	b.check(err)
	equal(b, "attempt", attempt, 2)
	result, err := qtasks.Run[string](b.ctx, b.client, b.name("snooze"), nil)
	b.check(err)
	equal(b, "result", result, "awake")
}

func TestAttemptsTellWhatTheyAre(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	qtasks.Handle(worker, b.name("parent"), func(ctx context.Context, in string) (string, error) {
		attempt := qtasks.AttemptFromContext(ctx)
		_, limited := ctx.Deadline()
		equal(b, "deadline", limited, true)
		equal(b, "header", attempt.Headers()["trace"], "t1")
		equal(b, "queue", attempt.Queue(), "default")
		equal(b, "fencing token", attempt.FencingToken() > 0, true)
		first, err := attempt.Enqueue(ctx, b.name("child"), in)
		if err != nil {
			return "", err
		}
		if attempt.Number() == 1 {
			return "", qtasks.RetryLater(time.Millisecond, errors.New("once more: "+first.ID()))
		}
		equal(b, "found again", first.Created(), false)
		return first.ID(), nil
	}, qtasks.AttemptTimeout(time.Minute))
	qtasks.Handle(worker, b.name("child"), func(ctx context.Context, in string) (string, error) {
		return in + " of " + qtasks.AttemptFromContext(ctx).ParentTaskID(), nil
	})
	b.start(worker)
	handle := b.enqueue(b.name("parent"), "child", qtasks.Headers(map[string]string{"trace": "t1"}))
	childID, err := qtasks.Result[string](b.ctx, handle)
	b.check(err)
	child, err := qtasks.Result[string](b.ctx, b.client.Handle(childID))
	b.check(err)
	equal(b, "child", child, "child of "+handle.ID())
}

func TestCheckpointsReachTheNextAttempt(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	qtasks.Handle(worker, b.name("resume"), func(ctx context.Context, _ any) (int, error) {
		attempt := qtasks.AttemptFromContext(ctx)
		var at int
		found, err := attempt.Checkpoint(&at)
		if err != nil || found {
			return at, err
		}
		equal(b, "too large", attempt.SaveCheckpoint(strings.Repeat("x", 65<<10)) != nil, true)
		return 0, errors.Join(attempt.SaveCheckpoint(41), qtasks.RetryLater(time.Millisecond, nil))
	})
	b.start(worker)
	at, err := qtasks.Run[int](b.ctx, b.client, b.name("resume"), nil)
	b.check(err)
	equal(b, "checkpoint", at, 41)
}

func TestCancelEndsTheContext(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	running := make(chan struct{}, 2)
	qtasks.Handle(worker, b.name("stops"), func(ctx context.Context, _ any) (any, error) {
		running <- struct{}{}
		<-ctx.Done()
		var aborted *qtasks.AbortedError
		equal(b, "cause", errors.As(context.Cause(ctx), &aborted) && aborted.Why == qtasks.AbortCanceled, true)
		return nil, ctx.Err()
	})
	qtasks.Handle(worker, b.name("finishes"), func(ctx context.Context, _ any) (string, error) {
		running <- struct{}{}
		<-ctx.Done()
		return "all the same", nil
	})
	b.start(worker)
	stops := b.enqueue(b.name("stops"), nil)
	<-running
	_, err := stops.Cancel(b.ctx, qtasks.Because("enough"))
	b.check(err)
	failed := b.failureOf(stops)
	equal(b, "canceled", failed.Canceled(), true)
	equal(b, "reason", failed.Task.CancelReason, "enough")
	finishes := b.enqueue(b.name("finishes"), nil)
	<-running
	_, err = finishes.Cancel(b.ctx)
	b.check(err)
	result, err := qtasks.Result[string](b.ctx, finishes)
	b.check(err)
	equal(b, "result", result, "all the same")
}

func TestAttemptsOutOfTimeFail(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	deaf := make(chan struct{})
	defer close(deaf)
	qtasks.Handle(worker, b.name("heeds"), func(ctx context.Context, _ any) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	qtasks.Handle(worker, b.name("deaf"), func(context.Context, any) (any, error) {
		<-deaf
		return nil, nil
	})
	b.start(worker)
	for _, name := range []string{"heeds", "deaf"} {
		handle := b.enqueue(b.name(name), nil, qtasks.AttemptTimeout(100*time.Millisecond), qtasks.MaxAttempts(1))
		failed := b.failureOf(handle)
		equal(b, "kind", failed.Failure.Kind, api.FailureKind_FAILURE_KIND_ATTEMPT_TIMEOUT)
		equal(b, "type", failed.Type(), "qtasks.AttemptTimeout")
	}
}

func TestWhatTheServerRefusesBecomesAFailure(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	large := strings.Repeat("x", 2<<20)
	qtasks.Handle(worker, b.name("large"), func(context.Context, any) (string, error) { return large, nil })
	qtasks.HandleStream(worker, b.name("large.output"), func(_ context.Context, _ any, out *qtasks.Outputs[string]) error {
		out.Send(large) // The refusal comes with the next output, or with the outcome.
		return nil
	})
	b.start(worker)
	equal(b, "type", b.failureOf(b.enqueue(b.name("large"), nil)).Type(), "qtasks.ResultTooLarge")
	equal(b, "type", b.failureOf(b.enqueue(b.name("large.output"), nil)).Type(), "qtasks.OutputRefused")
}

func TestAnOperatorDrainsAWorker(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{WorkerID: b.name("id")})
	release := make(chan struct{})
	qtasks.Handle(worker, b.name("last"), func(context.Context, any) (string, error) {
		<-release
		return "done", nil
	})
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() { ended <- worker.Run(b.ctx, func() { close(ready) }) }()
	<-ready
	admin := api.NewAdminServiceClient(b.client.Conn())
	workers, err := admin.ListWorkers(b.ctx, &api.ListWorkersRequest{PageSize: 1000})
	b.check(err)
	for _, info := range workers.Workers {
		if info.WorkerId == b.name("id") {
			_, err = admin.DrainWorker(b.ctx, &api.DrainWorkerRequest{SessionId: info.SessionId, Reason: "enough"})
			b.check(err)
		}
	}
	<-worker.Drained()
	close(release)
	b.check(<-ended)
}

func TestOneBadTaskLeavesTheOthersOfItsBatchAlone(t *testing.T) {
	b := setup(t)
	b.define("good")
	_, err := b.client.Enqueue(b.ctx, "bad\xff", nil)
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonFieldViolation)
	_, err = qtasks.Gather[any](b.ctx, []*qtasks.TaskHandle{nil})
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonFieldViolation)
	b.enqueue(b.name("good"), nil)
}

func TestRegistrationsAreChecked(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{Slots: -1})
	none := func(context.Context, any) (any, error) { return nil, nil }
	qtasks.Handle(worker, b.name("twice"), none)
	qtasks.Handle(worker, b.name("twice"), none)
	err := worker.Start(b.ctx)
	if err == nil || !strings.Contains(err.Error(), "Slots: must be from 1 to 10000") || !strings.Contains(err.Error(), "two handlers") {
		t.Fatalf("expected both problems, got %v", err)
	}
	worker.Stop()
}
