package qtasks_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	qtasks "github.com/qtasks/qtasks/clients/go"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

func TestEnqueueWritesWhatTheOptionsSay(t *testing.T) {
	b := setup(t)
	b.define("options")
	handle := b.enqueue(b.name("options"), map[string]int{"x": 1},
		qtasks.Delay(time.Hour), qtasks.Queue("go-options"), qtasks.Priority(7), qtasks.MaxAttempts(5),
		qtasks.AttemptTimeout(time.Minute), qtasks.Label("team", "go"), qtasks.Headers(map[string]string{"trace": "t1"}),
		qtasks.Unique(b.name("key"), 0, api.ConflictPolicy_CONFLICT_POLICY_UNSPECIFIED))
	task, err := handle.Get(b.ctx)
	b.check(err)
	options := task.Spec.Options
	equal(b, "state", task.State, api.TaskState_TASK_STATE_SCHEDULED)
	equal(b, "input", task.Spec.Payload.GetText(), `{"x":1}`)
	equal(b, "queue", options.Queue, "go-options")
	equal(b, "priority", options.GetPriority(), 7)
	equal(b, "attempts", options.RetryPolicy.GetMaxAttempts(), 5)
	equal(b, "timeout", options.AttemptTimeout.AsDuration(), time.Minute)
	equal(b, "label", options.Labels["team"], "go")
	equal(b, "header", task.Spec.Headers["trace"], "t1")
	equal(b, "key", task.Spec.Unique.Key, b.name("key"))
	again := b.enqueue(b.name("options"), nil, qtasks.Unique(b.name("key"), 0, 0))
	equal(b, "the holder of the key", again.ID(), handle.ID())
	equal(b, "created", again.Created(), false)
}

func TestEnqueueWithOneIDMakesOneTask(t *testing.T) {
	b := setup(t)
	b.define("once", "other")
	id := qtasks.NewTaskID()
	first := b.enqueue(b.name("once"), 1, qtasks.TaskID(id))
	second := b.enqueue(b.name("once"), 2, qtasks.TaskID(id))
	equal(b, "created first", first.Created(), true)
	equal(b, "created second", second.Created(), false)
	_, err := b.client.Enqueue(b.ctx, b.name("other"), 1, qtasks.TaskID(id))
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonTaskIDExists)
	equal(b, "code", status.Code(err), codes.AlreadyExists)
}

func TestEnqueueManyAnswersForEach(t *testing.T) {
	b := setup(t)
	b.define("many")
	results, err := b.client.EnqueueMany(b.ctx, []qtasks.Enqueue{
		{Name: b.name("many"), Input: 1},
		{Name: b.name("many"), Input: func() {}},
		{Name: b.name("many"), Input: 3, Options: []qtasks.EnqueueOption{qtasks.Priority(5000)}},
		{Name: b.name("many"), Input: 4},
	})
	b.check(err)
	equal(b, "what JSON can't hold", qtasks.ReasonOf(results[1].Err), qtasks.ReasonFieldViolation)
	equal(b, "what the server refuses", qtasks.ReasonOf(results[2].Err), qtasks.ReasonFieldViolation)
	for _, at := range []int{0, 3} {
		b.check(results[at].Err)
		equal(b, "created", results[at].Handle.Created(), true)
	}
}

func TestErrorsHaveCodeReasonAndFields(t *testing.T) {
	b := setup(t)
	_, err := b.client.Get(b.ctx, "no-such-task")
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonTaskNotFound)
	equal(b, "code", status.Code(err), codes.NotFound)
	_, err = b.client.Reschedule(b.ctx, "some-task", qtasks.ToPriority(5000))
	var failed *qtasks.Error
	if !errors.As(err, &failed) || len(failed.Fields) != 1 || failed.Fields[0].Field != "priority" {
		t.Fatalf("expected a violation of priority, got %v", err)
	}
	_, err = b.client.Await(b.ctx, "no-such-task")
	equal(b, "reason of the wait", qtasks.ReasonOf(err), qtasks.ReasonTaskNotFound)
}

func TestAWaitEndsWithItsContextAndTheTaskGoesOn(t *testing.T) {
	b := setup(t)
	b.define("later")
	handle := b.enqueue(b.name("later"), 3)
	short, cancel := context.WithTimeout(b.ctx, 50*time.Millisecond)
	defer cancel()
	_, err := qtasks.Result[int](short, handle)
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonStillRunning)
	equal(b, "deadline", errors.Is(err, context.DeadlineExceeded), true)
	canceled, cancelNow := context.WithCancel(b.ctx)
	cancelNow()
	_, err = handle.Done(canceled)
	equal(b, "canceled", errors.Is(err, context.Canceled), true)

	worker := b.worker(qtasks.WorkerOptions{})
	qtasks.Handle(worker, b.name("later"), func(_ context.Context, in int) (int, error) { return in * 2, nil })
	b.start(worker)
	result, err := qtasks.Result[int](b.ctx, handle)
	b.check(err)
	equal(b, "result", result, 6)
}

func TestConcurrentCallsLeaveInBatches(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	counting := func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		calls.Add(1)
		return invoke(ctx, method, request, reply, conn, options...)
	}
	b := setupAt(t, sharedServer(t).address, qtasks.WithDialOptions(grpc.WithChainUnaryInterceptor(counting)))
	worker := setupAt(t, sharedServer(t).address).worker(qtasks.WorkerOptions{})
	qtasks.Handle(worker, b.name("echo"), func(_ context.Context, in int) (int, error) { return in, nil })
	b.start(worker)
	var running sync.WaitGroup
	for at := range 500 {
		running.Add(1)
		go func() {
			defer running.Done()
			result, err := qtasks.Run[int](b.ctx, b.client, b.name("echo"), at)
			if err != nil || result != at {
				t.Errorf("task %d: %d, %v", at, result, err)
			}
		}()
	}
	running.Wait()
	if made := calls.Load(); made > 250 {
		t.Fatalf("500 concurrent runs made %d calls", made)
	}
}

func TestGatherGivesResultsInOrder(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	qtasks.Handle(worker, b.name("square"), func(_ context.Context, in int) (int, error) { return in * in, nil })
	b.start(worker)
	var handles []*qtasks.TaskHandle
	for at := range 100 {
		handles = append(handles, b.enqueue(b.name("square"), at))
	}
	results, err := qtasks.Gather[int](b.ctx, handles)
	b.check(err)
	for at, result := range results {
		equal(b, "result", result, at*at)
	}
}

func TestCloseEndsWaits(t *testing.T) {
	b := setup(t)
	b.define("never")
	handle := b.enqueue(b.name("never"), nil)
	ended := make(chan error, 1)
	go func() {
		_, err := handle.Done(context.Background())
		ended <- err
	}()
	b.check(b.client.Close())
	equal(b, "reason", qtasks.ReasonOf(<-ended), qtasks.ReasonCallCanceled)
}

func TestOptionsAreChecked(t *testing.T) {
	for _, dial := range []func() (*qtasks.Client, error){
		func() (*qtasks.Client, error) { return qtasks.Dial("no port") },
		func() (*qtasks.Client, error) { return qtasks.Dial("example.com:443", qtasks.WithToken("secret")) },
		func() (*qtasks.Client, error) { return qtasks.Dial("", qtasks.WithCallTimeout(-1)) },
	} {
		if _, err := dial(); qtasks.ReasonOf(err) != qtasks.ReasonConfigInvalid {
			t.Errorf("expected CONFIG_INVALID, got %v", err)
		}
	}
}
