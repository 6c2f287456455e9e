package qtasks

import (
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
)

// TaskError fails an attempt with a stable type, a code and details. The retry policy decides whether another
// attempt follows: INVALID_ARGUMENT, NOT_FOUND and their like are final, UNAVAILABLE and its like are not.
type TaskError struct {
	// Code that callers see. Default UNKNOWN.
	Code codes.Code
	// Type such as acme.mail.BadAddress; retry policies match it.
	Type string
	// Message for people.
	Message string
	// Details for the caller: a JSON value or a proto.Message.
	Details any
	// NonRetryable asks for no more attempts, whatever the policy says.
	NonRetryable bool
	// Cause is told with the failure.
	Cause error
}

// Error gives the message.
func (e *TaskError) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *TaskError) Unwrap() error { return e.Cause }

// Terminal fails the task for good: no more attempts, whatever its retry policy says.
func Terminal(err error) error { return &steering{err: err, nonRetryable: true} }

// RetryLater fails the attempt and asks for the next one after the delay instead of the policy's backoff. It
// counts as an attempt.
func RetryLater(delay time.Duration, err error) error {
	if err == nil {
		err = fmt.Errorf("retry in %s", delay)
	}
	return &steering{err: err, retryDelay: delay}
}

// Snooze puts the task back for the delay; it is no failure and not counted as an attempt.
func Snooze(delay time.Duration) error { return &snooze{delay} }

// steering is an error with a wish as to what follows.
type steering struct {
	err          error
	nonRetryable bool
	retryDelay   time.Duration
}

func (s *steering) Error() string { return s.err.Error() }
func (s *steering) Unwrap() error { return s.err }

type snooze struct{ delay time.Duration }

func (s *snooze) Error() string { return fmt.Sprintf("snoozed by its handler for %s", s.delay) }

// rejected is an input that the handler can't be given.
type rejected struct{ err error }

func (r *rejected) Error() string { return r.err.Error() }
func (r *rejected) Unwrap() error { return r.err }

// AbortCause is why the context of an attempt ended.
type AbortCause string

// The causes.
const (
	// AbortCanceled: someone asked for it.
	AbortCanceled AbortCause = "canceled"
	// AbortTimeout: out of its time.
	AbortTimeout AbortCause = "timeout"
	// AbortLost: its lease went to another.
	AbortLost AbortCause = "lost"
	// AbortStopping: the worker ends and its grace is over.
	AbortStopping AbortCause = "stopping"
)

// AbortedError is the cause of an attempt's context: context.Cause(ctx).
type AbortedError struct {
	Why     AbortCause
	Message string
}

// Error gives the message.
func (e *AbortedError) Error() string { return e.Message }
