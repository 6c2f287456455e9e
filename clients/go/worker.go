package qtasks

import (
	"context"
	"errors"
	"os/signal"
	"sync"
	"syscall"
)

// Worker executes tasks: those of functions ([Handle], [HandleStream]) and those of servicers, as which it is a
// grpc.ServiceRegistrar. All are registered before it starts.
type Worker struct {
	client   *Client
	options  WorkerOptions
	registry *registry

	mu        sync.Mutex
	run       *workerRun
	started   bool
	drained   chan struct{}
	drainOnce sync.Once
	problems  []error
}

// NewWorker makes a worker over the client's connection; the client must outlive it. What is wrong with the
// options is told by [Worker.Start].
func NewWorker(client *Client, options WorkerOptions) *Worker {
	worker := &Worker{client: client, registry: &registry{byName: map[string]*handler{}}, drained: make(chan struct{})}
	resolved, err := options.resolved()
	worker.options = resolved
	worker.problem(err)
	return worker
}

// problem keeps an error of a registration for the start.
func (w *Worker) problem(err error) {
	if err != nil {
		w.problems = append(w.problems, err)
	}
}

// Start registers the worker and takes tasks from then on, until [Worker.Stop], or until an operator has the
// server drain it. The context limits the registration only, which is repeated while the server is away. A worker is started once. Errors: CONFIG_INVALID and
// DEFINITION_CONFLICT for what was registered, and those by which the server refuses the worker.
func (w *Worker) Start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		return configError("the worker was started already: make a new one")
	}
	if err := errors.Join(w.problems...); err != nil {
		return err
	}
	run, err := newWorkerRun(w)
	if err != nil {
		return err
	}
	if err := run.start(ctx); err != nil {
		return err
	}
	w.run, w.started = run, true
	return nil
}

// Stop takes no more tasks, lets handlers finish within [WorkerOptions].Grace, tells those that are left to
// stop, gives back what remains, and ends the session. Harmless before the start and when repeated.
func (w *Worker) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.run == nil {
		return
	}
	w.run.stop(w.options.Grace)
	w.run = nil
}

// Run starts the worker and stops it when the context ends, or when an operator asks the server to drain it.
// Once registered, it calls what is given. Errors as [Worker.Start]; nil after a stop.
func (w *Worker) Run(ctx context.Context, whenReady ...func()) error {
	if err := w.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	for _, ready := range whenReady {
		ready()
	}
	select {
	case <-ctx.Done():
	case <-w.Drained():
	}
	w.Stop()
	return nil
}

// RunForever is [Worker.Run] until SIGTERM or SIGINT. A second signal ends the process at once.
func (w *Worker) RunForever(whenReady ...func()) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// From the first signal on, the next has its usual effect.
	context.AfterFunc(ctx, stop)
	return w.Run(ctx, whenReady...)
}

// Drained is closed when an operator has asked the server to drain the worker, which then stops by itself.
func (w *Worker) Drained() <-chan struct{} { return w.drained }

// askedToDrain stops in the background: the word came with the answer to a call that the stop waits for.
func (w *Worker) askedToDrain(reason string) {
	w.drainOnce.Do(func() {
		w.options.Logger.Info("the server asks this worker to end", "reason", reason)
		close(w.drained)
		go w.Stop()
	})
}
