package qtasks

import (
	"context"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Await gives the task once it has ended, however it ended, with its result. When the context ends first, the
// error is STILL_RUNNING and context.DeadlineExceeded, or CALL_CANCELED and context.Canceled; the task goes on.
func (c *Client) Await(ctx context.Context, taskID string) (*api.Task, error) {
	return c.awaiter.await(ctx, taskID)
}

// AwaitMany gives the tasks once all have ended, in order. Errors as [Client.Await].
func (c *Client) AwaitMany(ctx context.Context, taskIDs []string) ([]*api.Task, error) {
	joined := make([]*wait, len(taskIDs))
	for at, taskID := range taskIDs {
		awaited, leave := c.awaiter.join(ctx, taskID)
		defer leave()
		joined[at] = awaited
	}
	tasks := make([]*api.Task, len(taskIDs))
	for at, awaited := range joined {
		select {
		case <-awaited.done:
		case <-ctx.Done():
			return nil, waitError(ctx, awaited.taskID)
		}
		if awaited.err != nil {
			return nil, awaited.err
		}
		tasks[at] = awaited.task
	}
	return tasks, nil
}

// Gather awaits many tasks and decodes their results, in order. The first error in order is returned: a
// *[TaskFailedError] where a task did not succeed.
func Gather[T any](ctx context.Context, handles []*TaskHandle) ([]T, error) {
	if len(handles) == 0 {
		return nil, nil
	}
	taskIDs := make([]string, len(handles))
	for at, handle := range handles {
		if handle == nil {
			return nil, fieldError("handles", "handle %d is nil: its task was not enqueued", at)
		}
		taskIDs[at] = handle.id
	}
	tasks, err := handles[0].client.AwaitMany(ctx, taskIDs)
	if err != nil {
		return nil, err
	}
	results := make([]T, len(tasks))
	for at, task := range tasks {
		if err := decodeResult(task, &results[at]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// decodeResult gives the result of a task that has ended.
func decodeResult(task *api.Task, into any) error {
	if task.State != api.TaskState_TASK_STATE_SUCCEEDED {
		return taskFailed(task)
	}
	return DecodePayload(task.Result, into)
}
