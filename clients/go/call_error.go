package qtasks

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// rpc is a unary method of a generated client.
type rpc[Q, A any] func(context.Context, *Q, ...grpc.CallOption) (*A, error)

// invoke makes a unary call; its error is an *Error with the server's reason.
func invoke[Q, A any](ctx context.Context, method rpc[Q, A], request *Q) (*A, error) {
	var trailer metadata.MD
	answer, err := method(ctx, request, grpc.Trailer(&trailer))
	if err != nil {
		return nil, callError(ctx, err, trailer)
	}
	return answer, nil
}

// callError reads the details of a gRPC error; those without any get a reason by their code.
func callError(ctx context.Context, err error, trailer metadata.MD) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	state := status.Convert(err)
	failed := &Error{Code: state.Code(), Message: state.Message(), cause: causeOf(ctx, state.Code(), err)}
	for _, detail := range state.Details() {
		failed.addDetail(detail)
	}
	if sent := trailer.Get("qtasks-reason"); failed.Reason == "" && len(sent) > 0 {
		failed.Reason = Reason(sent[0])
	}
	if failed.Reason == "" {
		failed.Reason = reasonFor(failed.Code)
	}
	return failed
}

func (e *Error) addDetail(detail any) {
	switch detail := detail.(type) {
	case *errdetails.ErrorInfo:
		e.Reason, e.Metadata = Reason(detail.Reason), detail.Metadata
	case *errdetails.BadRequest:
		for _, violation := range detail.FieldViolations {
			e.Fields = append(e.Fields, FieldViolation{violation.Field, violation.Description})
		}
	case *errdetails.RetryInfo:
		e.RetryDelay = detail.RetryDelay.AsDuration()
	}
}

// causeOf gives the context's own error where the caller's context ended the call.
func causeOf(ctx context.Context, code codes.Code, err error) error {
	ended := ctx.Err()
	if ended != nil && (code == codes.Canceled || code == codes.DeadlineExceeded) {
		return ended
	}
	return err
}
