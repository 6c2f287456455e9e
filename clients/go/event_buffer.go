package qtasks

import (
	"context"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	// Above either, outputs wait and logs are dropped.
	maxBufferedEvents = 1000
	maxBufferedBytes  = 1 << 20
)

// eventBuffer has the events of one attempt that the server has not recorded yet, in order.
type eventBuffer struct {
	mu       sync.Mutex
	pending  []bufferedEvent
	bytes    int
	recorded int
	outputs  int
	progress *api.Progress
	refusal  error
	closed   bool
	// changed is closed with every change that someone may wait for.
	changed chan struct{}
	// queued is the recorder's: it is among those that have something to send.
	queued bool
}

type bufferedEvent struct {
	event *api.AttemptEvent
	at    time.Time
	bytes int
}

// eventSlice is under way to the server.
type eventSlice struct {
	firstIndex int
	events     []*api.AttemptEvent
	progress   *api.Progress
	bytes      int
}

func (b *eventBuffer) append(event *api.AttemptEvent, bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.pending = append(b.pending, bufferedEvent{event, time.Now(), bytes})
	b.bytes += bytes
	if event.GetOutput() != nil {
		b.outputs++
	}
}

func (b *eventBuffer) setProgress(progress *api.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.progress = progress
	}
}

// slice gives the oldest events within the limits, one at least, and the latest progress; they stay until
// acknowledged. More tells that some were left.
func (b *eventBuffer) slice(maxEvents, maxBytes int) (part eventSlice, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	part = eventSlice{firstIndex: b.recorded + 1, progress: b.progress}
	for _, pending := range b.pending {
		if len(part.events) > 0 && (len(part.events) >= maxEvents || part.bytes+pending.bytes > maxBytes) {
			return part, true
		}
		pending.event.Age = durationpb.New(time.Since(pending.at))
		part.events = append(part.events, pending.event)
		part.bytes += pending.bytes
	}
	return part, false
}

func (b *eventBuffer) acknowledge(part eventSlice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	if b.pending = b.pending[len(part.events):]; len(b.pending) == 0 {
		b.pending = nil
	}
	b.recorded += len(part.events)
	b.bytes -= part.bytes
	if b.progress == part.progress {
		b.progress = nil
	}
	b.wake()
}

// refuse drops what is pending. Lost log lines are a pity; where outputs are among them, the attempt can't
// succeed any more. What comes next takes the place of what was refused.
func (b *eventBuffer) refuse(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, pending := range b.pending {
		if pending.event.GetOutput() != nil {
			b.outputs--
			b.refusal = err
		}
	}
	b.clear()
}

// close drops what is pending and all that comes.
func (b *eventBuffer) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.clear()
}

func (b *eventBuffer) clear() {
	b.pending, b.bytes, b.progress = nil, 0, nil
	b.wake()
}

func (b *eventBuffer) wake() {
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}

// count is how many events are recorded, or about to be, and how many of them are outputs.
func (b *eventBuffer) count() (events, outputs int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recorded + len(b.pending), b.outputs
}

func (b *eventBuffer) refused() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusal
}

func (b *eventBuffer) isDirty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dirty()
}

func (b *eventBuffer) dirty() bool { return len(b.pending) > 0 || b.progress != nil }

func (b *eventBuffer) isFull() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.full()
}

func (b *eventBuffer) full() bool {
	return len(b.pending) >= maxBufferedEvents || b.bytes >= maxBufferedBytes
}

// waitRoom waits until there is room for outputs; waitClean until nothing is left to send.
func (b *eventBuffer) waitRoom(ctx context.Context)  { b.wait(ctx, func() bool { return !b.full() }) }
func (b *eventBuffer) waitClean(ctx context.Context) { b.wait(ctx, func() bool { return !b.dirty() }) }

func (b *eventBuffer) wait(ctx context.Context, isOver func() bool) {
	for {
		b.mu.Lock()
		if isOver() {
			b.mu.Unlock()
			return
		}
		if b.changed == nil {
			b.changed = make(chan struct{})
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
