package qtasks

import (
	"errors"
	"runtime"
	"sync"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	// lazyPause: logs and progress wait this long for company; outputs leave at once.
	lazyPause      = 100 * time.Millisecond
	maxRecordItems = 1000
	maxRecordBytes = 1 << 20
	eventOverhead  = 64
)

// recorder sends outputs, logs and progress of running attempts, in order, many attempts in one call. One call
// is under way at a time.
type recorder struct {
	run *workerRun

	mu      sync.Mutex
	dirty   []*Attempt
	timer   *time.Timer
	sending bool
	urgent  bool
	stopped bool
}

// output adds an output and waits until there is room for the next.
func (r *recorder) output(a *Attempt, output *api.Payload) error {
	if err := a.checkOpen(); err != nil {
		return err
	}
	a.events.append(&api.AttemptEvent{Event: &api.AttemptEvent_Output{Output: output}}, payloadSize(output)+eventOverhead)
	r.touch(a, true)
	a.events.waitRoom(r.run.ctx)
	return a.checkOpen()
}

func (r *recorder) log(a *Attempt, entry *api.LogEntry) {
	if a.isOver() || a.events.isFull() {
		return
	}
	size := len(entry.Message) + eventOverhead
	for key, value := range entry.Fields {
		size += len(key) + len(value) + 8
	}
	a.events.append(&api.AttemptEvent{Event: &api.AttemptEvent_Log{Log: entry}}, size)
	r.touch(a, false)
}

// flush returns when all events of the attempt are recorded, refused or void.
func (r *recorder) flush(a *Attempt) {
	if a.events.isDirty() {
		r.touch(a, true)
	}
	a.events.waitClean(r.run.ctx)
}

// stop: nothing is sent any more.
func (r *recorder) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	for _, a := range r.dirty {
		a.events.close()
	}
	r.dirty = nil
}

// touch has the attempt's events sent: at once, or with the next ones.
func (r *recorder) touch(a *Attempt, urgent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !a.events.queued {
		a.events.queued = true
		r.dirty = append(r.dirty, a)
	}
	r.urgent = r.urgent || urgent
	r.schedule()
}

func (r *recorder) schedule() {
	switch {
	case r.sending || r.stopped || len(r.dirty) == 0:
	case r.urgent:
		r.sending = true
		go r.send()
	case r.timer == nil:
		r.timer = time.AfterFunc(lazyPause, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.timer, r.urgent = nil, true
			r.schedule()
		})
	}
}

// recordPart is what one attempt adds to a call.
type recordPart struct {
	attempt *Attempt
	slice   eventSlice
}

func (r *recorder) send() {
	// What is output in one go leaves in one call.
	runtime.Gosched()
	err := r.record(r.gather())
	if err != nil {
		// Only the end of the worker gets here: nobody is left to send to.
		r.run.logger.Debug("events were not sent", "error", err)
		r.stop()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	left := r.dirty[:0]
	for _, a := range r.dirty {
		if a.events.queued = a.events.isDirty(); a.events.queued {
			left = append(left, a)
		}
	}
	clear(r.dirty[len(left):])
	r.dirty, r.sending = left, false
	r.schedule()
}

// gather takes what fits into one call. What stays behind makes the next call an urgent one.
func (r *recorder) gather() (parts []recordPart) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.urgent = false
	events, bytes := 0, 0
	for _, a := range r.dirty {
		if len(parts) >= maxRecordItems || events >= maxRecordItems || bytes >= maxRecordBytes {
			r.urgent = true
			break
		}
		slice, more := a.events.slice(maxRecordItems-events, maxRecordBytes-bytes)
		r.urgent = r.urgent || more
		events += len(slice.events)
		bytes += slice.bytes
		parts = append(parts, recordPart{a, slice})
	}
	return parts
}

// record repeats until recorded. A refusal is narrowed down to the attempt that it is meant for.
func (r *recorder) record(parts []recordPart) error {
	if len(parts) == 0 {
		return nil
	}
	err := r.run.session.record(parts)
	var refusal *Error
	if err == nil {
		for _, part := range parts {
			part.attempt.events.acknowledge(part.slice)
		}
		return nil
	}
	if !errors.As(err, &refusal) || !isRefusal(refusal) {
		return err
	}
	if len(parts) == 1 {
		a := parts[0].attempt
		a.events.refuse(refusal)
		r.run.logger.Warn("the server refuses events of an attempt", "error", refusal, "task_id", a.TaskID(), "task", a.Name())
		return nil
	}
	for _, part := range parts {
		if err := r.record([]recordPart{part}); err != nil {
			return err
		}
	}
	return nil
}
