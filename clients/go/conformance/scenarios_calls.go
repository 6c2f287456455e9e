package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	qtasks "github.com/qtasks/qtasks/clients/go"
	"github.com/qtasks/qtasks/clients/go/internal/conformancepb"
)

// stub is the stock one, on a connection without anything of ours.
func (p *player) stub() (conformancepb.ConformanceTasksClient, func() error, error) {
	conn, err := grpc.NewClient(p.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, nil, err
	}
	return conformancepb.NewConformanceTasksClient(conn), conn.Close, nil
}

func playCall(ctx context.Context, p *player) (facts, error) {
	stub, closeStub, err := p.stub()
	if err != nil {
		return nil, err
	}
	defer closeStub()
	var header, trailer metadata.MD
	ctx = metadata.AppendToOutgoingContext(ctx, "x-conformance", "yes")
	response, err := stub.Echo(ctx, &conformancepb.EchoRequest{Text: "called"}, grpc.Header(&header), grpc.Trailer(&trailer))
	if err != nil {
		return nil, err
	}
	taskID := first(metadata.Join(header, trailer), qtasks.MetadataTaskID)
	state := first(trailer, qtasks.MetadataTaskState)
	err = errors.Join(
		expect("the text", response.Text, "called"),
		expect("x-conformance", response.Metadata["x-conformance"], "yes"),
		expect("the handler's task id", response.Metadata["qtasks-task-id"], taskID),
		expect("the state", state, "succeeded"))
	return facts{"task_id": taskID, "state": state}, err
}

func playStream(ctx context.Context, p *player) (facts, error) {
	if err := p.countByStub(ctx); err != nil {
		return nil, err
	}
	handle, err := p.client.Enqueue(ctx, "conformance.count", countInput{Count: 5})
	if err != nil {
		return nil, err
	}
	var values []int
	for value, err := range qtasks.OutputsOf[int](ctx, handle) {
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return facts{"task_id": handle.ID()}, expect("the outputs", values, []int{0, 1, 2, 3, 4})
}

func (p *player) countByStub(ctx context.Context) error {
	stub, closeStub, err := p.stub()
	if err != nil {
		return err
	}
	defer closeStub()
	stream, err := stub.Count(ctx, &conformancepb.CountRequest{Count: 5})
	if err != nil {
		return err
	}
	var values []int32
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return expect("the answers", values, []int32{0, 1, 2, 3, 4})
		}
		if err != nil {
			return err
		}
		values = append(values, response.Value)
	}
}

func playFailure(ctx context.Context, p *player) (facts, error) {
	taskID, err := p.failByStub(ctx)
	if err != nil {
		return nil, err
	}
	input := map[string]any{
		"code": 5, "type": "conformance.Gone", "message": "no such thing", "details": map[string]any{"id": 7},
	}
	handle, err := p.client.Enqueue(ctx, "conformance.fail", input)
	if err != nil {
		return nil, err
	}
	failed, err := failureOf(handle.Result(ctx, new(any)))
	if err != nil {
		return nil, err
	}
	var details map[string]int
	err = errors.Join(
		failed.Details(&details),
		expect("the details", details, map[string]int{"id": 7}),
		expect("the code", failed.Code(), codes.NotFound),
		expect("the type", failed.Type(), "conformance.Gone"),
		expect("the message", failed.Message(), "no such thing"))
	return facts{"task_id": taskID, "json_task_id": handle.ID()}, err
}

func (p *player) failByStub(ctx context.Context) (string, error) {
	stub, closeStub, err := p.stub()
	if err != nil {
		return "", err
	}
	defer closeStub()
	var header, trailer metadata.MD
	request := &conformancepb.FailRequest{Code: int32(codes.NotFound), Message: "no such thing", Reason: "GONE"}
	_, err = stub.Fail(ctx, request, grpc.Header(&header), grpc.Trailer(&trailer))
	sent := status.Convert(err)
	return first(metadata.Join(header, trailer), qtasks.MetadataTaskID), errors.Join(
		expect("the code", sent.Code(), codes.NotFound),
		expect("the message", sent.Message(), "no such thing"),
		expect("the reason", reasonOf(sent), "GONE"))
}

func reasonOf(sent *status.Status) string {
	for _, detail := range sent.Details() {
		if info, isInfo := detail.(*errdetails.ErrorInfo); isInfo && info.Domain == "conformance" {
			return info.Reason
		}
	}
	return ""
}

func playWait(ctx context.Context, p *player) (facts, error) {
	delay, err := strconv.Atoi(os.Getenv("CONFORMANCE_DELAY_MS"))
	if err != nil {
		return nil, fmt.Errorf("CONFORMANCE_DELAY_MS: expected a whole number of milliseconds")
	}
	conn, err := qtasks.DialDurable(p.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var header, trailer metadata.MD
	response, err := conformancepb.NewConformanceTasksClient(conn).Wait(
		ctx, &conformancepb.WaitRequest{DelayMs: int32(delay)}, grpc.Header(&header), grpc.Trailer(&trailer))
	if err != nil {
		return nil, err
	}
	taskID := first(metadata.Join(header, trailer), qtasks.MetadataTaskID)
	return facts{"task_id": taskID, "attempt": response.Attempt, "pid": response.Pid}, nil
}

func first(sent metadata.MD, key string) string {
	if values := sent.Get(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// failureOf expects that a task failed.
func failureOf(err error) (*qtasks.TaskFailedError, error) {
	var failed *qtasks.TaskFailedError
	if errors.As(err, &failed) {
		return failed, nil
	}
	return nil, fmt.Errorf("expected a failed task, got %w", errors.Join(err, errors.New("no failure")))
}
