package main

import (
	"context"
	"os"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/qtasks/qtasks/clients/go/internal/conformancepb"
)

// servicer is written like that of any gRPC server; Missing and Upload are left to the generated base.
type servicer struct {
	conformancepb.UnimplementedConformanceTasksServer
}

var told = map[string]bool{"qtasks-task-id": true, "qtasks-attempt": true, "qtasks-fencing-token": true}

func (*servicer) Echo(ctx context.Context, request *conformancepb.EchoRequest) (*conformancepb.EchoResponse, error) {
	sent, _ := metadata.FromIncomingContext(ctx)
	_, hasDeadline := ctx.Deadline()
	response := &conformancepb.EchoResponse{Text: request.Text, Metadata: map[string]string{}, HasDeadline: hasDeadline}
	for key, values := range sent {
		if told[key] || strings.HasPrefix(key, "x-conformance") {
			response.Metadata[key] = strings.Join(values, ", ")
		}
	}
	return response, nil
}

func (*servicer) Count(request *conformancepb.CountRequest, stream grpc.ServerStreamingServer[conformancepb.CountResponse]) error {
	for value := range request.Count {
		if err := stream.Send(&conformancepb.CountResponse{Value: value}); err != nil {
			return err
		}
		if err := pause(stream.Context(), int64(request.DelayMs)); err != nil {
			return err
		}
	}
	return nil
}

func (*servicer) Fail(_ context.Context, request *conformancepb.FailRequest) (*conformancepb.FailResponse, error) {
	failed := status.New(codes.Code(request.Code), request.Message)
	if request.Reason == "" {
		return nil, failed.Err()
	}
	detailed, err := failed.WithDetails(&errdetails.ErrorInfo{Reason: request.Reason, Domain: "conformance"})
	if err != nil {
		return nil, err
	}
	return nil, detailed.Err()
}

func (*servicer) Wait(ctx context.Context, request *conformancepb.WaitRequest) (*conformancepb.WaitResponse, error) {
	if err := pause(ctx, int64(request.DelayMs)); err != nil {
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	sent, _ := metadata.FromIncomingContext(ctx)
	attempt, err := strconv.Atoi(strings.Join(sent.Get("qtasks-attempt"), ""))
	if err != nil {
		return nil, status.Error(codes.FailedPrecondition, "the metadata has no attempt")
	}
	return &conformancepb.WaitResponse{Attempt: int32(attempt), Pid: int32(os.Getpid())}, nil
}
