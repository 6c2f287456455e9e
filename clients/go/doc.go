// Package qtasks enqueues, awaits, watches and cancels tasks of a QTasks server, and executes them.
//
// A [Client] is what a program uses to enqueue tasks and to follow them:
//
//	client, err := qtasks.Dial("127.0.0.1:50051")
//	handle, err := client.Enqueue(ctx, "math.sum", Numbers{X: 1, Y: 2})
//	sum, err := qtasks.Result[int](ctx, handle)
//
// A [Worker] executes them. Plain functions run tasks with JSON inputs, and the worker is a
// [google.golang.org/grpc.ServiceRegistrar], so that a stock generated servicer runs typed tasks:
//
//	worker := qtasks.NewWorker(client, qtasks.WorkerOptions{})
//	qtasks.Handle(worker, "math.sum", func(ctx context.Context, in Numbers) (int, error) { return in.X + in.Y, nil })
//	mailpb.RegisterMailTasksServer(worker, mail)
//	err := worker.RunForever()
//
// A value that is a proto.Message travels as that message, any other as JSON.
package qtasks

// Version of this package, told to servers.
const Version = "0.1.0"
