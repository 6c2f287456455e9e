package qtasks_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	qtasks "github.com/qtasks/qtasks/clients/go"
	pb "github.com/qtasks/qtasks/clients/go/internal/conformancepb"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// servicer is a stock one that does what servers of gRPC do.
type servicer struct {
	pb.UnimplementedConformanceTasksServer
	waiting chan struct{}
}

func (*servicer) Echo(ctx context.Context, request *pb.EchoRequest) (*pb.EchoResponse, error) {
	if request.Text == "panic" {
		panic("echo of a panic")
	}
	pair := metadata.Pairs("x-seen", "yes")
	if err := errors.Join(grpc.SetHeader(ctx, pair), grpc.SendHeader(ctx, pair), grpc.SetTrailer(ctx, pair)); err != nil {
		return nil, err
	}
	if _, known := peer.FromContext(ctx); !known {
		return nil, status.Error(codes.Internal, "no peer")
	}
	method, _ := grpc.Method(ctx)
	sent, _ := metadata.FromIncomingContext(ctx)
	told := map[string]string{"method": method}
	for key, values := range sent {
		told[key] = strings.Join(values, ",")
	}
	_, limited := ctx.Deadline()
	return &pb.EchoResponse{Text: request.Text, Metadata: told, HasDeadline: limited}, nil
}

func (*servicer) Count(request *pb.CountRequest, stream grpc.ServerStreamingServer[pb.CountResponse]) error {
	stream.SetTrailer(metadata.Pairs("x-seen", "yes"))
	for value := range request.Count {
		if err := stream.Send(&pb.CountResponse{Value: value}); err != nil {
			return err
		}
	}
	if stream.RecvMsg(&pb.CountRequest{}) != io.EOF {
		return status.Error(codes.Internal, "a second request")
	}
	return nil
}

func (*servicer) Fail(_ context.Context, request *pb.FailRequest) (*pb.FailResponse, error) {
	if request.Code == 0 {
		return nil, errors.New(request.Message)
	}
	failed, err := status.New(codes.Code(request.Code), request.Message).WithDetails(
		&errdetails.ErrorInfo{Reason: request.Reason, Domain: "conformance"})
	if err != nil {
		return nil, err
	}
	return nil, failed.Err()
}

func (s *servicer) Wait(ctx context.Context, _ *pb.WaitRequest) (*pb.WaitResponse, error) {
	s.waiting <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

// servicerSetup has a server of its own: the service's names are everyone's.
func servicerSetup(t *testing.T, options qtasks.WorkerOptions) (*bench, *servicer) {
	t.Parallel()
	b := setupAt(t, startServer(t, serverOptions{}).address)
	worker := b.worker(options)
	impl := &servicer{waiting: make(chan struct{}, 1)}
	pb.RegisterConformanceTasksServer(worker, impl)
	b.start(worker)
	return b, impl
}

func TestAStockServicerRunsTypedTasks(t *testing.T) {
	b, impl := servicerSetup(t, qtasks.WorkerOptions{})
	const echo, count, fail = pb.ConformanceTasks_Echo_FullMethodName, pb.ConformanceTasks_Count_FullMethodName, pb.ConformanceTasks_Fail_FullMethodName

	handle := b.enqueue(echo, &pb.EchoRequest{Text: "typed"}, qtasks.AttemptTimeout(time.Minute),
		qtasks.Headers(map[string]string{"X-Trace": "t1"}))
	response, err := qtasks.Result[*pb.EchoResponse](b.ctx, handle)
	b.check(err)
	equal(b, "text", response.Text, "typed")
	equal(b, "deadline", response.HasDeadline, true)
	equal(b, "method", response.Metadata["method"], echo)
	equal(b, "header", response.Metadata["x-trace"], "t1")
	equal(b, "id", response.Metadata["qtasks-task-id"], handle.ID())
	equal(b, "attempt", response.Metadata["qtasks-attempt"], "1")
	equal(b, "fencing token", response.Metadata["qtasks-fencing-token"] != "", true)

	response, err = qtasks.Run[*pb.EchoResponse](b.ctx, b.client, echo, map[string]string{"text": "of JSON"})
	b.check(err)
	equal(b, "text", response.Text, "of JSON")
	equal(b, "deadline", response.HasDeadline, false)

	next := int32(0)
	for output, err := range qtasks.OutputsOf[*pb.CountResponse](b.ctx, b.enqueue(count, &pb.CountRequest{Count: 1500})) {
		b.check(err)
		equal(b, "output", output.Value, next)
		next++
	}
	equal(b, "outputs", next, 1500)

	failed := b.failureOf(b.enqueue(fail, &pb.FailRequest{Code: 5, Message: "no such thing", Reason: "GONE"}))
	equal(b, "type", failed.Type(), "grpc.NOT_FOUND")
	info, isInfo := status.Convert(failed).Details()[0].(*errdetails.ErrorInfo)
	equal(b, "reason", isInfo && info.Reason == "GONE", true)
	equal(b, "label of the method", failed.Task.Spec.Options.Labels["suite"], "conformance")
	failed = b.failureOf(b.enqueue(fail, &pb.FailRequest{Message: "plain"}))
	equal(b, "code", failed.Code(), codes.Unknown)
	equal(b, "attempts", failed.Task.AttemptCount, 2)
	failed = b.failureOf(b.enqueue(echo, &pb.EchoRequest{Text: "panic"}, qtasks.MaxAttempts(1)))
	equal(b, "code", failed.Code(), codes.Unknown)
	equal(b, "message", failed.Message(), "echo of a panic")

	running := b.enqueue(pb.ConformanceTasks_Wait_FullMethodName, &pb.WaitRequest{})
	<-impl.waiting
	_, err = running.Cancel(b.ctx)
	b.check(err)
	equal(b, "canceled", b.failureOf(running).Canceled(), true)
}

func TestATypedTaskThatCannotBeReadIsRejected(t *testing.T) {
	b, _ := servicerSetup(t, qtasks.WorkerOptions{})
	malformed := &api.Payload{
		Body: &api.Payload_Data{Data: []byte{0xff}}, ContentType: "application/protobuf", Schema: "conformance.v1.EchoRequest",
	}
	for _, name := range []string{"Echo", "Count"} {
		malformed.Schema = "conformance.v1." + name + "Request"
		failed := b.failureOf(b.enqueue("conformance.v1.ConformanceTasks/"+name, malformed))
		equal(b, "kind", failed.Failure.Kind, api.FailureKind_FAILURE_KIND_REJECTED)
	}
}

func TestMethodsLeftOutAreUnimplemented(t *testing.T) {
	b, _ := servicerSetup(t, qtasks.WorkerOptions{})
	failed := b.failureOf(b.enqueue(pb.ConformanceTasks_Missing_FullMethodName, &pb.MissingRequest{}))
	equal(b, "code", failed.Code(), codes.Unimplemented)
	_, err := b.client.Enqueue(b.ctx, pb.ConformanceTasks_Upload_FullMethodName, &pb.UploadRequest{})
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonDefinitionNotFound)
}

func TestInterceptorsWrapServicers(t *testing.T) {
	b, _ := servicerSetup(t, qtasks.WorkerOptions{
		UnaryInterceptor: func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			if request.(*pb.EchoRequest).Text == "refuse" {
				return nil, status.Error(codes.PermissionDenied, info.FullMethod)
			}
			return handler(ctx, request)
		},
		StreamInterceptor: func(impl any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
			return status.Error(codes.PermissionDenied, info.FullMethod)
		},
	})
	failed := b.failureOf(b.enqueue(pb.ConformanceTasks_Echo_FullMethodName, &pb.EchoRequest{Text: "refuse"}))
	equal(b, "unary", failed.Message(), pb.ConformanceTasks_Echo_FullMethodName)
	failed = b.failureOf(b.enqueue(pb.ConformanceTasks_Count_FullMethodName, &pb.CountRequest{}))
	equal(b, "stream", failed.Message(), pb.ConformanceTasks_Count_FullMethodName)
}

func TestOnlyTheMethodsNamed(t *testing.T) {
	t.Parallel()
	b := setupAt(t, startServer(t, serverOptions{}).address)
	worker := b.worker(qtasks.WorkerOptions{})
	pb.RegisterConformanceTasksServer(worker.Only("Echo"), &servicer{})
	b.start(worker)
	_, err := qtasks.Run[*pb.EchoResponse](b.ctx, b.client, pb.ConformanceTasks_Echo_FullMethodName, &pb.EchoRequest{})
	b.check(err)
	_, err = b.client.Enqueue(b.ctx, pb.ConformanceTasks_Fail_FullMethodName, &pb.FailRequest{})
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonDefinitionNotFound)

	wrong := b.worker(qtasks.WorkerOptions{})
	pb.RegisterConformanceTasksServer(wrong.Only("Echoes"), &servicer{})
	err = wrong.Start(b.ctx)
	equal(b, "reason", qtasks.ReasonOf(err), qtasks.ReasonConfigInvalid)
}
