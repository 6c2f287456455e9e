package qtasks

import (
	"context"
	"math"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	maxProgressBytes   = 1000
	maxCheckpointBytes = 64 << 10
)

// Progress tells how far the handler has come: completed of total units; total 0 means unknown. The latest
// counts, sent at most about ten times a second. Numbers that are negative or none are taken as 0.
func (a *Attempt) Progress(completed, total float64, message string) {
	if a.isOver() {
		return
	}
	a.events.setProgress(&api.Progress{
		Completed: countOf(completed), Total: countOf(total), Message: clip(message, maxProgressBytes),
	})
	a.run.recorder.touch(a, false)
}

func countOf(value float64) float64 {
	if value >= 0 && !math.IsInf(value, 0) {
		return value
	}
	return 0
}

// SaveCheckpoint leaves a value to the next attempt, should there be one: JSON or a proto.Message, at most
// 64 KiB. It is sent with the next heartbeat and with the outcome.
func (a *Attempt) SaveCheckpoint(value any) error {
	payload, err := NewPayload(value)
	if err != nil {
		return err
	}
	if size := payloadSize(payload); size > maxCheckpointBytes {
		return fieldError("checkpoint", "at most %d bytes, this one has %d", maxCheckpointBytes, size)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.checkpoint = payload
	return nil
}

// Checkpoint decodes what this attempt or an earlier one saved last; false where there is nothing.
func (a *Attempt) Checkpoint(into any) (bool, error) {
	a.mu.Lock()
	payload := a.checkpoint
	a.mu.Unlock()
	if payload == nil {
		payload = a.leased.Checkpoint
	}
	if payload == nil {
		return false, nil
	}
	return true, DecodePayload(payload, into)
}

// Outputs sends the outputs of a streaming handler.
type Outputs[T any] struct{ attempt *Attempt }

// Send adds an output: JSON or a proto.Message. It returns once there is room for the next; the error is that
// of an attempt that is over, or of a server that refuses.
func (o *Outputs[T]) Send(value T) error { return o.attempt.Output(value) }

// Output adds an output; see [Outputs.Send].
func (a *Attempt) Output(value any) error {
	payload, err := NewPayload(value)
	if err != nil {
		return err
	}
	return a.run.recorder.output(a, payload)
}

// checkOpen refuses outputs that nobody would get.
func (a *Attempt) checkOpen() error {
	if err := a.events.refused(); err != nil {
		return err
	}
	if !a.isOver() {
		return nil
	}
	if cause := context.Cause(a.ctx); cause != nil {
		return cause
	}
	return &Error{Reason: ReasonCallCanceled, Message: "the attempt is over", cause: context.Canceled}
}

// newCheckpoint is the latest one where the server does not have it yet.
func (a *Attempt) newCheckpoint() *api.Payload {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.checkpoint == a.confirmed {
		return nil
	}
	return a.checkpoint
}

func (a *Attempt) lastCheckpoint() *api.Payload {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.checkpoint
}

func (a *Attempt) confirmCheckpoint(checkpoint *api.Payload) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.confirmed = checkpoint
}
