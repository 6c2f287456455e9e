package qtasks

import (
	"maps"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// EnqueueOption is an option of one task. What is not set is the definition's or the server's default.
type EnqueueOption interface {
	applyToEnqueue(*api.EnqueueTaskRequest)
}

type enqueueOption func(*api.EnqueueTaskRequest)

func (o enqueueOption) applyToEnqueue(request *api.EnqueueTaskRequest) { o(request) }

// TaskOption is what holds for every run of a task: an option of one enqueued task, or of a handler's
// definition and so of all tasks of its name.
type TaskOption func(*api.TaskOptions)

func (o TaskOption) applyToEnqueue(request *api.EnqueueTaskRequest) {
	if request.Spec.Options == nil {
		request.Spec.Options = &api.TaskOptions{}
	}
	o(request.Spec.Options)
}

// TaskID names the task, for repeats across processes. Default: a new UUIDv7.
func TaskID(id string) EnqueueOption {
	return enqueueOption(func(r *api.EnqueueTaskRequest) { r.TaskId = id })
}

// Delay starts the task no sooner than this long from now, by the server's clock.
func Delay(delay time.Duration) EnqueueOption {
	return enqueueOption(func(r *api.EnqueueTaskRequest) {
		r.Start = &api.EnqueueTaskRequest_Delay{Delay: durationpb.New(delay)}
	})
}

// ScheduleAt starts the task no sooner than then.
func ScheduleAt(at time.Time) EnqueueOption {
	return enqueueOption(func(r *api.EnqueueTaskRequest) {
		r.Start = &api.EnqueueTaskRequest_ScheduleTime{ScheduleTime: timestamppb.New(at)}
	})
}

// Headers are handed to the handler; at most 64, 8 KiB in all.
func Headers(headers map[string]string) EnqueueOption {
	return enqueueOption(func(r *api.EnqueueTaskRequest) { r.Spec.Headers = maps.Clone(headers) })
}

// Unique allows one task of this name with this key at a time; key has at most 255 characters. It is held for
// the window, or with 0 until the task has ended.
func Unique(key string, window time.Duration, onConflict api.ConflictPolicy) EnqueueOption {
	return enqueueOption(func(r *api.EnqueueTaskRequest) {
		r.Spec.Unique = &api.UniqueKey{Key: key, OnConflict: onConflict}
		if window > 0 {
			r.Spec.Unique.Window = durationpb.New(window)
		}
	})
}

// ParentTask is the task from whose handler this one is enqueued.
func ParentTask(id string) EnqueueOption {
	return enqueueOption(func(r *api.EnqueueTaskRequest) { r.Spec.ParentTaskId = id })
}

// Queue to wait in. Default "default".
func Queue(name string) TaskOption { return func(o *api.TaskOptions) { o.Queue = name } }

// Priority from -1000 to 1000; higher runs first. Default 0.
func Priority(priority int32) TaskOption {
	return func(o *api.TaskOptions) { o.Priority = proto.Int32(priority) }
}

// Retry policy. What it leaves unset is the server's default: 3 attempts, 1 s to 5 min, doubling.
func Retry(policy *api.RetryPolicy) TaskOption {
	return func(o *api.TaskOptions) { o.RetryPolicy = proto.CloneOf(policy) }
}

// MaxAttempts in all, the first included; 1 disables retries, -1 sets no limit. Default 3.
func MaxAttempts(count int32) TaskOption {
	return func(o *api.TaskOptions) {
		if o.RetryPolicy == nil {
			o.RetryPolicy = &api.RetryPolicy{}
		}
		o.RetryPolicy.MaxAttempts = proto.Int32(count)
	}
}

// AttemptTimeout limits one attempt. Default: no limit.
func AttemptTimeout(limit time.Duration) TaskOption {
	return func(o *api.TaskOptions) { o.AttemptTimeout = durationpb.New(limit) }
}

// TotalTimeout limits all attempts and backoffs, from the time the task is due. Default: no limit.
func TotalTimeout(limit time.Duration) TaskOption {
	return func(o *api.TaskOptions) { o.TotalTimeout = durationpb.New(limit) }
}

// PendingTimeout lets the task expire when it has not started this long after it is due.
func PendingTimeout(limit time.Duration) TaskOption {
	return func(o *api.TaskOptions) { o.PendingTimeout = durationpb.New(limit) }
}

// Retention is how long the ended task is kept, with its result. Default 24 h.
func Retention(age time.Duration) TaskOption {
	return func(o *api.TaskOptions) { o.Retention = durationpb.New(age) }
}

// OutputRetry is what another attempt of a streaming handler means for outputs already recorded. Default NEVER.
func OutputRetry(retry api.OutputRetry) TaskOption {
	return func(o *api.TaskOptions) { o.OutputRetry = retry }
}

// Label adds one; at most 32, indexed and filterable.
func Label(key, value string) TaskOption {
	return func(o *api.TaskOptions) {
		if o.Labels == nil {
			o.Labels = map[string]string{}
		}
		o.Labels[key] = value
	}
}
