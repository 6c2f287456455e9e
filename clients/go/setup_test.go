package qtasks_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	qtasks "github.com/qtasks/qtasks/clients/go"
)

// bench of a test: a client, and names that no other test has.
type bench struct {
	*testing.T
	ctx    context.Context
	client *qtasks.Client
	prefix string
}

func setup(t *testing.T) *bench {
	t.Helper()
	t.Parallel()
	return setupAt(t, sharedServer(t).address)
}

func setupAt(t *testing.T, address string, options ...qtasks.Option) *bench {
	t.Helper()
	client, err := qtasks.Dial(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	t.Cleanup(cancel)
	return &bench{T: t, ctx: ctx, client: client, prefix: "go." + qtasks.NewTaskID() + "."}
}

func (b *bench) name(name string) string { return b.prefix + name }

// worker logs nothing.
func (b *bench) worker(options qtasks.WorkerOptions) *qtasks.Worker {
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return qtasks.NewWorker(b.client, options)
}

func (b *bench) start(worker *qtasks.Worker) {
	b.Helper()
	b.check(worker.Start(b.ctx))
	b.Cleanup(worker.Stop)
}

// define has tasks that no worker runs yet.
func (b *bench) define(names ...string) {
	b.Helper()
	worker := b.worker(qtasks.WorkerOptions{})
	for _, name := range names {
		qtasks.Handle(worker, b.name(name), func(context.Context, any) (any, error) { return nil, nil })
	}
	b.check(worker.Define(b.ctx))
}

func (b *bench) enqueue(name string, input any, options ...qtasks.EnqueueOption) *qtasks.TaskHandle {
	b.Helper()
	handle, err := b.client.Enqueue(b.ctx, name, input, options...)
	b.check(err)
	return handle
}

func (b *bench) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func equal[T comparable](b *bench, what string, got, want T) {
	b.Helper()
	if got != want {
		b.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// freePort finds one for a server that must come back to the same address.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
