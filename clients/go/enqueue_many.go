package qtasks

import (
	"context"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Enqueue is one task of [Client.EnqueueMany].
type Enqueue struct {
	// Name and Input as in [Client.Enqueue].
	Name  string
	Input any
	// Options of this task.
	Options []EnqueueOption
}

// Enqueued is what became of one task of [Client.EnqueueMany].
type Enqueued struct {
	// Handle is nil where there is an error.
	Handle *TaskHandle
	// Err of this task alone.
	Err error
}

// EnqueueMany enqueues tasks in batches of up to 1000; each has a result of its own, in order. The error is of
// the calls: tasks without a handle may have been enqueued or not, and enqueuing them again with the same
// [TaskID] is safe.
func (c *Client) EnqueueMany(ctx context.Context, tasks []Enqueue) ([]Enqueued, error) {
	ctx, cancel := c.linked(ctx)
	defer cancel()
	results := make([]Enqueued, len(tasks))
	batch := enqueueBatch{client: c, ctx: ctx, results: results}
	for at, task := range tasks {
		request, err := newRequest(task.Name, task.Input, task.Options)
		if err != nil {
			results[at].Err = err
			continue
		}
		if err := batch.add(at, request); err != nil {
			return results, err
		}
	}
	return results, batch.send()
}

// enqueueBatch gathers requests and remembers whose results they bring.
type enqueueBatch struct {
	client   *Client
	ctx      context.Context
	results  []Enqueued
	requests []*api.EnqueueTaskRequest
	places   []int
	bytes    int
}

func (b *enqueueBatch) add(place int, request *api.EnqueueTaskRequest) error {
	size := requestSize(request)
	if len(b.requests) >= maxBatch || len(b.requests) > 0 && b.bytes+size > maxBatchBytes {
		if err := b.send(); err != nil {
			return err
		}
	}
	b.requests, b.places = append(b.requests, request), append(b.places, place)
	b.bytes += size
	return nil
}

func (b *enqueueBatch) send() error {
	if len(b.requests) == 0 {
		return nil
	}
	answers, err := b.client.batchEnqueue(b.ctx, b.requests)
	if err != nil {
		return err
	}
	for at, answer := range answers {
		result := &b.results[b.places[at]]
		result.Handle, result.Err = b.client.enqueued(answer)
	}
	b.requests, b.places, b.bytes = nil, nil, 0
	return nil
}
