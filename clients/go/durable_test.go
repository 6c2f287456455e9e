package qtasks_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	qtasks "github.com/qtasks/qtasks/clients/go"
	"github.com/qtasks/qtasks/clients/go/conformance/routeguide"
	pb "github.com/qtasks/qtasks/clients/go/internal/conformancepb"
	routepb "github.com/qtasks/qtasks/clients/go/internal/routeguidepb"
	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

func (b *bench) durable(address string) *grpc.ClientConn {
	b.Helper()
	conn, err := qtasks.DialDurable(address)
	b.check(err)
	b.Cleanup(func() { conn.Close() })
	return conn
}

func TestAStubCallIsATask(t *testing.T) {
	t.Parallel()
	address := startServer(t, serverOptions{}).address
	b := setupAt(t, address)
	worker := b.worker(qtasks.WorkerOptions{})
	pb.RegisterConformanceTasksServer(worker, &servicer{})
	b.start(worker)
	stub := pb.NewConformanceTasksClient(b.durable(address))

	var trailer metadata.MD
	id := qtasks.NewTaskID()
	ctx := metadata.AppendToOutgoingContext(b.ctx, qtasks.MetadataTaskID, id, qtasks.MetadataPriority, "7", "x-trace", "t1")
	response, err := stub.Echo(ctx, &pb.EchoRequest{Text: "called"}, grpc.Trailer(&trailer))
	b.check(err)
	equal(b, "header", response.Metadata["x-trace"], "t1")
	equal(b, "state", strings.Join(trailer.Get(qtasks.MetadataTaskState), ""), "succeeded")
	again, err := stub.Echo(ctx, &pb.EchoRequest{Text: "joined"})
	b.check(err)
	equal(b, "text of the joined task", again.Text, "called")
	task, err := b.client.Get(b.ctx, id)
	b.check(err)
	equal(b, "priority", task.Spec.Options.GetPriority(), 7)

	_, err = stub.Fail(b.ctx, &pb.FailRequest{Code: int32(codes.NotFound), Message: "no such thing", Reason: "GONE"})
	equal(b, "code", status.Code(err), codes.NotFound)
	equal(b, "details", len(status.Convert(err).Details()), 1)
	stream, err := stub.Count(b.ctx, &pb.CountRequest{Count: 5})
	b.check(err)
	for count := int32(0); ; count++ {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			equal(b, "answers", count, 5)
			return
		}
		b.check(err)
		equal(b, "answer", response.Value, count)
	}
}

// unavailable fails every attempt with the code that stubs repeat calls on, and asks for a short delay.
type unavailable struct {
	pb.UnimplementedConformanceTasksServer
	attempts atomic.Int32
}

func (u *unavailable) Echo(context.Context, *pb.EchoRequest) (*pb.EchoResponse, error) {
	u.attempts.Add(1)
	later := &errdetails.RetryInfo{RetryDelay: durationpb.New(10 * time.Millisecond)}
	failed, err := status.New(codes.Unavailable, "come back later").WithDetails(later)
	if err != nil {
		return nil, err
	}
	return nil, failed.Err()
}

func TestAFailedTaskIsNotCalledAgain(t *testing.T) {
	t.Parallel()
	address := startServer(t, serverOptions{}).address
	b := setupAt(t, address)
	worker := b.worker(qtasks.WorkerOptions{})
	impl := &unavailable{}
	pb.RegisterConformanceTasksServer(worker, impl)
	b.start(worker)
	_, err := pb.NewConformanceTasksClient(b.durable(address)).Echo(b.ctx, &pb.EchoRequest{})
	equal(b, "code", status.Code(err), codes.Unavailable)
	equal(b, "attempts", impl.attempts.Load(), 3)
	counted, err := b.client.Count(b.ctx, &api.TaskFilter{Names: []string{"conformance.v1.ConformanceTasks/Echo"}})
	b.check(err)
	equal(b, "tasks", counted.Count, 1)
}

// slow answers after a while.
type slow struct {
	pb.UnimplementedConformanceTasksServer
	begun chan struct{}
}

func (s *slow) Wait(ctx context.Context, request *pb.WaitRequest) (*pb.WaitResponse, error) {
	s.begun <- struct{}{}
	select {
	case <-time.After(time.Duration(request.DelayMs) * time.Millisecond):
		return &pb.WaitResponse{Attempt: 1}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestACallAndItsWorkerSurviveTheServer(t *testing.T) {
	t.Parallel()
	options := serverOptions{url: "sqlite:./qtasks.db", grpc: freePort(t), dir: t.TempDir()}
	killed := startServer(t, options)
	b := setupAt(t, killed.address)
	worker := b.worker(qtasks.WorkerOptions{})
	impl := &slow{begun: make(chan struct{}, 2)}
	pb.RegisterConformanceTasksServer(worker, impl)
	qtasks.Handle(worker, b.name("echo"), func(_ context.Context, in string) (string, error) { return in, nil })
	b.start(worker)

	answered := make(chan error, 1)
	go func() {
		_, err := pb.NewConformanceTasksClient(b.durable(killed.address)).Wait(b.ctx, &pb.WaitRequest{DelayMs: 300})
		answered <- err
	}()
	<-impl.begun
	waiting := b.enqueue(b.name("echo"), "before", qtasks.Delay(time.Second))
	watched := make(chan api.TaskState, 1)
	go func() {
		var last api.TaskState
		for change, err := range waiting.Watch(b.ctx) {
			if err != nil {
				t.Errorf("watch: %v", err)
			}
			last = change.Task.GetState()
		}
		watched <- last
	}()
	killed.kill()
	whileAway := make(chan error, 1)
	go func() {
		_, err := qtasks.Run[string](b.ctx, b.client, b.name("echo"), "while away")
		whileAway <- err
	}()
	startServer(t, options)
	b.check(<-answered)
	b.check(<-whileAway)
	equal(b, "watched", <-watched, api.TaskState_TASK_STATE_SUCCEEDED)
	equal(b, "handlers of the call that were begun once more", len(impl.begun), 0)
	counted, err := b.client.Count(b.ctx, &api.TaskFilter{Names: []string{"conformance.v1.ConformanceTasks/Wait"}})
	b.check(err)
	equal(b, "tasks of the call", counted.Count, 1)
}

func TestTheRouteGuideRunsUnchanged(t *testing.T) {
	t.Parallel()
	address := startServer(t, serverOptions{}).address
	b := setupAt(t, address)
	worker := b.worker(qtasks.WorkerOptions{})
	lighthouse := &routepb.Feature{Name: "Lighthouse", Location: &routepb.Point{Latitude: 5, Longitude: 7}}
	routepb.RegisterRouteGuideServer(worker, routeguide.NewServer([]*routepb.Feature{lighthouse}))
	b.start(worker)
	stub := routepb.NewRouteGuideClient(b.durable(address))
	feature, err := stub.GetFeature(b.ctx, lighthouse.Location)
	b.check(err)
	equal(b, "feature", feature.Name, "Lighthouse")
	stream, err := stub.ListFeatures(b.ctx, &routepb.Rectangle{Lo: &routepb.Point{}, Hi: &routepb.Point{Latitude: 9, Longitude: 9}})
	b.check(err)
	feature, err = stream.Recv()
	b.check(err)
	equal(b, "listed", feature.Name, "Lighthouse")
	_, err = stream.Recv()
	equal(b, "end", err, io.EOF)
	route, err := stub.RecordRoute(b.ctx)
	b.check(err)
	_, err = route.CloseAndRecv()
	equal(b, "code of streamed requests", status.Code(err), codes.Unimplemented)
}
