package qtasks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Error is a call that could not be done. A task that failed is a [TaskFailedError] instead.
type Error struct {
	// Code is the gRPC status code.
	Code codes.Code
	// Reason is stable, for programs.
	Reason Reason
	// Message is for people, and may change.
	Message string
	// Fields has every field of the request that is wrong.
	Fields []FieldViolation
	// Metadata has facts, such as the id of the task that holds a unique key.
	Metadata map[string]string
	// RetryDelay is how long the server asks to wait before a repeat; 0 where it says nothing.
	RetryDelay time.Duration

	cause error
}

// FieldViolation says what is wrong with one field of a request.
type FieldViolation struct {
	// Field is the path as in the proto file, such as spec.options.priority.
	Field string
	// Description has what is expected, with the limit.
	Description string
}

// Error gives the reason and the message.
func (e *Error) Error() string { return fmt.Sprintf("qtasks: %s: %s", e.Reason, e.Message) }

// Unwrap gives the gRPC error, or the context's error where a context ended the waiting.
func (e *Error) Unwrap() error { return e.cause }

// GRPCStatus makes the error a status for status.FromError.
func (e *Error) GRPCStatus() *status.Status { return status.New(e.Code, e.Message) }

// ReasonOf gives the reason of an [Error] anywhere in the chain; empty where there is none.
func ReasonOf(err error) Reason {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return ""
}

// fieldError refuses a value before any call; field is named as in the request.
func fieldError(field, format string, args ...any) *Error {
	description := fmt.Sprintf(format, args...)
	return &Error{
		Code: codes.InvalidArgument, Reason: ReasonFieldViolation, Message: field + ": " + description,
		Fields: []FieldViolation{{Field: field, Description: description}},
	}
}

// malformed is a payload that can't be read as what is asked for.
func malformed(cause error, format string, args ...any) *Error {
	message := "payload: " + fmt.Sprintf(format, args...)
	return &Error{Code: codes.InvalidArgument, Reason: ReasonMessageMalformed, Message: message, cause: cause}
}

func configError(format string, args ...any) *Error {
	return &Error{Code: codes.FailedPrecondition, Reason: ReasonConfigInvalid, Message: fmt.Sprintf(format, args...)}
}

// waitError is the end of a wait for a task by its context; it is that context error, too.
func waitError(ctx context.Context, taskID string) *Error {
	facts := map[string]string{"task_id": taskID}
	if cause := ctx.Err(); !errors.Is(cause, context.DeadlineExceeded) {
		message := "the wait for task " + taskID + " was canceled; it goes on"
		return &Error{Code: codes.Canceled, Reason: ReasonCallCanceled, Message: message, Metadata: facts, cause: cause}
	}
	message := "task " + taskID + " has not ended in time; it goes on"
	return &Error{
		Code: codes.DeadlineExceeded, Reason: ReasonStillRunning, Message: message, Metadata: facts,
		cause: context.DeadlineExceeded,
	}
}

func closedError() *Error {
	return &Error{Code: codes.Canceled, Reason: ReasonCallCanceled, Message: "the client was closed", cause: context.Canceled}
}

func taskNotFound(taskID string) *Error {
	return &Error{
		Code: codes.NotFound, Reason: ReasonTaskNotFound, Message: "no task has the id " + taskID,
		Metadata: map[string]string{"task_id": taskID},
	}
}

// itemError is the error of one item of a batch.
func itemError(item *api.ItemError, taskID string) *Error {
	failed := &Error{Code: codes.Code(item.Code), Reason: Reason(item.Reason), Message: item.Message}
	if failed.Reason == "" {
		failed.Reason = reasonFor(failed.Code)
	}
	if taskID != "" {
		failed.Metadata = map[string]string{"task_id": taskID}
	}
	return failed
}
