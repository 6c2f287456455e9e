package qtasks

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Get gives the task as it is now, in full. TASK_NOT_FOUND.
func (c *Client) Get(ctx context.Context, taskID string) (*api.Task, error) {
	answer, err := ask(ctx, c, c.tasks.GetTask, &api.GetTaskRequest{TaskId: taskID, View: api.TaskView_TASK_VIEW_FULL})
	return answer.GetTask(), err
}

// CancelOption is an option of [Client.Cancel].
type CancelOption func(*api.CancelTaskRequest)

// Because is kept with the task, for people.
func Because(reason string) CancelOption {
	return func(r *api.CancelTaskRequest) { r.Reason = reason }
}

// ForceAfter has the task CANCELED this long after, whatever its handler does; 0: at once. Default: never.
func ForceAfter(delay time.Duration) CancelOption {
	return func(r *api.CancelTaskRequest) { r.ForceAfter = durationpb.New(delay) }
}

// Cancel asks a task to end. A waiting one is CANCELED; of a running one the handler decides. One that has
// ended is given back unchanged.
func (c *Client) Cancel(ctx context.Context, taskID string, options ...CancelOption) (*api.Task, error) {
	request := &api.CancelTaskRequest{TaskId: taskID}
	for _, option := range options {
		option(request)
	}
	answer, err := ask(ctx, c, c.tasks.CancelTask, request)
	return answer.GetTask(), err
}

// Retry runs an ended task again, with fresh attempts. TASK_NOT_TERMINAL.
func (c *Client) Retry(ctx context.Context, taskID string) (*api.Task, error) {
	answer, err := ask(ctx, c, c.tasks.RetryTask, &api.RetryTaskRequest{TaskId: taskID})
	return answer.GetTask(), err
}

// RescheduleOption is an option of [Client.Reschedule].
type RescheduleOption func(*api.RescheduleTaskRequest)

// ToDelay starts the task no sooner than this long from now, by the server's clock.
func ToDelay(delay time.Duration) RescheduleOption {
	return func(r *api.RescheduleTaskRequest) {
		r.Start = &api.RescheduleTaskRequest_Delay{Delay: durationpb.New(delay)}
	}
}

// ToTime starts the task no sooner than then.
func ToTime(at time.Time) RescheduleOption {
	return func(r *api.RescheduleTaskRequest) {
		r.Start = &api.RescheduleTaskRequest_ScheduleTime{ScheduleTime: timestamppb.New(at)}
	}
}

// ToPriority from -1000 to 1000.
func ToPriority(priority int32) RescheduleOption {
	return func(r *api.RescheduleTaskRequest) { r.Priority = proto.Int32(priority) }
}

// Reschedule changes time or priority of a waiting task. TASK_ALREADY_STARTED.
func (c *Client) Reschedule(ctx context.Context, taskID string, options ...RescheduleOption) (*api.Task, error) {
	request := &api.RescheduleTaskRequest{TaskId: taskID}
	for _, option := range options {
		option(request)
	}
	answer, err := ask(ctx, c, c.tasks.RescheduleTask, request)
	return answer.GetTask(), err
}

// Delete deletes an ended task with its events; one that is gone is no error. TASK_NOT_TERMINAL.
func (c *Client) Delete(ctx context.Context, taskID string) error {
	_, err := ask(ctx, c, c.tasks.DeleteTask, &api.DeleteTaskRequest{TaskId: taskID})
	return err
}

// Count tells how many tasks match, in all and by state. A nil filter matches all.
func (c *Client) Count(ctx context.Context, filter *api.TaskFilter) (*api.CountTasksResponse, error) {
	return ask(ctx, c, c.tasks.CountTasks, &api.CountTasksRequest{Filter: filter})
}
