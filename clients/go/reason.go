package qtasks

import "google.golang.org/grpc/codes"

// Reason says why a call failed, for programs: stable where messages are not.
type Reason string

// The reasons that servers and this package give. Servers may have further ones.
const (
	ReasonFieldViolation     Reason = "FIELD_VIOLATION"
	ReasonPageTokenInvalid   Reason = "PAGE_TOKEN_INVALID"
	ReasonMessageMalformed   Reason = "MESSAGE_MALFORMED"
	ReasonTaskNotFound       Reason = "TASK_NOT_FOUND"
	ReasonSessionNotFound    Reason = "SESSION_NOT_FOUND"
	ReasonDefinitionNotFound Reason = "DEFINITION_NOT_FOUND"
	ReasonTaskIDExists       Reason = "TASK_ID_EXISTS"
	ReasonUniqueKeyHeld      Reason = "UNIQUE_KEY_HELD"
	ReasonTaskNotTerminal    Reason = "TASK_NOT_TERMINAL"
	ReasonTaskAlreadyStarted Reason = "TASK_ALREADY_STARTED"
	ReasonDefinitionConflict Reason = "DEFINITION_CONFLICT"
	ReasonEventsMissing      Reason = "EVENTS_MISSING"
	ReasonConfigInvalid      Reason = "CONFIG_INVALID"
	ReasonRevisionMismatch   Reason = "REVISION_MISMATCH"
	ReasonPayloadTooLarge    Reason = "PAYLOAD_TOO_LARGE"
	ReasonQueueFull          Reason = "QUEUE_FULL"
	ReasonRateLimited        Reason = "RATE_LIMITED"
	ReasonTooManyStreams     Reason = "TOO_MANY_STREAMS"
	ReasonTooManyMatches     Reason = "TOO_MANY_MATCHES"
	ReasonTooManyEvents      Reason = "TOO_MANY_EVENTS"
	ReasonShuttingDown       Reason = "SHUTTING_DOWN"
	ReasonStorageUnavailable Reason = "STORAGE_UNAVAILABLE"
	ReasonBrokerUnavailable  Reason = "BROKER_UNAVAILABLE"
	// ReasonServerUnreachable is made here: no connection, or it broke before there was an answer.
	ReasonServerUnreachable Reason = "SERVER_UNREACHABLE"
	ReasonTokenInvalid      Reason = "TOKEN_INVALID"
	ReasonScopeMissing      Reason = "SCOPE_MISSING"
	ReasonMethodNotFound    Reason = "METHOD_NOT_FOUND"
	// ReasonStillRunning: the waiting is over, the task goes on.
	ReasonStillRunning Reason = "STILL_RUNNING"
	ReasonCallCanceled Reason = "CALL_CANCELED"
	ReasonInternal     Reason = "INTERNAL"
)

// reasonOfCode is what a status without a reason is taken for: gRPC itself or a proxy made it.
var reasonOfCode = map[codes.Code]Reason{
	codes.Canceled:          ReasonCallCanceled,
	codes.InvalidArgument:   ReasonMessageMalformed,
	codes.DeadlineExceeded:  ReasonStillRunning,
	codes.ResourceExhausted: ReasonPayloadTooLarge,
	codes.Unimplemented:     ReasonMethodNotFound,
	codes.Unavailable:       ReasonServerUnreachable,
	codes.Unauthenticated:   ReasonTokenInvalid,
	codes.PermissionDenied:  ReasonScopeMissing,
}

func reasonFor(code codes.Code) Reason {
	if reason, known := reasonOfCode[code]; known {
		return reason
	}
	return ReasonInternal
}
