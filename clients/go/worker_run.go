package qtasks

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"time"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const (
	// pollsGrace: parked polls have so long to answer once the server knows that this worker drains. What is
	// handed out to one that is cut off goes back with the end of the session.
	pollsGrace = 500 * time.Millisecond
	// abortGrace: handlers have so long to end after they were told to stop.
	abortGrace = time.Second
	// reportGrace: the last outcomes have so long to reach the server; what does not is released with the session.
	reportGrace       = 5 * time.Second
	unregisterTimeout = 2 * time.Second
)

// workerRun is a worker from its start to its stop: the parts, wired.
type workerRun struct {
	worker   *Worker
	logger   *slog.Logger
	schema   *schema
	ctx      context.Context
	cancel   context.CancelFunc
	session  *session
	runner   *runner
	recorder *recorder
	reporter *reporter
	poller   *poller
	heart    *heart
}

func newWorkerRun(worker *Worker) (*workerRun, error) {
	schema, err := worker.registry.schema()
	if err != nil {
		return nil, err
	}
	run := &workerRun{worker: worker, logger: worker.options.Logger, schema: schema}
	run.ctx, run.cancel = worker.client.linked(context.Background())
	run.session = newSession(run)
	run.runner = &runner{run: run, held: map[string]*Attempt{}}
	run.recorder = &recorder{run: run}
	run.reporter = &reporter{run: run}
	run.poller = newPoller(run)
	run.heart = newHeart(run)
	return run, nil
}

// start registers, then takes tasks.
func (r *workerRun) start(ctx context.Context) error {
	ctx, cancel := r.worker.client.linked(ctx)
	defer cancel()
	if err := r.session.register(ctx); err != nil {
		r.close()
		return err
	}
	go r.heart.loop()
	r.poller.wake()
	return nil
}

// stop takes nothing more, lets handlers finish within the grace, tells those that are left to stop, gives back
// what remains, and ends the session.
func (r *workerRun) stop(grace time.Duration) {
	r.runner.drain()
	polls := r.poller.drain()
	told := make(chan struct{})
	go func() {
		r.heart.drain()
		<-polls
		close(told)
	}()
	within(pollsGrace, told)
	r.poller.cancel()
	r.runner.waitEmpty(grace)
	r.endHandlers()
	r.unregister()
	r.close()
}

// close ends everything at once; nothing is reported.
func (r *workerRun) close() {
	r.cancel()
	r.recorder.stop()
}

func (r *workerRun) endHandlers() {
	for _, a := range r.runner.heldAttempts() {
		a.abort(AbortStopping, stopping)
	}
	r.runner.waitEmpty(abortGrace)
	for _, a := range r.runner.heldAttempts() {
		a.giveUp()
	}
	r.runner.waitEmpty(reportGrace)
}

func (r *workerRun) unregister() {
	r.heart.cancel()
	released, err := r.session.unregister(unregisterTimeout)
	if err != nil {
		// The server ends the session by itself when it hears no more of it.
		r.logger.Info("the session could not be ended", "error", err)
	}
	if released > 0 {
		r.logger.Warn("the server released what was not reported", "released", released)
	}
}

// hear obeys what the server says, with whatever it answers.
func (r *workerRun) hear(statuses []*api.LeaseStatus, directives []*api.Directive) {
	r.runner.apply(statuses)
	for _, directive := range directives {
		switch directive.Kind {
		case api.DirectiveKind_DIRECTIVE_KIND_DRAIN:
			r.worker.askedToDrain(directive.Reason)
		case api.DirectiveKind_DIRECTIVE_KIND_REGISTER:
			go r.reopen()
		case api.DirectiveKind_DIRECTIVE_KIND_RECONNECT:
			// gRPC opens a new connection by itself when the server closes this one.
			go r.poller.pause(directive.Delay.AsDuration())
		}
	}
}

// reopen registers again; leases are judged by their tokens and go on in the new session.
func (r *workerRun) reopen() {
	if err := r.session.register(r.ctx); err != nil {
		if r.ctx.Err() == nil {
			r.logger.Error("the server refuses to register this worker", "error", err)
		}
		return
	}
	r.heart.beat()
}

func (r *workerRun) registerRequest(sessionID string) *api.RegisterWorkerRequest {
	options := r.worker.options
	host, _ := os.Hostname()
	return &api.RegisterWorkerRequest{
		SessionId: sessionID, WorkerId: options.WorkerID, Definitions: r.worker.registry.definitions(),
		Queues: options.Queues, Slots: int32(options.Slots), Labels: options.Labels, BuildId: options.BuildID,
		SchemaDigest: r.schema.digest,
		Runtime: &api.RuntimeInfo{
			Language: "go", LanguageVersion: runtime.Version(), SdkName: "qtasks-go", SdkVersion: Version,
			Host: host, Pid: int32(os.Getpid()),
		},
	}
}
