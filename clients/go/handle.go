package qtasks

import (
	"context"
	"iter"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// TaskHandle is a task by its id. It holds no connection and needs no closing.
type TaskHandle struct {
	client  *Client
	id      string
	created bool
}

// ID of the task.
func (h *TaskHandle) ID() string { return h.id }

// Created is false when the task id or the unique key found an earlier task.
func (h *TaskHandle) Created() bool { return h.created }

// Result waits for the end and decodes the result into a pointer, as [DecodePayload] does. The error is a
// *[TaskFailedError] when the task did not succeed; else as [Client.Await].
func (h *TaskHandle) Result(ctx context.Context, into any) error {
	task, err := h.Done(ctx)
	if err != nil {
		return err
	}
	return decodeResult(task, into)
}

// Result waits for a task's end and gives its result: JSON, or the message where T is one, such as
// Result[*mailpb.SendEmailResult]. Errors as [TaskHandle.Result].
func Result[T any](ctx context.Context, handle *TaskHandle) (T, error) {
	var result T
	err := handle.Result(ctx, &result)
	return result, err
}

// Done gives the task once it has ended, however it ended; see [Client.Await].
func (h *TaskHandle) Done(ctx context.Context) (*api.Task, error) { return h.client.Await(ctx, h.id) }

// Get gives the task as it is now, in full.
func (h *TaskHandle) Get(ctx context.Context) (*api.Task, error) { return h.client.Get(ctx, h.id) }

// Cancel asks the task to end; see [Client.Cancel].
func (h *TaskHandle) Cancel(ctx context.Context, options ...CancelOption) (*api.Task, error) {
	return h.client.Cancel(ctx, h.id, options...)
}

// Watch gives the task as it is, then each change; see [Client.Watch].
func (h *TaskHandle) Watch(ctx context.Context, options ...WatchOption) iter.Seq2[Change, error] {
	return h.client.Watch(ctx, h.id, options...)
}

// OutputsOf gives what a streaming handler sends, as it comes, decoded as by [DecodePayload]. The last error is
// a *[TaskFailedError] when the task did not succeed.
func OutputsOf[T any](ctx context.Context, handle *TaskHandle) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for change, err := range handle.Watch(ctx, WithEvents(0), WithView(api.TaskView_TASK_VIEW_BASIC)) {
			output, isOutput, err := outputOf[T](change, err)
			if !isOutput && err == nil {
				continue
			}
			if !yield(output, err) || err != nil {
				return
			}
		}
	}
}

func outputOf[T any](change Change, err error) (output T, isOutput bool, _ error) {
	if err != nil {
		return output, false, err
	}
	if task := change.Task; task != nil && IsTerminal(task.State) && task.State != api.TaskState_TASK_STATE_SUCCEEDED {
		return output, false, taskFailed(task)
	}
	sent, isOutput := change.Event.GetEvent().(*api.TaskEvent_Output)
	if !isOutput {
		return output, false, nil
	}
	err = DecodePayload(sent.Output, &output)
	return output, true, err
}
