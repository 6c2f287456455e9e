package main

import (
	"context"
	"fmt"
	"reflect"

	qtasks "github.com/qtasks/qtasks/clients/go"
	"github.com/qtasks/qtasks/clients/go/internal/conformancepb"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// player plays scenarios against a server.
type player struct {
	client  *qtasks.Client
	address string
}

type facts map[string]any

var scenarios = map[string]func(context.Context, *player) (facts, error){
	"json": playJSON, "typed": playTyped, "call": playCall, "stream": playStream, "failure": playFailure,
	"cancel": playCancel, "gather": playGather, "wait": playWait,
}

func playJSON(ctx context.Context, p *player) (facts, error) {
	input := map[string]any{"text": "hällo", "n": 1.5, "none": nil}
	handle, err := p.client.Enqueue(ctx, "conformance.echo", input)
	if err != nil {
		return nil, err
	}
	echoed, err := qtasks.Result[map[string]any](ctx, handle)
	if err != nil {
		return nil, err
	}
	if err := expect("the echo", echoed, input); err != nil {
		return nil, err
	}
	sum, err := qtasks.Run[float64](ctx, p.client, "conformance.sum", numbers{X: 1, Y: 2})
	if err != nil {
		return nil, err
	}
	return facts{"task_id": handle.ID()}, expect("the sum", sum, 3.0)
}

func playTyped(ctx context.Context, p *player) (facts, error) {
	request := &conformancepb.EchoRequest{Text: "typed"}
	enqueued, err := p.client.Enqueue(ctx, conformancepb.ConformanceTasks_Echo_FullMethodName, request)
	if err != nil {
		return nil, err
	}
	handle := p.client.Handle(enqueued.ID())
	response, err := qtasks.Result[*conformancepb.EchoResponse](ctx, handle)
	if err != nil {
		return nil, err
	}
	if err := expect("the text", response.Text, "typed"); err != nil {
		return nil, err
	}
	return facts{"task_id": handle.ID()}, expect("the task id", response.Metadata["qtasks-task-id"], handle.ID())
}

func playCancel(ctx context.Context, p *player) (facts, error) {
	taskID, err := p.cancelRunning(ctx, "conformance.wait", waitInput{DelayMs: 60_000})
	if err != nil {
		return nil, err
	}
	typed := &conformancepb.WaitRequest{DelayMs: 60_000}
	typedID, err := p.cancelRunning(ctx, conformancepb.ConformanceTasks_Wait_FullMethodName, typed)
	return facts{"task_id": taskID, "typed_task_id": typedID}, err
}

func (p *player) cancelRunning(ctx context.Context, name string, input any) (string, error) {
	handle, err := p.client.Enqueue(ctx, name, input)
	if err != nil {
		return "", err
	}
	for change, err := range handle.Watch(ctx) {
		if err != nil {
			return "", err
		}
		if change.Task.GetState() == api.TaskState_TASK_STATE_RUNNING {
			break
		}
	}
	if _, err := handle.Cancel(ctx, qtasks.Because("enough")); err != nil {
		return "", err
	}
	failed, err := failureOf(handle.Result(ctx, new(any)))
	if err != nil {
		return "", err
	}
	if !failed.Canceled() {
		return "", fmt.Errorf("the task is %s", qtasks.StateName(failed.State()))
	}
	return handle.ID(), expect("the reason", failed.Task.CancelReason, "enough")
}

func playGather(ctx context.Context, p *player) (facts, error) {
	const count = 1000
	tasks := make([]qtasks.Enqueue, count)
	for at := range tasks {
		tasks[at] = qtasks.Enqueue{Name: "conformance.echo", Input: at}
	}
	enqueued, err := p.client.EnqueueMany(ctx, tasks)
	if err != nil {
		return nil, err
	}
	handles := make([]*qtasks.TaskHandle, count)
	for at, one := range enqueued {
		if one.Err != nil {
			return nil, one.Err
		}
		handles[at] = one.Handle
	}
	results, err := qtasks.Gather[int](ctx, handles)
	if err != nil {
		return nil, err
	}
	for at, result := range results {
		if result != at {
			return nil, fmt.Errorf("result %d is %d", at, result)
		}
	}
	return facts{"count": len(results)}, nil
}

func expect(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s: expected %v, got %v", what, want, got)
}
