package qtasks

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// Metadata of durable calls: a stub's call on the address of the task service. The first six are read from
// the request, the last two are in the answer's trailers, and the id in its headers, too.
const (
	// MetadataTaskID names the task; calls with one id join one task.
	MetadataTaskID = "qtasks-task-id"
	// MetadataQueue, such as "mail".
	MetadataQueue = "qtasks-queue"
	// MetadataPriority, -1000 to 1000.
	MetadataPriority = "qtasks-priority"
	// MetadataDelay, such as "1.5s".
	MetadataDelay = "qtasks-delay"
	// MetadataUniqueKey is held until the task has ended.
	MetadataUniqueKey = "qtasks-unique-key"
	// MetadataRetention, such as "3600s".
	MetadataRetention = "qtasks-retention"
	// MetadataTaskState: succeeded, failed, canceled or expired.
	MetadataTaskState = "qtasks-task-state"
)

// DialDurable opens a connection for stock stubs whose methods are tasks: each call carries a task id and is
// repeated on UNAVAILABLE for about 30 s, so that it survives its connection and the server. Nothing is sent
// before the first call.
func DialDurable(address string, options ...Option) (*grpc.ClientConn, error) {
	resolved, err := resolveOptions(address, options)
	if err != nil {
		return nil, err
	}
	return resolved.dial(address, durableServiceConfig(),
		grpc.WithChainUnaryInterceptor(DurableUnaryInterceptor), grpc.WithChainStreamInterceptor(DurableStreamInterceptor))
}

// DurableDialOptions are the interceptors and the retry policy of [DialDurable], for a connection of your own.
func DurableDialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultServiceConfig(durableServiceConfig()),
		grpc.WithMaxCallAttempts(maxDurableAttempts),
		grpc.WithDefaultCallOptions(grpc.MaxRetryRPCBufferSize(retryBufferBytes)),
		grpc.WithChainUnaryInterceptor(DurableUnaryInterceptor),
		grpc.WithChainStreamInterceptor(DurableStreamInterceptor),
	}
}

// DurableUnaryInterceptor gives a call a new task id where it has none.
func DurableUnaryInterceptor(
	ctx context.Context, method string, request, reply any, conn *grpc.ClientConn,
	invoker grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	return invoker(withTaskID(ctx), method, request, reply, conn, options...)
}

// DurableStreamInterceptor gives a call a new task id where it has none.
func DurableStreamInterceptor(
	ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string,
	streamer grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	return streamer(withTaskID(ctx), desc, conn, method, options...)
}

func withTaskID(ctx context.Context) context.Context {
	sent, _ := metadata.FromOutgoingContext(ctx)
	if len(sent.Get(MetadataTaskID)) > 0 {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, MetadataTaskID, NewTaskID())
}
