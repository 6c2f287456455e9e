package qtasks

import (
	"context"
	"iter"
	"strconv"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// List gives every task that matches, newest first, in BASIC view; pages are fetched as they are read. A nil
// filter matches all. An error ends it.
func (c *Client) List(ctx context.Context, filter *api.TaskFilter) iter.Seq2[*api.Task, error] {
	return pages(func(token string) ([]*api.Task, string, error) {
		request := &api.ListTasksRequest{Filter: filter, PageSize: 1000, PageToken: token}
		answer, err := ask(ctx, c, c.tasks.ListTasks, request)
		return answer.GetTasks(), answer.GetNextPageToken(), err
	})
}

// Events gives outputs and logs that are kept for a task, oldest first, those after a sequence; 0 is all. To
// follow a running task, use [Client.Watch] with [WithEvents].
func (c *Client) Events(ctx context.Context, taskID string, afterSequence int64) iter.Seq2[*api.TaskEvent, error] {
	return pages(func(token string) ([]*api.TaskEvent, string, error) {
		after, err := strconv.ParseInt(token, 10, 64)
		if err != nil {
			after = afterSequence
		}
		request := &api.ListTaskEventsRequest{TaskId: taskID, AfterSequence: after, PageSize: 1000}
		answer, err := ask(ctx, c, c.tasks.ListTaskEvents, request)
		events, next := answer.GetEvents(), ""
		if len(events) > 0 && answer.GetMore() {
			next = strconv.FormatInt(events[len(events)-1].Sequence, 10)
		}
		return events, next, err
	})
}

// pages walks until there is no further token.
func pages[T any](page func(token string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for token := ""; ; {
			items, next, err := page(token)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if token = next; token == "" {
				return
			}
		}
	}
}
