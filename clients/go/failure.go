package qtasks

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	maxCauses       = 5
	maxMessageBytes = 8 << 10
	maxStackBytes   = 16 << 10
	maxReasonBytes  = 1000
)

var source = "go/" + strings.TrimPrefix(runtime.Version(), "go")

// newFailure is one that the worker itself decided on; no further attempt follows.
func newFailure(kind api.FailureKind, failureType, format string, args ...any) *api.Failure {
	message := clip(fmt.Sprintf(format, args...), maxMessageBytes)
	return &api.Failure{Kind: kind, Type: failureType, Message: message, Source: source, NonRetryable: true}
}

// failureOf is the failure of an attempt whose handler gave an error.
func failureOf(err error) *api.Failure {
	var refused *rejected
	if errors.As(err, &refused) {
		return newFailure(api.FailureKind_FAILURE_KIND_REJECTED, "qtasks.PayloadUndecodable", "%s", refused.Error())
	}
	failure := &api.Failure{Kind: api.FailureKind_FAILURE_KIND_APPLICATION, Source: source}
	var wish *steering
	if errors.As(err, &wish) {
		failure.NonRetryable = wish.nonRetryable
		if wish.retryDelay > 0 {
			failure.RetryDelay = durationpb.New(wish.retryDelay)
		}
		if err == error(wish) {
			err = wish.err
		}
	}
	describe(failure, err, 0)
	return failure
}

func describe(failure *api.Failure, err error, depth int) {
	failure.Message = clip(err.Error(), maxMessageBytes)
	var task *TaskError
	var call *Error
	if errors.As(err, &task) {
		describeTaskError(failure, task)
	} else if errors.As(err, &call) {
		failure.Code, failure.Type = int32(call.Code), "qtasks."+string(call.Reason)
	} else if state, isStatus := status.FromError(err); isStatus {
		describeStatus(failure, state)
	} else {
		failure.Type = clip(strings.TrimPrefix(reflect.TypeOf(err).String(), "*"), 255)
	}
	if cause := errors.Unwrap(err); cause != nil && depth < maxCauses {
		failure.Cause = &api.Failure{Kind: failure.Kind, Source: source}
		describe(failure.Cause, cause, depth+1)
	}
}

func describeTaskError(failure *api.Failure, task *TaskError) {
	failure.Code = int32(task.Code)
	failure.NonRetryable = failure.NonRetryable || task.NonRetryable
	if failure.Type = clip(task.Type, 255); failure.Type == "" {
		failure.Type = "qtasks.TaskError"
	}
	if task.Details == nil {
		return
	}
	details, err := NewPayload(task.Details)
	if err != nil {
		details, _ = NewPayload("the details can't be encoded: " + err.Error())
	}
	failure.Details = details
}

func describeStatus(failure *api.Failure, state *status.Status) {
	sent := state.Code()
	if sent == codes.OK {
		sent = codes.Unknown
	}
	failure.Code = int32(sent)
	failure.Message = clip(state.Message(), maxMessageBytes)
	failure.Type = "grpc." + code.Code(sent).String()
	if len(state.Proto().GetDetails()) == 0 {
		return
	}
	if data, err := proto.Marshal(state.Proto()); err == nil {
		failure.Details = &api.Payload{
			Body: &api.Payload_Data{Data: data}, ContentType: protobufType, Schema: statusSchema,
		}
	}
}

// panicked is the failure of a handler that panicked, or ended its goroutine where the value is nil.
func panicked(value any) *api.Failure {
	message := fmt.Sprint(value)
	if value == nil {
		message = "the handler ended its goroutine"
	}
	return &api.Failure{
		Kind: api.FailureKind_FAILURE_KIND_APPLICATION, Code: int32(codes.Unknown), Type: "qtasks.Panic",
		Message: clip(message, maxMessageBytes), StackTrace: clip(string(debug.Stack()), maxStackBytes), Source: source,
	}
}

// clip shortens to whole characters, and makes the text valid UTF-8.
func clip(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	end := limit - len("…")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
