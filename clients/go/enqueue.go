package qtasks

import (
	"context"
	"strings"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	// maxBatch is what servers take in one call.
	maxBatch = 1000
	// maxBatchBytes is half of what a message may have.
	maxBatchBytes = 2 << 20
)

// Enqueue enqueues a task and returns once it is durable. The name is a handler's, or a method's full name
// such as acme.mail.v1.MailTasks/SendEmail or the generated MailTasks_SendEmail_FullMethodName; the input a
// JSON value, a proto.Message or a *Payload (see [NewPayload]). Concurrent calls leave in batches.
func (c *Client) Enqueue(ctx context.Context, name string, input any, options ...EnqueueOption) (*TaskHandle, error) {
	request, err := newRequest(name, input, options)
	if err != nil {
		return nil, err
	}
	return c.enqueue(ctx, request)
}

func (c *Client) enqueue(ctx context.Context, request *api.EnqueueTaskRequest) (*TaskHandle, error) {
	call := c.enqueuer.add(request)
	select {
	case <-call.done:
	case <-ctx.Done():
		// The request may have left: the task may come to be.
		return nil, waitError(ctx, request.TaskId)
	}
	if call.err != nil {
		return nil, call.err
	}
	return c.enqueued(call.result)
}

func (c *Client) enqueued(result *api.BatchEnqueueResult) (*TaskHandle, error) {
	if result.Error != nil {
		return nil, itemError(result.Error, result.TaskId)
	}
	return &TaskHandle{client: c, id: result.TaskId, created: result.Created}, nil
}

// newRequest always has a task id, so that repeating it is harmless.
func newRequest(name string, input any, options []EnqueueOption) (*api.EnqueueTaskRequest, error) {
	payload, err := NewPayload(input)
	if err != nil {
		return nil, err
	}
	request := &api.EnqueueTaskRequest{Spec: &api.TaskSpec{Name: strings.TrimPrefix(name, "/"), Payload: payload}}
	for _, option := range options {
		option.applyToEnqueue(request)
	}
	if request.TaskId == "" {
		request.TaskId = NewTaskID()
	}
	return request, checkText(request)
}

// sendEnqueues sends one batch, again while the server is away.
func (c *Client) sendEnqueues(requests []*api.EnqueueTaskRequest) ([]*api.BatchEnqueueResult, error) {
	return c.batchEnqueue(c.closing, requests)
}

func (c *Client) batchEnqueue(ctx context.Context, requests []*api.EnqueueTaskRequest) ([]*api.BatchEnqueueResult, error) {
	answer, err := patiently(ctx, c.options.patience, func() (*api.BatchEnqueueTasksResponse, error) {
		return ask(ctx, c, c.tasks.BatchEnqueueTasks, &api.BatchEnqueueTasksRequest{Requests: requests})
	})
	if err != nil {
		return nil, err
	}
	if len(answer.Results) != len(requests) {
		return nil, &Error{Reason: ReasonInternal, Message: "a batch was answered with another number of results"}
	}
	return answer.Results, nil
}

// requestSize is about what it takes in a message, so that a request is encoded only once.
func requestSize(request *api.EnqueueTaskRequest) int {
	spec := request.Spec
	size := 160 + len(spec.Name) + len(spec.Unique.GetKey()) + payloadSize(spec.Payload)
	for _, pairs := range []map[string]string{spec.Headers, spec.Options.GetLabels()} {
		for key, value := range pairs {
			size += 8 + len(key) + len(value)
		}
	}
	return size
}
