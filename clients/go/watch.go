package qtasks

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/protobuf/proto"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Change is one thing that a watch tells: either the task has changed, or there is an event of it.
type Change struct {
	// Task as it is now, or nil.
	Task *api.Task
	// Event is an output or a log line, or nil.
	Event *api.TaskEvent
}

// WatchOption is an option of [Client.Watch].
type WatchOption func(*api.WatchTaskRequest)

// WithEvents asks for outputs and logs, too, those after this sequence; 0 is all that are kept.
func WithEvents(afterSequence int64) WatchOption {
	return func(r *api.WatchTaskRequest) { r.AfterSequence = proto.Int64(afterSequence) }
}

// WithView sets what is sent of the task. Default BASIC.
func WithView(view api.TaskView) WatchOption {
	return func(r *api.WatchTaskRequest) { r.View = view }
}

const (
	// Servers send a heartbeat every 15 s; a stream without any message for this long is dead.
	watchSilence   = 45 * time.Second
	watchReconnect = 50 * time.Millisecond
)

// Watch gives the task as it is, then each change; it ends after the terminal one. A stream that breaks is
// opened again from the last revision and sequence. The one error ends it: that of the context, of the call,
// or of a server that was away for the client's patience.
func (c *Client) Watch(ctx context.Context, taskID string, options ...WatchOption) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		request := &api.WatchTaskRequest{TaskId: taskID}
		for _, option := range options {
			option(request)
		}
		watch := &watch{client: c, request: request, yield: yield, heard: time.Now()}
		if err := watch.run(ctx); err != nil {
			yield(Change{}, err)
		}
	}
}

// watch is how far one watch has come: the request has the revision and sequence to go on from.
type watch struct {
	client  *Client
	request *api.WatchTaskRequest
	yield   func(Change, error) bool
	heard   time.Time
	pause   pauses
}

func (w *watch) run(ctx context.Context) error {
	linked, cancel := w.client.linked(ctx)
	defer cancel()
	for {
		rest, over, err := w.follow(linked)
		if over {
			return nil
		}
		if linked.Err() != nil {
			return w.ended(ctx)
		}
		if err != nil {
			if rest, err = w.afterError(linked, err); err != nil {
				return err
			}
		}
		if !w.pause.wait(linked, rest) {
			return w.ended(ctx)
		}
	}
}

func (w *watch) ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return closedError()
	}
	return waitError(ctx, w.request.TaskId)
}

// follow reads one stream; over is the end of the watch, otherwise it is opened again after the rest.
func (w *watch) follow(ctx context.Context) (rest time.Duration, over bool, _ error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(watchSilence, cancel)
	defer silence.Stop()
	stream, err := w.client.tasks.WatchTask(ctx, w.request)
	if err != nil {
		return 0, false, err
	}
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return watchReconnect, false, nil
		}
		if err != nil {
			return 0, false, callError(ctx, err, stream.Trailer())
		}
		silence.Reset(watchSilence)
		w.heard = time.Now()
		w.pause.reset()
		if closing := message.GetClosing(); closing != nil {
			return closing.ReconnectDelay.AsDuration(), false, nil
		}
		if w.tell(message) {
			return 0, true, nil
		}
	}
}

// tell hands a change on, unless it was seen before the stream was opened again; true ends the watch.
func (w *watch) tell(message *api.WatchTaskResponse) bool {
	switch event := message.Event.(type) {
	case *api.WatchTaskResponse_Task:
		task := event.Task
		if w.request.AfterRevision != nil && task.Revision <= *w.request.AfterRevision {
			return false
		}
		w.request.AfterRevision = &task.Revision
		return !w.yield(Change{Task: task}, nil) || IsTerminal(task.State)
	case *api.WatchTaskResponse_TaskEvent:
		if after := w.request.AfterSequence; after == nil || event.TaskEvent.Sequence <= *after {
			return false
		}
		w.request.AfterSequence = &event.TaskEvent.Sequence
		return !w.yield(Change{Event: event.TaskEvent}, nil)
	}
	return false
}

// reopen has what an ended stream says of the connection and not of the task.
var reopen = map[Reason]bool{
	ReasonCallCanceled: true, ReasonStillRunning: true, ReasonShuttingDown: true, ReasonStorageUnavailable: true,
	ReasonBrokerUnavailable: true, ReasonServerUnreachable: true, ReasonInternal: true,
}

func (w *watch) afterError(ctx context.Context, err error) (time.Duration, error) {
	failed := callError(ctx, err, nil)
	if !reopen[failed.Reason] || time.Since(w.heard) > w.client.options.patience {
		return 0, failed
	}
	return max(watchReconnect, failed.RetryDelay), nil
}
