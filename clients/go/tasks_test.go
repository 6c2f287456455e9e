package qtasks_test

import (
	"context"
	"testing"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

func TestWatchTellsEveryStateUntilTheEnd(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	release := make(chan struct{})
	qtasks.Handle(worker, b.name("watched"), func(ctx context.Context, _ any) (string, error) {
		qtasks.AttemptFromContext(ctx).Progress(1, 2, "half")
		<-release
		return "done", nil
	})
	b.check(worker.Define(b.ctx))
	handle := b.enqueue(b.name("watched"), nil)
	b.start(worker)
	var last *api.Task
	sawProgress := false
	for change, err := range handle.Watch(b.ctx, qtasks.WithView(api.TaskView_TASK_VIEW_RESULT)) {
		b.check(err)
		last = change.Task
		if last.GetProgress().GetMessage() == "half" && !sawProgress {
			sawProgress = true
			close(release)
		}
	}
	equal(b, "progress", sawProgress, true)
	equal(b, "state", last.State, api.TaskState_TASK_STATE_SUCCEEDED)
	equal(b, "result", last.Result.GetText(), `"done"`)
}

func TestWatchOfNothingIsAnError(t *testing.T) {
	b := setup(t)
	for _, err := range b.client.Watch(b.ctx, "no-such-task") {
		equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonTaskNotFound)
		return
	}
	t.Fatal("the watch ended without an error")
}

func TestListCountAndEventsWalkThroughAll(t *testing.T) {
	b := setup(t)
	b.define("listed")
	const count = 1200
	tasks := make([]qtasks.Enqueue, count)
	for at := range tasks {
		tasks[at] = qtasks.Enqueue{Name: b.name("listed"), Input: at}
	}
	_, err := b.client.EnqueueMany(b.ctx, tasks)
	b.check(err)
	filter := &api.TaskFilter{Names: []string{b.name("listed")}}
	seen := map[string]bool{}
	for task, err := range b.client.List(b.ctx, filter) {
		b.check(err)
		seen[task.TaskId] = true
	}
	equal(b, "listed", len(seen), count)
	counted, err := b.client.Count(b.ctx, filter)
	b.check(err)
	equal(b, "counted", counted.Count, count)
}

func TestEventsAreOutputsAndLogsInOrder(t *testing.T) {
	b := setup(t)
	worker := b.worker(qtasks.WorkerOptions{})
	qtasks.HandleStream(worker, b.name("events"), func(ctx context.Context, count int, out *qtasks.Outputs[int]) error {
		qtasks.AttemptFromContext(ctx).Log("started", "count", count)
		for value := range count {
			if err := out.Send(value); err != nil {
				return err
			}
		}
		return nil
	})
	b.start(worker)
	const count = 2500
	handle := b.enqueue(b.name("events"), count)
	next := 0
	for value, err := range qtasks.OutputsOf[int](b.ctx, handle) {
		b.check(err)
		equal(b, "output", value, next)
		next++
	}
	equal(b, "outputs", next, count)
	events := 0
	for event, err := range b.client.Events(b.ctx, handle.ID(), 0) {
		b.check(err)
		if events == 0 {
			equal(b, "log", event.GetLog().GetMessage(), "started")
			equal(b, "field", event.GetLog().GetFields()["count"], "2500")
		}
		events++
	}
	equal(b, "events", events, count+1)
}

func TestCancelRetryRescheduleDelete(t *testing.T) {
	b := setup(t)
	b.define("moved")
	handle := b.enqueue(b.name("moved"), nil, qtasks.Delay(time.Hour))
	task, err := b.client.Reschedule(b.ctx, handle.ID(), qtasks.ToPriority(9), qtasks.ToDelay(2*time.Hour))
	b.check(err)
	equal(b, "priority", task.Spec.Options.GetPriority(), 9)
	task, err = handle.Cancel(b.ctx, qtasks.Because("enough"))
	b.check(err)
	equal(b, "state", task.State, api.TaskState_TASK_STATE_CANCELED)
	equal(b, "reason", task.CancelReason, "enough")
	task, err = b.client.Retry(b.ctx, handle.ID())
	b.check(err)
	equal(b, "state", task.State, api.TaskState_TASK_STATE_PENDING)
	err = b.client.Delete(b.ctx, handle.ID())
	equal(b, "delete", qtasks.ReasonOf(err), qtasks.ReasonTaskNotTerminal)
	_, err = handle.Cancel(b.ctx)
	b.check(err)
	b.check(b.client.Delete(b.ctx, handle.ID()))
	b.check(b.client.Delete(b.ctx, handle.ID()))
}
