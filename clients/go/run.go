package qtasks

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Run enqueues a task and waits for its result, decoded into a pointer. Arguments as [Client.Enqueue], errors
// as [TaskHandle.Result].
func (c *Client) Run(ctx context.Context, name string, input, into any, options ...EnqueueOption) error {
	request, err := newRequest(name, input, options)
	if err != nil {
		return err
	}
	task, err := c.run(ctx, request)
	if err != nil {
		return err
	}
	return decodeResult(task, into)
}

// Run enqueues a task and gives its result: JSON, or the message where T is one. Arguments as
// [Client.Enqueue], errors as [TaskHandle.Result].
func Run[T any](ctx context.Context, client *Client, name string, input any, options ...EnqueueOption) (T, error) {
	var result T
	err := client.Run(ctx, name, input, &result, options...)
	return result, err
}

// run makes one call of enqueue and await where no other run is under way; others are gathered.
func (c *Client) run(ctx context.Context, request *api.EnqueueTaskRequest) (*api.Task, error) {
	if !c.running.CompareAndSwap(false, true) {
		handle, err := c.enqueue(ctx, request)
		if err != nil {
			return nil, err
		}
		return handle.Done(ctx)
	}
	answer, err := c.runAlone(ctx, request)
	c.running.Store(false)
	if err != nil {
		return nil, err
	}
	if answer.Done {
		return answer.Task, nil
	}
	return c.Await(ctx, answer.Task.GetTaskId())
}

func (c *Client) runAlone(ctx context.Context, request *api.EnqueueTaskRequest) (*api.RunTaskResponse, error) {
	ctx, cancel := c.linked(ctx)
	defer cancel()
	return patiently(ctx, c.options.patience, func() (*api.RunTaskResponse, error) {
		limit := longWait
		if deadline, limited := ctx.Deadline(); limited {
			limit = max(0, min(limit, time.Until(deadline)))
		}
		bounded, cancel := context.WithTimeout(ctx, limit+answerMargin)
		defer cancel()
		answer, err := invoke(bounded, c.tasks.RunTask, &api.RunTaskRequest{Enqueue: request, Wait: durationpb.New(limit)})
		if err != nil && ctx.Err() != nil {
			return nil, waitError(ctx, request.TaskId)
		}
		return answer, err
	})
}
