package qtasks

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

// Client enqueues, awaits, watches and cancels tasks. Concurrent enqueues and awaits leave in batches. It is
// safe for use by many goroutines and needs to be closed. Errors are *Error and *TaskFailedError.
type Client struct {
	options  *dialOptions
	conn     *grpc.ClientConn
	tasks    api.TaskServiceClient
	enqueuer *coalescer[*api.EnqueueTaskRequest, *api.BatchEnqueueResult]
	awaiter  *awaiter
	closing  context.Context
	close    context.CancelFunc
	running  atomic.Bool
}

// Dial makes a client of the server at HOST:PORT; [DefaultAddress] where it is empty. It connects with the
// first call, and again when the connection is lost. CONFIG_INVALID for options that can't be.
func Dial(address string, options ...Option) (*Client, error) {
	if address == "" {
		address = DefaultAddress
	}
	resolved, err := resolveOptions(address, options)
	if err != nil {
		return nil, err
	}
	conn, err := resolved.dial(address, clientServiceConfig())
	if err != nil {
		return nil, configError("address: %v", err)
	}
	return newClient(conn, resolved), nil
}

func newClient(conn *grpc.ClientConn, options *dialOptions) *Client {
	client := &Client{options: options, conn: conn, tasks: api.NewTaskServiceClient(conn)}
	client.closing, client.close = context.WithCancel(context.Background())
	client.enqueuer = newCoalescer(maxBatch, maxBatchBytes, requestSize, client.sendEnqueues)
	client.awaiter = newAwaiter(client)
	return client
}

// Close ends what waits and watches with CALL_CANCELED, and the connection. No task is touched. Close workers first.
func (c *Client) Close() error {
	c.close()
	return c.conn.Close()
}

// Conn is the client's connection, for the generated clients of package qtasksapiv1.
func (c *Client) Conn() *grpc.ClientConn { return c.conn }

// Handle names a task that exists, or may; nothing is asked.
func (c *Client) Handle(taskID string) *TaskHandle { return &TaskHandle{client: c, id: taskID} }

// bounded gives the context of one call that waits for no task.
func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.options.timeout)
}

// linked gives a context that ends with the client, too.
func (c *Client) linked(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(c.closing, cancel)
	return ctx, func() { unlink(); cancel() }
}

// ask makes one bounded call.
func ask[Q, A any](ctx context.Context, c *Client, method rpc[Q, A], request *Q) (*A, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	return invoke(ctx, method, request)
}
