package qtasks

import (
	"fmt"
	"strings"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// TaskFailedError is a task that ended FAILED, CANCELED or EXPIRED.
type TaskFailedError struct {
	// Task as it ended.
	Task *api.Task
	// Failure says why; made up from the task where the server has none.
	Failure *api.Failure
}

func taskFailed(task *api.Task) *TaskFailedError {
	failure := task.Failure
	if failure == nil {
		failure = &api.Failure{Kind: kindOfState[task.State], Message: task.CancelReason}
	}
	return &TaskFailedError{Task: task, Failure: failure}
}

var kindOfState = map[api.TaskState]api.FailureKind{
	api.TaskState_TASK_STATE_CANCELED: api.FailureKind_FAILURE_KIND_CANCELED,
	api.TaskState_TASK_STATE_EXPIRED:  api.FailureKind_FAILURE_KIND_EXPIRED,
}

// Error names the task, its state and the failure's message.
func (e *TaskFailedError) Error() string {
	name := e.Task.GetSpec().GetName()
	return fmt.Sprintf("qtasks: task %s %s %s: %s", name, e.Task.TaskId, StateName(e.Task.State), e.Failure.Message)
}

// State is FAILED, CANCELED or EXPIRED.
func (e *TaskFailedError) State() api.TaskState { return e.Task.State }

// Canceled tells that the task was canceled.
func (e *TaskFailedError) Canceled() bool { return e.Task.State == api.TaskState_TASK_STATE_CANCELED }

// Code that the handler chose; OK (0) where it chose none.
func (e *TaskFailedError) Code() codes.Code { return codes.Code(e.Failure.Code) }

// Type of the failure, such as acme.mail.BadAddress; may be empty.
func (e *TaskFailedError) Type() string { return e.Failure.Type }

// Message for people.
func (e *TaskFailedError) Message() string { return e.Failure.Message }

// Details decodes the failure's details into a pointer: JSON, or the message where it is a proto.Message.
// Without details the value stays as it is.
func (e *TaskFailedError) Details(into any) error { return DecodePayload(e.Failure.Details, into) }

// GRPCStatus is the status that a durable call of the task ends with, with the details of the handler's
// status; for status.FromError.
func (e *TaskFailedError) GRPCStatus() *status.Status {
	details := e.Failure.Details
	sent := &statuspb.Status{}
	if details.GetSchema() == statusSchema && proto.Unmarshal(details.GetData(), sent) == nil {
		return status.FromProto(sent)
	}
	return status.New(statusCode(e.Task.State, e.Failure), e.Failure.Message)
}

func statusCode(state api.TaskState, failure *api.Failure) codes.Code {
	switch {
	case state == api.TaskState_TASK_STATE_CANCELED:
		return codes.Canceled
	case state == api.TaskState_TASK_STATE_EXPIRED:
		return codes.DeadlineExceeded
	case failure.Code != 0:
		return codes.Code(failure.Code)
	}
	if code, known := codeOfKind[failure.Kind]; known {
		return code
	}
	return codes.Unknown
}

var codeOfKind = map[api.FailureKind]codes.Code{
	api.FailureKind_FAILURE_KIND_ATTEMPT_TIMEOUT: codes.DeadlineExceeded,
	api.FailureKind_FAILURE_KIND_TOTAL_TIMEOUT:   codes.DeadlineExceeded,
	api.FailureKind_FAILURE_KIND_LEASE_LOST:      codes.Aborted,
	api.FailureKind_FAILURE_KIND_REJECTED:        codes.Unimplemented,
}

// statusSchema is the schema of details that are a whole status.
const statusSchema = "google.rpc.Status"

// StateName gives RUNNING for TASK_STATE_RUNNING.
func StateName(state api.TaskState) string {
	return strings.TrimPrefix(state.String(), "TASK_STATE_")
}

// IsTerminal tells whether a task in this state has ended.
func IsTerminal(state api.TaskState) bool { return state >= api.TaskState_TASK_STATE_SUCCEEDED }
